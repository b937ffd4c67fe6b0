import { expect, test } from 'vitest'
import { testInstant as now, testRandom } from '../database/testing/test-database.ts'
import { addDays, addMs, formatInstant } from '../kernel/instant.ts'
import { loadDefaultPrices } from './change.store.ts'
import { packagedPrices } from './packaged.ts'
import { type PriceLists, openPriceLists, vcpuHours } from './price-lists-fixture.ts'

const tomorrow = addDays(now, 1)
const nextWeek = addDays(now, 7)

/** What was answered, of a call that was not refused. */
async function shown(answer: ReturnType<PriceLists['get']>) {
  const answered = await answer
  if ('refused' in answered) throw new Error(JSON.stringify(answered))
  return answered
}

test('prices are added to a list, shown as they were sent, and asked for twice are there once', async () => {
  await using lists = await openPriceLists()
  const first = vcpuHours(tomorrow, { EUR: '0.040', USD: '0.05' })
  const made = await shown(lists.put('Gold', [first]))
  const kept = vcpuHours(tomorrow, { EUR: '0.04', USD: '0.05' })
  expect(made).toMatchObject({
    status: 201,
    body: {
      id: '/providers/Reprieve.Lifecycle/priceLists/Gold',
      name: 'Gold',
      properties: { version: 1, createdAt: formatInstant(now), prices: [kept] },
    },
  })
  const again = await shown(lists.put('GOLD', made.body.properties.prices ?? []))
  expect(again).toEqual({ status: 200, body: made.body })
  const second = vcpuHours(nextWeek, { EUR: '0.03' })
  const changed = await shown(lists.put('gold', [second]))
  expect(changed).toMatchObject({
    status: 200,
    body: { name: 'Gold', properties: { version: 2, prices: [kept, second] } },
  })
  expect(await shown(lists.get('gOLD'))).toEqual({ status: 200, body: changed.body })
})

test('a price that is past, stands already, or is none changes nothing', async () => {
  await using lists = await openPriceLists()
  const good = vcpuHours(nextWeek, { EUR: '0.03' })
  const { body } = await shown(lists.put('Gold', [vcpuHours(tomorrow, { EUR: '0.04' })]))
  const refused = async (entry: ReturnType<typeof vcpuHours>) => lists.put('Gold', [good, entry])
  const field = 'properties.prices[1].unitPrices.EUR'
  expect(await refused(vcpuHours(now, { EUR: '1' }))).toEqual({
    refused: 'priceNotForward',
    facts: { field, effectiveFrom: formatInstant(now), notBefore: formatInstant(now) },
  })
  expect(await refused(vcpuHours(tomorrow, { EUR: '1' }))).toEqual({
    refused: 'priceStored',
    facts: { field, unitPrice: '0.04', effectiveFrom: formatInstant(tomorrow) },
  })
  expect(await refused(vcpuHours(nextWeek, { USD: '-1' }))).toMatchObject({
    refused: 'invalidContent',
    facts: { field: 'properties.prices[1].unitPrices.USD' },
  })
  expect(await shown(lists.get('Gold'))).toEqual({ status: 200, body })
  expect(await lists.put('No Gold', [good])).toMatchObject({ refused: 'invalidName' })
  expect(await lists.put('Default', [good])).toMatchObject({ refused: 'defaultPriceList' })
  expect(await lists.get('default')).toMatchObject({ refused: 'notFound' })
  expect(await lists.priceEvents()).toHaveLength(1)
})

test('a price takes effect after where the clock of every account on its list stands', async () => {
  await using lists = await openPriceLists()
  await lists.put('Gold', [])
  await lists.put('Silver', [])
  await lists.account('late', 'Gold', nextWeek)
  await lists.account('later', 'Gold', addDays(now, 30))
  await lists.account('past', 'Silver', addDays(now, -300))
  const price = { EUR: '1' }
  expect(await lists.put('Gold', [vcpuHours(addDays(now, 30), price)])).toMatchObject({
    refused: 'priceNotForward',
    facts: { notBefore: formatInstant(addDays(now, 30)) },
  })
  const next = addMs(addDays(now, 30), 1)
  expect(await lists.put('Gold', [vcpuHours(next, price)])).toMatchObject({ status: 200 })
  // A clock that is behind brings nothing forward: accounts on real time pay by this list too.
  expect(await lists.put('Silver', [vcpuHours(addDays(now, -1), price)])).toMatchObject({
    refused: 'priceNotForward',
    facts: { notBefore: formatInstant(now) },
  })
  expect(await lists.put('Silver', [vcpuHours(tomorrow, price)])).toMatchObject({ status: 200 })
})

