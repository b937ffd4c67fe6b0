/** What the server answered. */
export type Answer<Body = unknown> = {
  readonly status: number
  /** Names in lower case. */
  readonly headers: { readonly [name: string]: string }
  /** Null for an answer without a body. */
  readonly body: Body
}

/** The JSON of an answer; null for an empty one and for what is not JSON. */
export function parseBody(text: string): unknown {
  if (text === '') return null
  try {
    return JSON.parse(text) as unknown
  } catch {
    return null
  }
}

/**
 * Milliseconds that a server asks to wait; `otherwise` when it does not say. Both forms of the
 * header: seconds, and a date, which is taken against the given real time.
 */
export function retryAfterMs(
  headers: { readonly [name: string]: string },
  otherwise: number,
  now: number,
): number {
  const text = headers['retry-after']
  if (text === undefined) return otherwise
  if (/^\d{1,6}$/.test(text)) return Number(text) * 1000
  const date = Date.parse(text)
  return Number.isNaN(date) ? otherwise : Math.max(0, date - now)
}
