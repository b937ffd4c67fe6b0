import { type Instant, dayMs, earlier } from '../kernel/instant.ts'
import type { PriceBook } from '../prices/price-book.ts'
import { type SubscriptionUsage, type UsageLine, type Window, rateUsage } from './rate.ts'

/** What was used in a window, day by day (UTC), the first day first; days without usage lack. */
export function rateDaily(
  usage: SubscriptionUsage,
  prices: PriceBook,
  window: Window,
): readonly UsageLine[] {
  return daysOf(window).flatMap((day) => rateUsage(usage, prices, day))
}

/** A window cut at each 00:00 UTC in it. */
export function daysOf({ from, to }: Window): readonly Window[] {
  const days: Window[] = []
  for (let start = from; start < to; ) {
    const next = ((Math.floor(start / dayMs) + 1) * dayMs) as Instant
    const end = earlier(next, to)
    days.push({ from: start, to: end })
    start = end
  }
  return days
}
