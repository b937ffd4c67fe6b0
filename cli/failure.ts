/** What was asked cannot be done: exit code 1. The text says the cause and the way on. */
export class CommandRefused extends Error {
  override readonly name = 'CommandRefused'
}

/** What was asked cannot be understood: exit code 2. */
export class UsageError extends Error {
  override readonly name = 'UsageError'
}
