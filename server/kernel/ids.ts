/**
 * Where identifiers and secrets come from. An argument everywhere, so that a seeded history gives
 * the same bytes twice.
 */
export type Random = {
  /** A version 4 UUID in lower case. */
  readonly uuid: () => string
  /** Unpredictable bytes, for secrets, salts and keys. */
  readonly bytes: (length: number) => Uint8Array
}

const uuidShape = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i

export function isUuid(text: string): boolean {
  return uuidShape.test(text)
}
