/** A decimal text with so many decimals, rounded half away from zero: exact, never a number. */
export function withDecimals(text: string, decimals: number): string {
  const [whole = '0', part = ''] = text.replace('-', '').split('.')
  const kept = BigInt(whole + part.padEnd(decimals, '0').slice(0, decimals))
  const rounded = kept + (Number(part[decimals] ?? 0) >= 5 ? 1n : 0n)
  const digits = String(rounded).padStart(decimals + 1, '0')
  const sign = text.startsWith('-') && rounded !== 0n ? '-' : ''
  const point = digits.length - decimals
  return sign + digits.slice(0, point) + (decimals === 0 ? '' : `.${digits.slice(point)}`)
}

/** How many decimals a text has. */
export function decimalsOf(text: string): number {
  return text.split('.')[1]?.length ?? 0
}
