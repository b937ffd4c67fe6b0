/** A broken assumption of ours: answered with 500 and logged whole, never shown to the caller. */
export class Fault extends Error {
  override readonly name = 'Fault'
}

export function assert(condition: unknown, message: string): asserts condition {
  if (!condition) throw new Fault(message)
}

/** Closes a switch over a union: a new member does not compile until it is handled. */
export function unreachable(value: never): never {
  throw new Fault(`unexpected value: ${JSON.stringify(value)}`)
}
