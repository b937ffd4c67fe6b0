import fc from 'fast-check'
import { expect, test } from 'vitest'
import { currencies } from '../kernel/currency.ts'
import { type Instant, formatInstant, instant } from '../kernel/instant.ts'
import { offers } from '../offers/offer.ts'
import packaged from './default-price-list.json' with { type: 'json' }
import { checkPriceList, groupPrices } from './price-list.ts'
import { metersOf, pricedOffers } from './priced-offers.ts'

const entry = {
  offer: 'PayAsYouGo',
  meter: 'vcpu-hours',
  effectiveFrom: '2026-11-01T00:00:00Z',
  unitPrices: { EUR: '0.045', JPY: '7.2' },
}

/** Where the first problem is, and of which kind; null: there is none. */
function problemOf(value: unknown, root?: string): string | null {
  const decision = checkPriceList(value, root)
  return decision.accepted ? null : `${decision.refusal.field}: ${decision.refusal.problem.kind}`
}

const inSecond = (change: object): unknown => ({ prices: [entry, { ...entry, ...change }] })

test.each([
  ['text', 'price list: type'],
  [[entry], 'price list: type'],
  [null, 'price list: type'],
  [{}, 'prices: required'],
  [{ price: [] }, 'price: unknown'],
  [{ prices: [], currency: 'EUR' }, 'currency: unknown'],
  [{ prices: entry }, 'prices: type'],
  [{ prices: [null] }, 'prices[0]: type'],
  [inSecond({ offer: 'Payasyougo' }), 'prices[1].offer: oneOf'],
  [inSecond({ offer: 'FreeTrial' }), 'prices[1].offer: oneOf'],
  [inSecond({ offer: 7 }), 'prices[1].offer: oneOf'],
  [inSecond({ meter: 'lamps' }), 'prices[1].meter: oneOf'],
  [inSecond({ meter: 'support-plan-months' }), 'prices[1].meter: oneOf'],
  [inSecond({ offer: 'SupportStandard' }), 'prices[1].meter: oneOf'],
  [inSecond({ unitPrice: '1' }), 'prices[1].unitPrice: unknown'],
  [{ prices: [{ ...entry, unitPrices: undefined, meter: undefined }] }, 'prices[0].meter: oneOf'],
  [inSecond({ effectiveFrom: '2026-02-30T00:00:00Z' }), 'prices[1].effectiveFrom: instant'],
  [inSecond({ effectiveFrom: '2026-11-01' }), 'prices[1].effectiveFrom: instant'],
  [inSecond({ effectiveFrom: 0 }), 'prices[1].effectiveFrom: instant'],
  [inSecond({ effectiveFrom: '1969-12-31T23:59:59Z' }), 'prices[1].effectiveFrom: instantBetween'],
  [inSecond({ effectiveFrom: '9000-01-02T00:00:00Z' }), 'prices[1].effectiveFrom: instantBetween'],
  [inSecond({ unitPrices: [] }), 'prices[1].unitPrices: type'],
  [inSecond({ unitPrices: { eur: '1' } }), 'prices[1].unitPrices.eur: oneOf'],
  [inSecond({ unitPrices: { CHF: '1', EUR: '1' } }), 'prices[1].unitPrices.EUR: duplicate'],
])('%j is refused at its place', (value, problem) => {
  expect(problemOf(value)).toBe(problem)
})

test.each([
  '-1',
  '-0.01',
  '1e3',
  '.5',
  '5.',
  '1,5',
  '',
  ' 1',
  '0x1',
  '01',
  0.5,
  null,
  '1'.repeat(19),
])('a unit price of %j is refused', (price) => {
  const value = inSecond({ unitPrices: { CHF: '1', USD: price } })
  expect(problemOf(value)).toBe('prices[1].unitPrices.USD: price')
})

