import { type Currency, minorUnitsOf } from '../kernel/currency.ts'
import {
  type Fraction,
  add,
  ceiling,
  compare,
  fraction,
  multiply,
  subtract,
  zero,
} from '../kernel/fraction.ts'
import type { Instant } from '../kernel/instant.ts'
import { type PriceBook, costOf, nextChange, priceAt } from '../prices/price-book.ts'
import { type SubscriptionUsage, type Window, rateUsage } from '../usage/rate.ts'

/** A trial's credit; minor units, of which `used` stand on issued invoices already. */
export type TrialCredit = {
  readonly currency: Currency
  readonly amount: bigint
  readonly grantedAt: Instant
}

/** The exact cost of usage, in major units of its currency. */
export function exactCost(usage: SubscriptionUsage, prices: PriceBook, window: Window): Fraction {
  return rateUsage(usage, prices, window).reduce(
    (sum, line) => add(sum, costOf(line.meter, line.amount, line.unitPrice)),
    zero,
  )
}

/** `reached`: all is used up. Else when to look again, if nothing else happens; null: never. */
export type LimitCheck =
  | { readonly reached: true }
  | { readonly reached: false; readonly lookAgainAt: Instant | null }

/**
 * Whether a trial has used its credit, and else when it will have at the rates that run now: its
 * cost is a straight line from here to the next change of a price.
 */
export function checkLimit(
  usage: SubscriptionUsage,
  prices: PriceBook,
  credit: TrialCredit,
  now: Instant,
): LimitCheck {
  const limit = fraction(credit.amount, 10n ** BigInt(minorUnitsOf(credit.currency)))
  const used = exactCost(usage, prices, { from: credit.grantedAt, to: now })
  if (compare(used, limit) >= 0) return { reached: true }
  const running = runningCost(usage, prices, now)
  const change = nextPriceChange(usage, prices, now)
  if (running.numerator === 0n) return { reached: false, lookAgainAt: change }
  const left = subtract(limit, used)
  const ms = ceiling(multiply(left, invert(running)))
  const reachedAt = BigInt(now) + ms
  if (change !== null && BigInt(change) < reachedAt) return { reached: false, lookAgainAt: change }
  // So slow that it lies beyond every calendar: it is never reached.
  const representable = reachedAt <= BigInt(Date.UTC(9000, 0))
  return { reached: false, lookAgainAt: representable ? (Number(reachedAt) as Instant) : null }
}

/** What a millisecond costs from now on, while every open meter runs on. */
function runningCost(usage: SubscriptionUsage, prices: PriceBook, now: Instant): Fraction {
  const isCharged = usage.billable.some(({ closedAt }) => closedAt === null)
  if (!isCharged) return zero
  return usage.intervals
    .filter(({ closedAt }) => closedAt === null)
    .reduce((sum, { meter, rate }) => {
      const unitPrice = priceAt(prices.get(meter) ?? [], now)
      return unitPrice === null ? sum : add(sum, costOf(meter, rate, unitPrice))
    }, zero)
}

function nextPriceChange(
  usage: SubscriptionUsage,
  prices: PriceBook,
  now: Instant,
): Instant | null {
  const changes = usage.intervals
    .map(({ meter }) => nextChange(prices.get(meter) ?? [], now))
    .filter((change) => change !== null)
  return changes.length === 0 ? null : (Math.min(...changes) as Instant)
}

function invert({ numerator, denominator }: Fraction): Fraction {
  return fraction(denominator, numerator)
}
