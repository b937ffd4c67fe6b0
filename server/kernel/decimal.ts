import { type Fraction, fraction, multiply, round } from './fraction.ts'

const decimalShape = /^-?(0|[1-9]\d{0,17})(\.\d{1,18})?$/

/**
 * Reads a decimal text (`0.0184`, `19`) exactly; null when it is not one. At most 18 digits on
 * either side of the point; no exponent, no sign but a leading minus.
 */
export function parseDecimal(text: string): Fraction | null {
  if (!decimalShape.test(text)) return null
  const [whole = '', decimals = ''] = text.split('.')
  return fraction(BigInt(whole + decimals), 10n ** BigInt(decimals.length))
}

/** Writes a number with at most so many decimals, rounded half away from zero; none trail. */
export function formatDecimal(value: Fraction, decimalsMax: number): string {
  const text = formatFixed(value, decimalsMax)
  return text.includes('.') ? text.replace(/\.?0+$/, '') : text
}

/** Writes a number with exactly so many decimals, rounded half away from zero. */
export function formatFixed(value: Fraction, decimals: number): string {
  const scaled = round(multiply(value, fraction(10n ** BigInt(decimals))))
  const digits = (scaled < 0n ? -scaled : scaled).toString().padStart(decimals + 1, '0')
  const sign = scaled < 0n ? '-' : ''
  if (decimals === 0) return sign + digits
  return `${sign}${digits.slice(0, -decimals)}.${digits.slice(-decimals)}`
}
