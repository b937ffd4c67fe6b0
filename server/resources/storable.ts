/**
 * Whether the database can hold a JSON value as it is: PostgreSQL knows neither a NUL in a text nor
 * half a surrogate pair, and no client means one.
 */
export function isStorable(value: unknown): boolean {
  if (typeof value === 'string') return value.isWellFormed() && !value.includes('\0')
  if (typeof value !== 'object' || value === null) return true
  return Object.entries(value).every(([name, part]) => isStorable(name) && isStorable(part))
}
