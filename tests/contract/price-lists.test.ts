import { beforeAll, expect, test } from 'vitest'
import { askOf } from './ask.ts'
import { testTraffic, useWatchedServer } from './watched-server.ts'
import { World, messageOf } from './world-fixture.ts'

const watched = useWatchedServer()
const ask = askOf(watched)
const priceLists = '/providers/Reprieve.Lifecycle/priceLists'
const accounts = '/providers/Reprieve.Lifecycle/billingAccounts'

let stranger = { tenantId: '', clientId: '', clientSecret: '', objectId: '' }
beforeAll(async () => {
  stranger = await new World(watched.client).tenant('Priceless')
})

/** Far enough that no machine on which this runs has got there. */
const ahead = '2100-01-01T00:00:00.000Z'

function vcpuHours(effectiveFrom: string, unitPrices: { readonly [currency: string]: unknown }) {
  return { offer: 'PayAsYouGo', meter: 'vcpu-hours', effectiveFrom, unitPrices }
}

function prices(...listed: readonly unknown[]) {
  return { body: { properties: { prices: listed } } }
}

test('the packaged prices are in force from the first start on, for every tenant, for nobody to change', async () => {
  type Shown = { properties: { prices: { offer: string; unitPrices: object }[] } }
  const { body } = await ask<Shown>('GET', `${priceLists}/default`, '200')
  expect(body.properties.prices).toContainEqual({
    offer: 'PayAsYouGo',
    meter: 'storage-gb-months',
    effectiveFrom: '2000-01-01T00:00:00.000Z',
    unitPrices: expect.objectContaining({ USD: '0.0184', JPY: '2.76' }) as object,
  })
  const seen = await ask<Shown>('GET', `${priceLists}/DEFAULT`, '200', { as: stranger })
  expect(seen.body).toEqual(body)
  const price = prices(vcpuHours(ahead, { EUR: '1' }))
  const refused = await ask('PUT', `${priceLists}/default`, '409 PriceListIsDefault', price)
  expect(messageOf(refused)).toContain('--price-list')
})

test('a list of one tenant is added to, is shown as it was sent, and is nothing to another', async () => {
  const first = vcpuHours(ahead, { EUR: '0.04' })
  await ask('PUT', `${priceLists}/gold`, '201', prices(first))
  await ask('PUT', `${priceLists}/gold`, '200', prices(first))
  const second = vcpuHours('2100-02-01T00:00:00.000Z', { EUR: '0.03', JPY: '5' })
  await ask('PUT', `${priceLists}/gold`, '200', prices(second))
  const { body } = await ask('GET', `${priceLists}/gold`, '200')
  expect(body).toMatchObject({ properties: { version: 2, prices: [first, second] } })
  await ask('PUT', `${priceLists}/gold`, '200', { body })
  await ask('GET', `${priceLists}/gold`, '404 NotFound', { as: stranger })
  const all = await ask<{ value: { name: string }[] }>('GET', priceLists, '200')
  expect(all.body.value.map(({ name }) => name).toSorted()).toEqual(['default', 'gold'])
  const theirs = await ask<{ value: { name: string }[] }>('GET', priceLists, '200', {
    as: stranger,
  })
  expect(theirs.body.value.map(({ name }) => name)).toEqual(['default'])
  await ask('GET', priceLists, '400 InvalidParameter', { query: { $top: '0' } })

  const account = { properties: { displayName: 'Golden', priceList: 'Gold' } }
  await ask('PUT', `${accounts}/golden`, '201', { body: account })
  const shown = await ask('GET', `${accounts}/golden`, '200')
  expect(shown.body).toMatchObject({ properties: { priceList: 'gold' } })
})

test('what would change the past, and what is no price, is refused with its place, the reason and the way on', async () => {
  await ask('PUT', `${priceLists}/fixed`, '201', prices(vcpuHours(ahead, { EUR: '1' })))
  const put = (expected: string, ...listed: readonly unknown[]) =>
    ask('PUT', `${priceLists}/fixed`, expected, prices(...listed))
  const past = vcpuHours('2020-01-01T00:00:00Z', { EUR: '1' })
  const late = await put('409 PriceNotForward', vcpuHours(ahead, { EUR: '1' }), past)
  expect(messageOf(late)).toContain("'properties.prices[1].unitPrices.EUR'")
  expect(messageOf(late)).toContain('Give an effectiveFrom after that.')
  const other = await put('409 PriceCannotBeChanged', vcpuHours(ahead, { EUR: '2' }))
  expect(messageOf(other)).toContain('the list has 1 from 2100-01-01')

  for (const [place, wrong] of [
    ['prices[0].offer', { ...past, offer: 'FreeTrial' }],
    ['prices[0].meter', { ...past, meter: 'lamps' }],
    ['prices[0].effectiveFrom', { ...past, effectiveFrom: '2026-02-30T00:00:00Z' }],
    ['prices[0].unitPrices.XYZ', vcpuHours(ahead, { XYZ: '1' })],
    ['prices[0].unitPrices.USD', vcpuHours(ahead, { USD: '-1' })],
    ['prices[0].unitPrices.USD', vcpuHours(ahead, { USD: '1e3' })],
    ['prices.0.unitPrices.USD', vcpuHours(ahead, { USD: 1 })],
    ['prices.0.unit', { ...past, unit: 'hour' }],
  ] as const) {
    const refused = await put('400 InvalidRequestContent', wrong)
    expect(messageOf(refused)).toContain(`'properties.${place}'`)
  }
  const twice = vcpuHours(ahead, { USD: '1' })
  const duplicate = await put('400 InvalidRequestContent', twice, twice)
  expect(messageOf(duplicate)).toContain("'properties.prices[0].unitPrices.USD'")
  await ask('PUT', `${priceLists}/no%2Fname`, '400 InvalidResourceName', prices())
  await ask('GET', `${priceLists}/nothing`, '404 NotFound')
  const { body } = await ask('GET', `${priceLists}/fixed`, '200')
  expect(body).toMatchObject({
    properties: { version: 1, prices: [vcpuHours(ahead, { EUR: '1' })] },
  })
})

testTraffic(watched)