test('a price has at most 18 decimals, and is kept in its shortest form', () => {
  const priced = (text: string) => ({ prices: [{ ...entry, unitPrices: { USD: text } }] })
  const kept = (text: string) => {
    const decision = checkPriceList(priced(text))
    return decision.accepted ? decision.value[0]?.unitPrice : decision.refusal.problem.kind
  }
  expect(kept('0.000000000000000001')).toBe('0.000000000000000001')
  expect(kept('0.0000000000000000001')).toBe('price')
  // A slip of the keyboard: no column could hold its invoices.
  expect(kept('1000000000')).toBe('1000000000')
  expect(kept('1000000000.01')).toBe('price')
  expect(['0.10', '0.1', '5.00', '0', '0.000', '-0'].map(kept)).toEqual([
    '0.1',
    '0.1',
    '5',
    '0',
    '0',
    '0',
  ])
})

test('places begin with where the list stands', () => {
  expect(problemOf(inSecond({ meter: 'lamps' }), 'properties.')).toBe(
    'properties.prices[1].meter: oneOf',
  )
  expect(problemOf([], 'properties.')).toBe('properties: type')
  expect(problemOf({}, 'properties.')).toBe('properties.prices: required')
})

test('a duplicate names the place that said it first', () => {
  const decision = checkPriceList({ prices: [entry, entry] })
  expect(decision).toMatchObject({
    accepted: false,
    refusal: {
      field: 'prices[1].unitPrices.EUR',
      problem: { kind: 'duplicate', of: 'prices[0].unitPrices.EUR' },
    },
  })
})

test('a list of more prices than can be shown is refused', () => {
  const many = (entries: number) => ({
    prices: Array.from({ length: entries }, (_, index) => ({
      ...entry,
      effectiveFrom: formatInstant(instant(index * 1000)),
    })),
  })
  expect(problemOf(many(5_000))).toBe(null)
  expect(problemOf(many(5_001))).toBe('prices: count')
})

test('the packaged list has every meter of every offer in every currency from 2000 on', () => {
  const decision = checkPriceList(packaged)
  const found = decision.accepted ? decision.value : []
  const expected = pricedOffers.flatMap((offer) =>
    metersOf(offer).flatMap((meter) => currencies.map((code) => `${offer}/${meter}/${code}`)),
  )
  const named = found.map(({ offer, meter, currency }) => `${offer}/${meter}/${currency}`)
  expect(named.toSorted()).toEqual(expected.toSorted())
  const dates = found.map(({ effectiveAt }) => formatInstant(effectiveAt))
  expect(new Set(dates)).toEqual(new Set(['2000-01-01T00:00:00.000Z']))
  expect(found.every(({ unitPrice }) => unitPrice !== '0')).toBe(true)
})

test('every offer has its prices under the name of an offer that lists have', () => {
  for (const offer of Object.values(offers)) expect(pricedOffers).toContain(offer.prices)
})

test('what is shown of a list can be sent back, and is the same list', () => {
  const price = fc.constantFrom(...pricedOffers).chain((offer) =>
    fc.record({
      offer: fc.constant(offer),
      meter: fc.constantFrom(...metersOf(offer)),
      currency: fc.constantFrom(...currencies),
      unitPrice: fc.constantFrom('0', '0.5', '17'),
      effectiveAt: fc.integer({ min: 0, max: 5 }).map((day) => instant(day * 86_400_000)),
    }),
  )
  const keyOf = (one: { offer: string; meter: string; currency: string; effectiveAt: Instant }) =>
    `${one.offer}/${one.meter}/${one.effectiveAt}/${one.currency}`
  fc.assert(
    fc.property(fc.uniqueArray(price, { selector: keyOf, maxLength: 40 }), (prices) => {
      const entries = groupPrices(prices)
      const decision = checkPriceList({ prices: entries })
      const back = decision.accepted
        ? decision.value.map(({ place: _place, ...rest }) => rest)
        : null
      const sorted = prices.toSorted((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1))
      const backSorted = back?.toSorted((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1))
      expect(backSorted).toEqual(sorted)
      const heads = entries.map((one) => `${one.offer}/${one.meter}/${one.effectiveFrom}`)
      expect(heads).toEqual([...new Set(heads)].toSorted())
    }),
  )
})
