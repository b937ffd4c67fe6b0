import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type Instant, instant } from '../kernel/instant.ts'
import { decidePriceChange } from './change.ts'
import { type AskedPrice, type ListedPrice, priceKey, pricesMax } from './price-list.ts'

function price(effectiveAt: number, unitPrice: string, change: Partial<ListedPrice> = {}) {
  return {
    offer: 'PayAsYouGo',
    meter: 'vcpu-hours',
    currency: 'EUR',
    unitPrice,
    effectiveAt: instant(effectiveAt),
    place: 'prices[0].unitPrices.EUR',
    ...change,
  } as const satisfies AskedPrice
}

test('the first prices of an installation may begin at any time', () => {
  const first = [price(5, '1'), price(9, '2')]
  expect(decidePriceChange([], first, null)).toEqual({ accepted: true, value: first })
})

test('a new price takes effect after all that may have been charged, not at that instant', () => {
  const now = instant(100)
  expect(decidePriceChange([], [price(101, '1')], now)).toMatchObject({ accepted: true })
  for (const at of [99, 100]) {
    expect(decidePriceChange([], [price(at, '1')], now)).toEqual({
      accepted: false,
      refusal: { code: 'NotForward', price: price(at, '1'), notBefore: now },
    })
  }
})

test('a stored price asked for again is success, at another amount it is refused, future or not', () => {
  const stored = [price(50, '1'), price(150, '2')]
  expect(decidePriceChange(stored, stored, instant(100))).toEqual({ accepted: true, value: [] })
  for (const at of [50, 150]) {
    expect(decidePriceChange(stored, [price(at, '3')], instant(100))).toMatchObject({
      accepted: false,
      refusal: { code: 'Stored', storedUnitPrice: at === 50 ? '1' : '2' },
    })
  }
})

test('a list never grows beyond what can be shown', () => {
  const stored = Array.from({ length: pricesMax }, (_, index) => price(index, '1'))
  const added = [price(pricesMax, '1')]
  expect(decidePriceChange(stored.slice(1), added, null)).toMatchObject({ accepted: true })
  expect(decidePriceChange(stored, added, null)).toEqual({
    accepted: false,
    refusal: { code: 'TooMany', max: pricesMax },
  })
  expect(decidePriceChange(stored, stored, null)).toEqual({ accepted: true, value: [] })
})

test('whatever is asked, no price up to notBefore changes, none is lost, and twice is once', () => {
  const prices = fc.uniqueArray(
    fc.record({ at: fc.nat({ max: 20 }), unitPrice: fc.constantFrom('1', '2') }),
    { selector: ({ at }) => at, maxLength: 12 },
  )
  const toPrices = (all: readonly { at: number; unitPrice: string }[]) =>
    all.map(({ at, unitPrice }) => price(at, unitPrice))
  let accepted = 0
  fc.assert(
    fc.property(prices, prices, fc.nat({ max: 20 }), (before, wanted, now) => {
      const [stored, asked] = [toPrices(before), toPrices(wanted)]
      const notBefore = instant(now)
      const decision = decidePriceChange(stored, asked, notBefore)
      if (!decision.accepted) return
      accepted += 1
      const after = [...stored, ...decision.value]
      expect(new Set(after.map(priceKey)).size).toBe(after.length)
      expect(past(after, notBefore)).toEqual(past(stored, notBefore))
      for (const one of asked) expect(after).toContainEqual(one)
      expect(decidePriceChange(after, asked, notBefore)).toEqual({ accepted: true, value: [] })
    }),
    { numRuns: 500 },
  )
  expect(accepted).toBeGreaterThan(50)
})

function past(prices: readonly ListedPrice[], until: Instant): readonly ListedPrice[] {
  return prices.filter(({ effectiveAt }) => effectiveAt <= until)
}
