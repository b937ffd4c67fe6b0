import fc from 'fast-check'
import { expect, test } from 'vitest'
import { testInstant as now, testRandom } from '../database/testing/test-database.ts'
import { type Instant, addDays, addMs, instant } from '../kernel/instant.ts'
import { loadDefaultPrices } from './change.store.ts'
import { packagedPrices } from './packaged.ts'
import { priceAt } from './price-book.ts'
import { type PriceEntry, checkPriceList } from './price-list.ts'
import { type PriceLists, openPriceLists, vcpuHours } from './price-lists-fixture.ts'
import { priceListKeyOf, readPriceBook, readPrices } from './store.ts'

const payAsYouGo = { pricesOf: 'PayAsYouGo', currency: 'EUR', pricesAsOf: null } as const
const usual = { ...payAsYouGo, priceListKey: 'default' }

function load(
  { database }: PriceLists,
  prices: readonly PriceEntry[],
  realNow: Instant,
  onlyFirst = false,
) {
  const checked = checkPriceList({ prices })
  if (!checked.accepted) throw new Error(checked.refusal.field)
  const asked = checked.value
  return database.transaction((tx) =>
    loadDefaultPrices(tx, asked, realNow, { onlyFirst, random: testRandom }),
  )
}

test('the first prices of an installation begin when they say, later ones after now', async () => {
  await using lists = await openPriceLists()
  const first = vcpuHours(instant(0), { EUR: '1' })
  expect(await load(lists, [first], now)).toMatchObject({ accepted: true, value: { version: 1 } })
  expect(await load(lists, [first, vcpuHours(now, { EUR: '2' })], now)).toMatchObject({
    accepted: false,
    refusal: { code: 'NotForward', notBefore: now },
  })
  expect(await load(lists, [vcpuHours(instant(0), { EUR: '2' })], now)).toMatchObject({
    accepted: false,
    refusal: { code: 'Stored', storedUnitPrice: '1' },
  })
  const next = vcpuHours(addMs(now, 1), { EUR: '2' })
  expect(await load(lists, [next], now)).toMatchObject({
    accepted: true,
    value: { version: 2, added: [{ unitPrice: '2' }] },
  })
  // What the file no longer names stays, and the same file again changes nothing.
  expect(await load(lists, [next], addDays(now, 9))).toMatchObject({
    accepted: true,
    value: { version: 2, added: [] },
  })
  const book = await readPriceBook(lists.database.db, usual)
  expect(book.get('vcpu-hours')).toEqual([
    { effectiveAt: 0, unitPrice: '1' },
    { effectiveAt: now + 1, unitPrice: '2' },
  ])
})

test('the packaged prices are for a list that has none', async () => {
  await using lists = await openPriceLists()
  const { database } = lists
  await load(lists, [vcpuHours(now, { EUR: '9' })], now)
  const loaded = await database.transaction((tx) =>
    loadDefaultPrices(tx, packagedPrices(), now, { onlyFirst: true, random: testRandom }),
  )
  expect(loaded).toMatchObject({ accepted: true, value: { added: [], version: 1 } })
  expect(await readPrices(database.db, 'default')).toHaveLength(1)
})

test('an account on a test clock sees the default list as it stood when it was made', async () => {
  await using lists = await openPriceLists()
  await load(lists, [vcpuHours(instant(0), { EUR: '1' })], now)
  await load(lists, [vcpuHours(addDays(now, 9), { EUR: '2' })], addMs(now, 10))
  const priceOn = async (pricesAsOf: Instant | null) => {
    const book = await readPriceBook(lists.database.db, { ...usual, pricesAsOf })
    return priceAt(book.get('vcpu-hours') ?? [], addDays(now, 10))
  }
  expect(await priceOn(null)).toBe('2')
  expect(await priceOn(now)).toBe('1')
  expect(await priceOn(addMs(now, 9))).toBe('1')
  expect(await priceOn(addMs(now, 10))).toBe('2')
  expect(await priceOn(addMs(now, -1))).toBe(null)
})

test('a book holds one offer and one currency, and a list of another tenant is nothing', async () => {
  await using lists = await openPriceLists()
  const { database, tenantId, otherTenant } = lists
  await database.transaction((tx) =>
    loadDefaultPrices(tx, packagedPrices(), now, { onlyFirst: true, random: testRandom }),
  )
  await lists.put('Gold', [vcpuHours(addDays(now, 1), { EUR: '7', USD: '8' })])
  const read = async (owner: string, currency: 'EUR' | 'USD' | 'JPY') => {
    const priceListKey = priceListKeyOf(owner, 'GOLD')
    const book = await readPriceBook(database.db, { ...payAsYouGo, currency, priceListKey })
    return (book.get('vcpu-hours') ?? []).map(({ unitPrice }) => unitPrice)
  }
  expect(await read(tenantId, 'EUR')).toEqual(['0.0445', '7'])
  expect(await read(tenantId, 'USD')).toEqual(['0.048', '8'])
  expect(await read(tenantId, 'JPY')).toEqual(['7.2'])
  expect(await read(otherTenant, 'EUR')).toEqual(['0.0445'])
  const support = { ...usual, pricesOf: 'SupportStandard' } as const
  const book = await readPriceBook(database.db, support)
  expect([...book.keys()]).toEqual(['support-plan-months'])
})

test('whatever was loaded and put, a book is sorted and has no two prices of one date', async () => {
  await using lists = await openPriceLists()
  const { database, tenantId } = lists
  const meter = fc.constantFrom('vcpu-hours', 'disk-gb-months', 'storage-gb-months')
  const entries = fc.uniqueArray(
    fc.record({ day: fc.integer({ min: 1, max: 9 }), meter, amount: fc.nat({ max: 99 }) }),
    { selector: (one) => `${one.day}/${one.meter}`, maxLength: 12 },
  )
  let round = 0
  await fc.assert(
    fc.asyncProperty(entries, entries, async (defaults, own) => {
      round += 1
      // Every round is later than all that was loaded before it, so that nothing is refused.
      const realNow = addDays(now, round * 20)
      const toEntries = (all: typeof defaults): PriceEntry[] =>
        all.map(({ day, meter: name, amount }) => ({
          ...vcpuHours(addDays(realNow, day), { EUR: `${amount}` }),
          meter: name,
        }))
      expect(await load(lists, toEntries(defaults), realNow)).toMatchObject({ accepted: true })
      const put = await lists.put(`list-${round % 3}`, toEntries(own), { realNow })
      expect(put).toMatchObject({ status: expect.any(Number) as number })
      const priceListKey = priceListKeyOf(tenantId, `list-${round % 3}`)
      const book = await readPriceBook(database.db, { ...payAsYouGo, priceListKey })
      for (const prices of book.values()) {
        const dates = prices.map(({ effectiveAt }) => effectiveAt)
        expect(dates).toEqual([...new Set(dates)].toSorted((a, b) => a - b))
      }
      for (const { day, meter: name, amount } of own) {
        const prices = book.get(name) ?? []
        expect(priceAt(prices, addDays(realNow, day))).toBe(`${amount}`)
      }
    }),
    { numRuns: 25 },
  )
})
