import { parseDecimal } from '../kernel/decimal.ts'
import { type Fraction, multiply } from '../kernel/fraction.ts'
import { assert } from '../kernel/assert.ts'
import type { Instant } from '../kernel/instant.ts'
import { type Meter, type MeterName, meters, quantityOf } from './meter.ts'

/** A price of one unit, in major units of the currency, from an instant until the next one. */
export type Price = { readonly effectiveAt: Instant; readonly unitPrice: string }

/** The prices of one offer in one currency, by meter, each oldest first. */
export type PriceBook = ReadonlyMap<MeterName, readonly Price[]>

/** A time of one price. `unitPrice` is null before the first one: nothing is charged. */
export type PricedTime = {
  readonly unitPrice: string | null
  readonly from: Instant
  readonly to: Instant
}

/** Cuts `[from, to)` where the price changes. */
export function pricedTimes(
  prices: readonly Price[],
  from: Instant,
  to: Instant,
): readonly PricedTime[] {
  const times: PricedTime[] = []
  let start = from
  let unitPrice: string | null = null
  for (const price of prices) {
    if (price.effectiveAt >= to) break
    if (price.effectiveAt > start) {
      times.push({ unitPrice, from: start, to: price.effectiveAt })
      start = price.effectiveAt
    }
    unitPrice = price.unitPrice
  }
  if (start < to) times.push({ unitPrice, from: start, to })
  return times
}

/** What holds at an instant; null before the first price. */
export function priceAt(prices: readonly Price[], at: Instant): string | null {
  return prices.findLast((price) => price.effectiveAt <= at)?.unitPrice ?? null
}

/** When a price changes next after an instant; null: never, as far as is known. */
export function nextChange(prices: readonly Price[], at: Instant): Instant | null {
  return prices.find((price) => price.effectiveAt > at)?.effectiveAt ?? null
}

/** The exact cost in major units of an amount (rate times milliseconds) at a unit price. */
export function costOf(meter: MeterName, amount: bigint, unitPrice: string): Fraction {
  return multiply(quantityOf(meters[meter] satisfies Meter, amount), exactPrice(unitPrice))
}

function exactPrice(unitPrice: string): Fraction {
  const price = parseDecimal(unitPrice)
  assert(price !== null, `a stored price is a decimal: ${unitPrice}`)
  return price
}