test('plans of cancels that were made at other prices no longer hold', async () => {
  await using lists = await openPriceLists()
  await lists.put('Gold', [])
  await lists.account('golden', 'Gold')
  await lists.account('goldenTest', 'Gold', now)
  await lists.account('usual', 'default')
  await lists.account('usualTest', 'default', now)
  expect(await lists.billingVersions()).toEqual({
    golden: 1,
    goldenTest: 1,
    usual: 1,
    usualTest: 1,
  })
  const price = vcpuHours(tomorrow, { EUR: '1' })
  await lists.put('Gold', [price])
  await lists.put('Gold', [price])
  expect(await lists.billingVersions()).toEqual({
    golden: 2,
    goldenTest: 2,
    usual: 1,
    usualTest: 1,
  })
  const load = () =>
    lists.database.transaction((tx) =>
      loadDefaultPrices(tx, packagedPrices(), now, { onlyFirst: false, random: testRandom }),
    )
  await load()
  await load()
  // Who has a list of his own pays by the default one too; a test clock never sees it change.
  expect(await lists.billingVersions()).toEqual({
    golden: 3,
    goldenTest: 2,
    usual: 2,
    usualTest: 1,
  })
})

test('a change is told in the history once, without the name of the list', async () => {
  await using lists = await openPriceLists()
  const price = vcpuHours(tomorrow, { EUR: '1', USD: '1' })
  await lists.put('Secret-Customer', [price])
  await lists.put('secret-customer', [price])
  await lists.put('Secret-Customer', [vcpuHours(nextWeek, { EUR: '2' })])
  const told = await lists.priceEvents()
  expect(told.map(({ data }) => data)).toMatchObject([
    { version: 1, added: 2 },
    { version: 2, added: 1 },
  ])
  expect(JSON.stringify(told).toLowerCase()).not.toContain('secret')
  const hashes = told.map(({ data }) => (data as { priceList: string }).priceList)
  expect(hashes[0]).toMatch(/^[\da-f]{64}$/)
  expect(hashes[1]).toBe(hashes[0])
})

test('a tenant sees its own lists and the default one, in pages, and no other', async () => {
  await using lists = await openPriceLists()
  for (const name of ['b', 'C', 'a']) await lists.put(name, [])
  await lists.put('theirs', [], { as: lists.otherTenant })
  await lists.database.transaction((tx) =>
    loadDefaultPrices(tx, packagedPrices(), now, { onlyFirst: true, random: testRandom }),
  )
  const all = await shown(lists.list())
  expect(all.body.value.map(({ name }) => name).toSorted()).toEqual(['C', 'a', 'b', 'default'])
  expect(all.body.nextLink).toBe(null)
  const seen: string[] = []
  let query: { readonly [name: string]: string } | null = { top: '1' }
  while (query !== null) {
    const { body } = await shown(lists.list({ query }))
    seen.push(...body.value.map(({ name }) => name))
    const token: string | null | undefined =
      body.nextLink === null ? null : new URL(body.nextLink).searchParams.get('$skiptoken')
    query = token === null || token === undefined ? null : { top: '1', skiptoken: token }
  }
  expect(seen).toEqual(all.body.value.map(({ name }) => name))
  const theirs = await shown(lists.list({ as: lists.otherTenant }))
  expect(theirs.body.value.map(({ name }) => name).toSorted()).toEqual(['default', 'theirs'])
  expect(await lists.get('a', { as: lists.otherTenant })).toMatchObject({ refused: 'notFound' })
  const usual = await shown(lists.get('DEFAULT', { as: lists.otherTenant }))
  expect(usual.body.properties.prices).toHaveLength(21)
})

test('the same new list asked for many times at once is made once, with all prices of all', async () => {
  await using lists = await openPriceLists()
  const days = [1, 2, 3, 4, 5, 6]
  const answers = await Promise.all(
    days.map((day) => lists.put('Rush', [vcpuHours(addDays(now, day), { EUR: `${day}` })])),
  )
  const statuses = answers.map((answer) => ('status' in answer ? answer.status : answer.refused))
  expect(statuses.map(String).toSorted()).toEqual(['200', '200', '200', '200', '200', '201'])
  const { body } = await shown(lists.get('Rush'))
  expect(body.properties).toMatchObject({ version: 6 })
  expect(body.properties.prices).toHaveLength(6)
  expect(await lists.priceEvents()).toHaveLength(6)
})

test('the prices of a list that is new may begin at any time: nobody pays by it yet', async () => {
  await using lists = await openPriceLists()
  const past = vcpuHours(addDays(now, -400), { EUR: '1' })
  expect(await shown(lists.put('Old', [past]))).toMatchObject({ status: 201 })
  expect(await lists.put('Old', [vcpuHours(addDays(now, -1), { EUR: '2' })])).toMatchObject({
    refused: 'priceNotForward',
  })
})
