import { type Instant, dayMs, earlier, later } from '../kernel/instant.ts'
import type { PriceBook } from '../prices/price-book.ts'
import {
  type MeterInterval,
  type SubscriptionUsage,
  type UsageLine,
  type Window,
  rateUsage,
} from './rate.ts'

/** What was used in a window, day by day (UTC), the first day first; days without usage lack. */
export function rateDaily(
  usage: SubscriptionUsage,
  prices: PriceBook,
  window: Window,
): readonly UsageLine[] {
  const ofDay = intervalsByDay(usage.intervals, window)
  return daysOf(extentOf(usage, window)).flatMap((day) => {
    const intervals = ofDay.get(dayOf(day.from)) ?? []
    return rateUsage({ ...usage, intervals }, prices, day)
  })
}

/** Each day with what ran on it: of sizes that change hourly, each is looked at on its own day. */
function intervalsByDay(
  intervals: readonly MeterInterval[],
  window: Window,
): ReadonlyMap<number, readonly MeterInterval[]> {
  const days = new Map<number, MeterInterval[]>()
  for (const interval of intervals) {
    for (const { from } of daysOf(meetOf(interval, window))) {
      const day = dayOf(from)
      const found = days.get(day)
      if (found === undefined) days.set(day, [interval])
      else found.push(interval)
    }
  }
  return days
}

/** The part of a window in which anything was used, or a month of a support plan began. */
function extentOf({ intervals, months }: SubscriptionUsage, window: Window): Window {
  const times = [
    ...intervals.map((interval) => meetOf(interval, window)).filter(({ from, to }) => from < to),
    ...months
      .filter((start) => start >= window.from && start < window.to)
      .map((start) => ({ from: start, to: earlier(window.to, (start + 1) as Instant) })),
  ]
  const [first, ...rest] = times
  if (first === undefined) return { from: window.from, to: window.from }
  return rest.reduce(
    (all, { from, to }) => ({ from: earlier(all.from, from), to: later(all.to, to) }),
    first,
  )
}

function meetOf({ openedAt, closedAt }: MeterInterval, { from, to }: Window): Window {
  return {
    from: later(openedAt, from),
    to: closedAt === null ? to : earlier(closedAt, to),
  }
}

function dayOf(at: Instant): number {
  return Math.floor(at / dayMs)
}

/** A window cut at each 00:00 UTC in it. */
export function daysOf({ from, to }: Window): readonly Window[] {
  const days: Window[] = []
  for (let start = from; start < to; ) {
    const end = earlier(((dayOf(start) + 1) * dayMs) as Instant, to)
    days.push({ from: start, to: end })
    start = end
  }
  return days
}
