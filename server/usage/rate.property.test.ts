import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { billSubscription, roundedCost, sumOf } from '../invoices/invoice-lines.ts'
import { add, compare, fraction, multiply, subtract, zero } from '../kernel/fraction.ts'
import { type Instant, dayMs } from '../kernel/instant.ts'
import type { MeterName } from '../prices/meter.ts'
import { type Price, type PriceBook, costOf } from '../prices/price-book.ts'
import { type MeterInterval, type SubscriptionUsage, type UsageLine, rateUsage } from './rate.ts'

/** Times are whole steps, few enough to be counted one by one, each some hours long. */
const steps = 60
const stepMs = 7 * 3_600_000 + 1
const start = Date.parse('2028-02-20T05:00:00Z')
const at = (step: number): Instant => (start + step * stepMs) as Instant

const meterNames: readonly MeterName[] = ['storage-gb-months', 'vcpu-hours', 'disk-gb-months']
const uids = ['a', 'b', 'c']

/** Cuts of time that do not overlap: each pair of neighbours is an interval, or is left out. */
const times = (max: number) =>
  fc
    .uniqueArray(fc.nat({ max: steps }), { maxLength: max })
    .map((cuts) => cuts.toSorted((a, b) => a - b))
    .chain((cuts) =>
      fc
        .tuple(
          fc.array(fc.boolean(), { minLength: cuts.length, maxLength: cuts.length }),
          fc.boolean(),
        )
        .map(([taken, isOpen]) =>
          cuts.flatMap((from, index) => {
            const to = cuts[index + 1] ?? null
            if (taken[index] !== true || (to === null && !isOpen)) return []
            return [{ openedAt: at(from), closedAt: to === null ? null : at(to) }]
          }),
        ),
    )

const intervals: fc.Arbitrary<readonly MeterInterval[]> = fc
  .tuple(
    ...uids.flatMap((uid) =>
      meterNames.map((meter) =>
        fc
          .tuple(times(7), fc.array(fc.bigInt({ min: 0n, max: 10n ** 13n }), { minLength: 8 }))
          .map(([ran, rates]) =>
            ran.map((time, index) => ({ uid, meter, rate: rates[index] ?? 1n, ...time })),
          ),
      ),
    ),
  )
  .map((found) => found.flat())

const unitPrice = fc
  .tuple(fc.nat({ max: 10_000_000 }), fc.integer({ min: 0, max: 7 }))
  .map(([digits, scale]) =>
    (digits / 10 ** scale)
      .toFixed(scale)
      .replace(/(\.\d*?)0+$/, '$1')
      .replace(/\.$/, ''),
  )
const prices: fc.Arbitrary<readonly Price[]> = fc
  .tuple(
    unitPrice,
    fc.uniqueArray(fc.nat({ max: steps }), { maxLength: 3 }),
    fc.array(unitPrice, { minLength: 3 }),
  )
  .map(([first, changes, next]) => [
    { effectiveAt: 0 as Instant, unitPrice: first },
    ...changes
      .toSorted((a, b) => a - b)
      .map((step, index) => ({ effectiveAt: at(step), unitPrice: next[index] ?? '1' })),
  ])
const priceBook: fc.Arbitrary<PriceBook> = fc
  .tuple(prices, prices, prices)
  .map((found) => new Map(meterNames.map((meter, index) => [meter, found[index] ?? []])))

/** Any history of resources, cancels and reactivations, priced by any book. */
const history = fc.record({
  billable: times(8),
  intervals,
  prices: priceBook,
  cuts: fc.tuple(fc.nat({ max: steps }), fc.nat({ max: steps }), fc.nat({ max: steps })),
})

function usageOf(of: Pick<SubscriptionUsage, 'billable' | 'intervals'>): SubscriptionUsage {
  return { subscriptionId: 's', months: [], billable: of.billable, intervals: of.intervals }
}

/** By key, so that windows can be compared. Amounts are exact. */
function amounts(lines: readonly UsageLine[]): Map<string, bigint> {
  const sums = new Map<string, bigint>()
  for (const { uid, meter, unitPrice: price, amount } of lines) {
    const key = `${uid} ${meter} ${price}`
    sums.set(key, (sums.get(key) ?? 0n) + amount)
  }
  return sums
}

function costIn(
  {
    prices: book,
    ...usage
  }: Pick<SubscriptionUsage, 'billable' | 'intervals'> & { prices: PriceBook },
  from: Instant,
  to: Instant,
): bigint {
  return rateUsage(usageOf(usage), book, { from, to }).reduce(
    (sum, line) => sum + roundedCost(line, 'EUR'),
    0n,
  )
}

const isIn = (step: number, time: { openedAt: Instant; closedAt: Instant | null }): boolean =>
  time.openedAt <= at(step) && (time.closedAt === null || at(step) < time.closedAt)

describe('promise 1: no charge after cancel', () => {
  test('charged is just what ran while the subscription was billable, step by step', () => {
    fc.assert(
      fc.property(history, ({ billable, intervals: ran, prices: book, cuts }) => {
        const [from = 0, to = 0] = cuts.toSorted((a, b) => a - b)
        const wanted = new Map<string, bigint>()
        for (let step = from; step < to; step += 1) {
          if (!billable.some((time) => isIn(step, time))) continue
          for (const { uid, meter, rate, ...time } of ran) {
            if (!isIn(step, time) || rate === 0n) continue
            const price = (book.get(meter) ?? []).findLast((one) => one.effectiveAt <= at(step))
            const key = `${uid} ${meter} ${price?.unitPrice}`
            wanted.set(key, (wanted.get(key) ?? 0n) + rate * BigInt(stepMs))
          }
        }
        const lines = rateUsage(usageOf({ billable, intervals: ran }), book, {
          from: at(from),
          to: at(to),
        })
        expect(amounts(lines)).toEqual(wanted)
      }),
    )
  })

  test('a cancel at any instant leaves nothing to charge after it, and all before it', () => {
    fc.assert(
      fc.property(history, ({ intervals: ran, prices: book, cuts: [cancelled] }) => {
        const billable = [{ openedAt: at(0), closedAt: at(cancelled) }]
        const usage = usageOf({ billable, intervals: ran })
        expect(rateUsage(usage, book, { from: at(cancelled), to: at(steps) })).toEqual([])
        const before = rateUsage(usage, book, { from: at(0), to: at(cancelled) })
        const whole = rateUsage(usage, book, { from: at(0), to: at(steps) })
        expect(amounts(whole)).toEqual(amounts(before))
      }),
    )
  })
})

