import fc from 'fast-check'
import { expect, test } from 'vitest'
import { billSubscription } from '../invoices/invoice-lines.ts'
import { compare, sum } from '../kernel/fraction.ts'
import { type Instant, dayMs } from '../kernel/instant.ts'
import type { MeterName } from '../prices/meter.ts'
import type { PriceBook } from '../prices/price-book.ts'
import { costGroupings, exactCost, groupCosts } from './costs.ts'
import { daysOf, rateDaily } from './daily.ts'
import { rateUsage } from './rate.ts'

const start = Date.parse('2026-03-01T00:00:00Z')
const at = (ms: number) => (start + ms) as Instant
const month = { from: at(0), to: at(31 * dayMs) }

const prices: PriceBook = new Map([
  [
    'vcpu-hours',
    [
      { effectiveAt: at(-dayMs), unitPrice: '0.0445' },
      { effectiveAt: at(9.5 * dayMs), unitPrice: '0.05' },
    ],
  ],
  ['storage-gb-months', [{ effectiveAt: at(-dayMs), unitPrice: '0.0171' }]],
])

const intervals = fc.array(
  fc.record({
    uid: fc.constantFrom('a', 'b', 'c'),
    meter: fc.constantFrom<MeterName>('vcpu-hours', 'storage-gb-months'),
    rate: fc.bigInt({ min: 0n, max: 2n ** 40n }),
    openedAt: fc.integer({ min: -dayMs, max: 31 * dayMs }).map(at),
    closedAt: fc.option(fc.integer({ min: 0, max: 32 * dayMs }).map(at)),
  }),
  { maxLength: 12 },
)

function subscriptionOf(used: ReturnType<typeof intervals.generate>['value']) {
  const usage = {
    subscriptionId: 's',
    billable: [
      { openedAt: at(0), closedAt: at(5 * dayMs + 7) },
      { openedAt: at(8 * dayMs), closedAt: null },
    ],
    intervals: used,
    months: [],
  }
  return { subscriptionId: 's', displayName: 'S', limitedUntil: null, credit: null, usage }
}

test('days are cut at midnight and fill the window', () => {
  const days = daysOf({ from: at(dayMs / 2), to: at(2 * dayMs + 1) })
  expect(days).toEqual([
    { from: at(dayMs / 2), to: at(dayMs) },
    { from: at(dayMs), to: at(2 * dayMs) },
    { from: at(2 * dayMs), to: at(2 * dayMs + 1) },
  ])
  expect(daysOf({ from: at(5), to: at(5) })).toEqual([])
})

test('however costs are grouped they come to what was used, and to the lines of the invoice', () => {
  fc.assert(
    fc.property(intervals, (used) => {
      const subscription = subscriptionOf(used)
      const whole = exactCost(rateUsage(subscription.usage, prices, month))
      const daily = rateDaily(subscription.usage, prices, month)
      const { lines } = billSubscription(subscription, prices, 'EUR', month)
      const charged = lines.reduce((total, { cost }) => total + cost, 0n)
      for (const by of costGroupings) {
        const shares = groupCosts(daily, lines, by)
        expect(compare(sum(shares.map(({ cost }) => cost)), whole)).toBe(0)
        const keys = shares.map(({ key }) => key)
        expect(keys).toEqual([...new Set(keys)].toSorted())
        if (by === 'day') continue
        expect(shares.reduce((total, share) => total + (share.charged ?? 0n), 0n)).toBe(charged)
      }
    }),
  )
})
