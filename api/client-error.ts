/** A refusal of the server, or that there was no server to ask. The message is for people. */
export class ApiError extends Error {
  override readonly name = 'ApiError'
  /** HTTP status; 0 when no answer came. */
  readonly status: number
  /** ARM's code, never translated; `ServerUnreachable` when no answer came. */
  readonly code: string
  /** Names the request in the server's log; null when no answer came. */
  readonly requestId: string | null

  constructor(
    facts: { readonly status: number; readonly code: string; readonly requestId?: string | null },
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options)
    this.status = facts.status
    this.code = facts.code
    this.requestId = facts.requestId ?? null
  }
}

/** The error in an answer: ARM's body, the issuer's, or what can be said of one that is neither. */
export function errorOf(answer: {
  readonly status: number
  readonly headers: { readonly [name: string]: string }
  readonly body: unknown
}): ApiError {
  const { status, headers, body } = answer
  const requestId = headers['x-ms-request-id'] ?? null
  const outer = isObject(body) ? body : {}
  const inner = isObject(outer['error']) ? outer['error'] : outer
  const code = textOf(inner['code']) ?? textOf(inner['error']) ?? `Http${status}`
  const text = textOf(inner['message']) ?? textOf(inner['error_description'])
  const unnamed =
    `The server answered ${status} without saying why. ` +
    (requestId === null ? 'Look at its log.' : `Its log names it as request ${requestId}.`)
  return new ApiError({ status, code, requestId }, text ?? unnamed)
}

/** Whether something thrown is a refusal with this code. */
export function hasCode(error: unknown, code: string): error is ApiError {
  return error instanceof ApiError && error.code === code
}

function isObject(value: unknown): value is { readonly [name: string]: unknown } {
  return typeof value === 'object' && value !== null
}

function textOf(value: unknown): string | null {
  return typeof value === 'string' && value !== '' ? value : null
}