describe('promise 11: money adds up', () => {
  test('rating twice gives the same bytes', () => {
    fc.assert(
      fc.property(history, (of) => {
        const window = { from: at(0), to: at(steps) }
        const text = () =>
          JSON.stringify(rateUsage(usageOf(of), of.prices, window), (_, value: unknown) =>
            typeof value === 'bigint' ? String(value) : value,
          )
        expect(text()).toBe(text())
      }),
    )
  })

  test('windows that share an end sum to the window that holds both', () => {
    fc.assert(
      fc.property(history, (of) => {
        const [a = 0, b = 0, c = 0] = of.cuts.toSorted((one, other) => one - other)
        const rate = (from: number, to: number) =>
          rateUsage(usageOf(of), of.prices, { from: at(from), to: at(to) })
        expect(amounts([...rate(a, b), ...rate(b, c)])).toEqual(amounts(rate(a, c)))
      }),
    )
  })

  test('an interval that is cut in two at any instant changes no line, rounded or not', () => {
    fc.assert(
      fc.property(history, (of) => {
        const cut = at(of.cuts[0])
        const split = <T extends { openedAt: Instant; closedAt: Instant | null }>(time: T): T[] => {
          const ends = time.closedAt ?? at(steps)
          if (cut <= time.openedAt || cut >= ends) return [time]
          return [
            { ...time, closedAt: cut },
            { ...time, openedAt: cut },
          ]
        }
        const window = { from: at(0), to: at(steps) }
        const whole = rateUsage(usageOf(of), of.prices, window)
        const parts = rateUsage(
          usageOf({
            billable: of.billable.flatMap(split),
            intervals: of.intervals.flatMap(split),
          }),
          of.prices,
          window,
        )
        expect(amounts(parts)).toEqual(amounts(whole))
        const costs = (lines: readonly UsageLine[]) =>
          lines.map((line) => roundedCost(line, 'EUR')).toSorted((x, y) => (x < y ? -1 : 1))
        expect(costs(parts)).toEqual(costs(whole))
      }),
    )
  })

  test('the days of usage details sum to each line, and a line is within half a cent of them', () => {
    fc.assert(
      fc.property(history, (of) => {
        const window = { from: at(0), to: at(steps) }
        const lines = rateUsage(usageOf(of), of.prices, window)
        const daily: UsageLine[] = []
        for (let day = at(0); day < at(steps); day = (day + dayMs) as Instant) {
          const to = Math.min(day + dayMs, at(steps)) as Instant
          daily.push(...rateUsage(usageOf(of), of.prices, { from: day, to }))
        }
        expect(amounts(daily)).toEqual(amounts(lines))
        for (const line of lines) {
          const details = daily
            .filter((one) => one.uid === line.uid && one.meter === line.meter)
            .filter((one) => one.unitPrice === line.unitPrice)
            .reduce((sum, one) => add(sum, costOf(one.meter, one.amount, one.unitPrice)), zero)
          const charged = fraction(roundedCost(line, 'EUR'), 100n)
          const difference = subtract(charged, details)
          const size = difference.numerator < 0n ? subtract(zero, difference) : difference
          expect(compare(multiply(size, fraction(2n)), fraction(1n, 100n))).toBeLessThanOrEqual(0)
        }
      }),
      { numRuns: 50 },
    )
  })

  test('credit takes off what it covers and no more; a spending limit never charges', () => {
    const credit = fc.option(
      fc.record({ left: fc.bigInt({ min: 0n, max: 10n ** 7n }), expires: fc.nat({ max: steps }) }),
      { nil: null },
    )
    const limit = fc.option(fc.nat({ max: steps }), { nil: null })
    fc.assert(
      fc.property(history, credit, limit, (of, granted, limited) => {
        const subscription = {
          subscriptionId: 's',
          displayName: 'S',
          limitedUntil: limited === null ? null : at(limited),
          credit: granted === null ? null : { left: granted.left, expiresAt: at(granted.expires) },
          usage: usageOf(of),
        }
        const window = { from: at(0), to: at(steps) }
        const { lines, creditUsed } = billSubscription(subscription, of.prices, 'EUR', window)
        const used = sumOf(lines.filter(({ kind }) => kind === 'usage'))
        const total = sumOf(lines)
        expect(creditUsed >= 0n && creditUsed <= (granted?.left ?? 0n)).toBe(true)
        expect(creditUsed <= used).toBe(true)
        const taken = -sumOf(lines.filter(({ kind }) => kind === 'overLimit'))
        expect(total).toBe(used - creditUsed - taken)
        // Nothing of the limited time is charged; of the time after it, all but the credit.
        const within = limited === null ? 0n : costIn(of, at(0), at(limited))
        const left = within - creditUsed
        expect(taken).toBe(left <= 0n ? 0n : left < used - creditUsed ? left : used - creditUsed)
      }),
    )
  })
})
