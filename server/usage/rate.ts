import type { Instant } from '../kernel/instant.ts'
import type { MeterName } from '../prices/meter.ts'
import { type PriceBook, priceAt, pricedTimes } from '../prices/price-book.ts'

/** A time, from `from` up to, not including, `to`. */
export type Window = { readonly from: Instant; readonly to: Instant }

/** A meter that ran at one rate (bytes, vCPUs, addresses); `closedAt` null: it still runs. */
export type MeterInterval = {
  readonly uid: string
  readonly meter: MeterName
  readonly rate: bigint
  readonly openedAt: Instant
  readonly closedAt: Instant | null
}

/** What one subscription used: all that rating looks at. */
export type SubscriptionUsage = {
  readonly subscriptionId: string
  /** When it was charged at all: a cancel ends one, a reactivation begins the next. */
  readonly billable: readonly { readonly openedAt: Instant; readonly closedAt: Instant | null }[]
  readonly intervals: readonly MeterInterval[]
  /** Starts of the months of a support plan that are to be paid; else none. */
  readonly months: readonly Instant[]
}

/** What is charged: one for each resource, meter and unit price of a window. */
export type UsageLine = Window & {
  readonly subscriptionId: string
  /** Null for what belongs to the subscription itself: a month of a support plan. */
  readonly uid: string | null
  readonly meter: MeterName
  /** Decimal text, in major units of the account's currency. */
  readonly unitPrice: string
  /** Rate times milliseconds; a number of months for a support plan. Exact. */
  readonly amount: bigint
}

/**
 * What was used in a window: each resource's intervals where its subscription was billable, cut
 * where the price changes, summed by unit price. Amounts are exact, so windows that share an end
 * sum to the window that holds both. What has no price yet is not charged.
 */
export function rateUsage(
  usage: SubscriptionUsage,
  prices: PriceBook,
  window: Window,
): readonly UsageLine[] {
  const lines = new Map<string, UsageLine>()
  const charge = (uid: string | null, meter: MeterName, unitPrice: string, amount: bigint) => {
    const key = `${uid}/${meter}/${unitPrice}`
    const before = lines.get(key)
    const { subscriptionId } = usage
    lines.set(key, {
      ...(before ?? { subscriptionId, uid, meter, unitPrice, ...window }),
      amount: (before?.amount ?? 0n) + amount,
    })
  }
  for (const { uid, meter, rate, ...ran } of usage.intervals) {
    const meterPrices = prices.get(meter) ?? []
    for (const charged of chargedTimes(ran, usage.billable, window)) {
      for (const { unitPrice, from, to } of pricedTimes(meterPrices, charged.from, charged.to)) {
        const amount = rate * BigInt(to - from)
        if (unitPrice !== null && amount > 0n) charge(uid, meter, unitPrice, amount)
      }
    }
  }
  chargeMonths(usage.months, prices, window, charge)
  return [...lines.values()]
}

function chargeMonths(
  months: readonly Instant[],
  prices: PriceBook,
  window: Window,
  charge: (uid: null, meter: MeterName, unitPrice: string, amount: bigint) => void,
): void {
  const meter = 'support-plan-months'
  for (const start of months) {
    if (start < window.from || start >= window.to) continue
    const unitPrice = priceAt(prices.get(meter) ?? [], start)
    if (unitPrice !== null) charge(null, meter, unitPrice, 1n)
  }
}

type Ran = { readonly openedAt: Instant; readonly closedAt: Instant | null }

/** Where an interval, its subscription's billable intervals and the window meet. */
export function chargedTimes(
  ran: Ran,
  billable: readonly Ran[],
  window: Window,
): readonly Window[] {
  return billable.flatMap((charged) => {
    const from = Math.max(ran.openedAt, charged.openedAt, window.from) as Instant
    const ends = [ran.closedAt, charged.closedAt].filter((end) => end !== null)
    const to = Math.min(window.to, ...ends) as Instant
    return from < to ? [{ from, to }] : []
  })
}
