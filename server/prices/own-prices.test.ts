import fc from 'fast-check'
import { expect, test } from 'vitest'
import { instant } from '../kernel/instant.ts'
import { withOwnPrices } from './own-prices.ts'
import { priceAt } from './price-book.ts'

const prices = (prefix: string) =>
  fc
    .uniqueArray(fc.nat({ max: 30 }), { maxLength: 8 })
    .map((dates) =>
      dates
        .toSorted((a, b) => a - b)
        .map((at) => ({ effectiveAt: instant(at), unitPrice: `${prefix}${at}` })),
    )

test('at every instant the own price holds once there is one, and until then the usual one', () => {
  fc.assert(
    fc.property(prices('usual'), prices('own'), (usual, own) => {
      const merged = withOwnPrices(usual, own)
      for (let at = 0; at <= 31; at += 1) {
        const now = instant(at)
        expect(priceAt(merged, now)).toBe(priceAt(own, now) ?? priceAt(usual, now))
      }
    }),
  )
})

test('the prices of a meter are sorted by date, and no two have one date', () => {
  fc.assert(
    fc.property(prices('usual'), prices('own'), (usual, own) => {
      const dates = withOwnPrices(usual, own).map(({ effectiveAt }) => effectiveAt)
      expect(dates).toEqual([...new Set(dates)].toSorted((a, b) => a - b))
    }),
  )
})
