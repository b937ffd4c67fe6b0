const reprieveName = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/

/** Names that we give rules to ourselves: clocks, billing accounts, aliases, service principals. */
export function isReprieveName(name: string): boolean {
  return reprieveName.test(name)
}
