import fc from 'fast-check'
import { expect, test } from 'vitest'
import { formatDecimal } from '../kernel/decimal.ts'
import { hourMs, instant } from '../kernel/instant.ts'
import { bytesPerGb, meters } from './meter.ts'
import { costOf, nextChange, priceAt, pricedTimes } from './price-book.ts'

const dates = fc.uniqueArray(fc.nat({ max: 40 }), { maxLength: 8 })
const somePrices = dates.map((all) =>
  all
    .toSorted((a, b) => a - b)
    .map((at) => ({ effectiveAt: instant(at), unitPrice: String(at % 3) })),
)
const window = fc
  .tuple(fc.nat({ max: 45 }), fc.nat({ max: 45 }))
  .map(([a, b]) => ({ from: instant(Math.min(a, b)), to: instant(Math.max(a, b)) }))

test('a window is cut into times that follow each other, each at the price that holds all through it', () => {
  fc.assert(
    fc.property(somePrices, window, (prices, { from, to }) => {
      const times = pricedTimes(prices, from, to)
      const edges = times.flatMap((time) => [time.from, time.to])
      const inner = edges.slice(1, -1)
      expect(inner.filter((_, index) => index % 2 === 0)).toEqual(
        inner.filter((_, index) => index % 2 === 1),
      )
      expect([edges[0], edges.at(-1)]).toEqual(from < to ? [from, to] : [undefined, undefined])
      for (const time of times) {
        expect(time.from).toBeLessThan(time.to)
        for (let at: number = time.from; at < time.to; at += 1) {
          expect(priceAt(prices, instant(at))).toBe(time.unitPrice)
        }
      }
    }),
  )
})

test('until the next change the price is the same', () => {
  fc.assert(
    fc.property(somePrices, fc.nat({ max: 45 }), (prices, now) => {
      const change = nextChange(prices, instant(now))
      expect(change === null || prices.some(({ effectiveAt }) => effectiveAt === change)).toBe(true)
      for (let at = now; at < (change ?? 46); at += 1) {
        expect(priceAt(prices, instant(at))).toBe(priceAt(prices, instant(now)))
      }
    }),
  )
})

test.each([
  ['storage-gb-months', bytesPerGb * 730n * BigInt(hourMs), '0.0184'],
  ['disk-gb-months', 32n * bytesPerGb * 365n * BigInt(hourMs), '0.2944'],
  ['vcpu-hours', 4n * BigInt(hourMs), '0.0736'],
  ['static-address-hours', BigInt(hourMs) / 2n, '0.0092'],
  ['database-vcore-hours', 1n, '0.000000005111111111'],
  ['support-plan-months', 6n, '0.1104'],
] as const)('%s: so much of it at 0.0184 a unit costs what it says', (meter, amount, cost) => {
  expect(formatDecimal(costOf(meter, amount, '0.0184'), 18)).toBe(cost)
})

test('every meter has an id of its own, as usage details name it', () => {
  const ids = Object.values(meters).map(({ id }) => id)
  expect(new Set(ids).size).toBe(ids.length)
})
