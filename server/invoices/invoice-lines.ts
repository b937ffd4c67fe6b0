import { type Currency, minorUnitsOf } from '../kernel/currency.ts'
import { fraction, multiply, round } from '../kernel/fraction.ts'
import type { Instant } from '../kernel/instant.ts'
import { type PriceBook, costOf } from '../prices/price-book.ts'
import { type SubscriptionUsage, type UsageLine, type Window, rateUsage } from '../usage/rate.ts'
import type { InvoiceLine } from './invoice.ts'

/** What is left of a trial's credit; minor units. */
export type RemainingCredit = { readonly left: bigint; readonly expiresAt: Instant }

/** One subscription as an invoice sees it. */
export type BilledSubscription = {
  readonly subscriptionId: string
  readonly displayName: string
  /**
   * Until when a spending limit held: what was used before then is never charged, whatever it was.
   * Null: there never was one; {@link stillLimited}: it holds.
   */
  readonly limitedUntil: Instant | null
  readonly credit: RemainingCredit | null
  readonly usage: SubscriptionUsage
}

export type BilledLines = {
  readonly lines: readonly InvoiceLine[]
  /** How much of the credit these lines take; minor units. */
  readonly creditUsed: bigint
}

/**
 * The lines of one subscription for one period: each rounded once, half away from zero; then what
 * its credit covers, and what its spending limit takes back.
 */
export function billSubscription(
  subscription: BilledSubscription,
  prices: PriceBook,
  currency: Currency,
  window: Window,
): BilledLines {
  const lines = rateUsage(subscription.usage, prices, window).map((line) =>
    invoiceLine(subscription, line, currency),
  )
  const charged = sumOf(lines)
  const creditUsed = coveredBy(subscription, prices, currency, window, charged)
  const excess = beyondLimit(subscription, prices, currency, window, charged, creditUsed)
  const base = takenBack(subscription, window)
  return {
    lines: [
      ...lines,
      ...(creditUsed > 0n ? [{ ...base, kind: 'credit' as const, cost: -creditUsed }] : []),
      ...(excess > 0n ? [{ ...base, kind: 'overLimit' as const, cost: -excess }] : []),
    ],
    creditUsed,
  }
}

/** Of a limit that has no end yet. */
export const stillLimited = Number.MAX_SAFE_INTEGER as Instant

/** What was used while the limit held, and the credit does not cover. */
function beyondLimit(
  { limitedUntil, usage }: BilledSubscription,
  prices: PriceBook,
  currency: Currency,
  window: Window,
  charged: bigint,
  creditUsed: bigint,
): bigint {
  if (limitedUntil === null || limitedUntil <= window.from) return 0n
  const left = charged - creditUsed
  if (limitedUntil >= window.to) return left
  const limited = rateUsage(usage, prices, { from: window.from, to: limitedUntil })
  const used = limited.reduce((sum, line) => sum + roundedCost(line, currency), 0n)
  return used <= creditUsed ? 0n : least(used - creditUsed, left)
}

/** Credit covers what was used before it expired, until it is used up. */
function coveredBy(
  { credit, usage }: BilledSubscription,
  prices: PriceBook,
  currency: Currency,
  window: Window,
  charged: bigint,
): bigint {
  if (credit === null || credit.left <= 0n || credit.expiresAt <= window.from) return 0n
  if (credit.expiresAt >= window.to) return least(credit.left, charged)
  const before = rateUsage(usage, prices, { from: window.from, to: credit.expiresAt })
  const eligible = before.reduce((sum, line) => sum + roundedCost(line, currency), 0n)
  return least(credit.left, least(eligible, charged))
}

/** Minor units, rounded half away from zero. */
export function roundedCost(
  line: Pick<UsageLine, 'meter' | 'amount' | 'unitPrice'>,
  currency: Currency,
): bigint {
  const cost = costOf(line.meter, line.amount, line.unitPrice)
  return round(multiply(cost, fraction(10n ** BigInt(minorUnitsOf(currency)))))
}

function invoiceLine(
  { subscriptionId, displayName }: BilledSubscription,
  line: UsageLine,
  currency: Currency,
): InvoiceLine {
  return {
    kind: line.meter === 'support-plan-months' ? 'support' : 'usage',
    subscriptionId,
    subscriptionName: displayName,
    uid: line.uid,
    resourceId: null,
    meter: line.meter,
    amount: line.amount,
    unitPrice: line.unitPrice,
    from: line.from,
    to: line.to,
    cost: roundedCost(line, currency),
  }
}

function takenBack({ subscriptionId, displayName }: BilledSubscription, window: Window) {
  return {
    subscriptionId,
    subscriptionName: displayName,
    uid: null,
    resourceId: null,
    meter: null,
    amount: 0n,
    unitPrice: null,
    ...window,
  }
}

export function sumOf(lines: readonly { readonly cost: bigint }[]): bigint {
  return lines.reduce((sum, line) => sum + line.cost, 0n)
}

/** Tax on a sum of minor units, rounded once; the rate is a fraction of a hundred. */
export function taxOn(subTotal: bigint, ratePercent: { numerator: bigint; denominator: bigint }) {
  return round(multiply(fraction(subTotal), multiply(ratePercent, fraction(1n, 100n))))
}

function least(a: bigint, b: bigint): bigint {
  return a < b ? a : b
}
