import { formatFixed, parseDecimal } from './decimal.ts'
import { fraction, multiply, round } from './fraction.ts'

/** Decimals of the smallest amount that can be paid, by ISO 4217 code. */
const minorUnits = {
  AUD: 2,
  CAD: 2,
  CHF: 2,
  CNY: 2,
  EUR: 2,
  GBP: 2,
  JPY: 0,
  KWD: 3,
  USD: 2,
} as const satisfies { readonly [code: string]: number }

export type Currency = keyof typeof minorUnits

export const currencies = Object.keys(minorUnits) as readonly Currency[]

/** Null: a currency in which nothing can be charged here. */
export function findCurrency(code: string): Currency | null {
  return currencies.find((currency) => currency === code) ?? null
}

export function minorUnitsOf(currency: Currency): number {
  return minorUnits[currency]
}

/** An amount in minor units (cents, yen) as a decimal text in major units: `-12.30`, `1200`. */
export function formatAmount(minor: bigint, currency: Currency): string {
  const decimals = minorUnits[currency]
  return formatFixed(fraction(minor, 10n ** BigInt(decimals)), decimals)
}

/** Reads an amount in major units; null when it is none or finer than the currency's coins. */
export function parseAmount(text: string, currency: Currency): bigint | null {
  const value = parseDecimal(text)
  if (value === null) return null
  const scaled = multiply(value, fraction(10n ** BigInt(minorUnits[currency])))
  const minor = round(scaled)
  return minor * scaled.denominator === scaled.numerator ? minor : null
}
