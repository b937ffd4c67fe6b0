import { beforeAll, expect, test } from 'vitest'
import { askOf } from './ask.ts'
import { advanceTo, buySupport, meterStorage } from './money-fixture.ts'
import { testTraffic, useWatchedServer } from './watched-server.ts'
import { type Person, World, messageOf } from './world-fixture.ts'

const watched = useWatchedServer()
const ask = askOf(watched)
const costsOf = (id: string) => `/subscriptions/${id}/providers/Reprieve.Lifecycle/costs`

let stranger: Person
beforeAll(async () => {
  stranger = await new World(watched.client).tenant('Costless')
})

test('the fee of a support plan is a cost of the day on which its month begins', async () => {
  const { plan } = await buySupport(watched.client, 'costly')
  await advanceTo(watched.client, 'costly', '2026-04-03T00:00:00Z')
  const fee = { cost: '93', exact: '93/1', rounded: '93.00', charged: '93.00', difference: '0' }
  const byDay = await ask('GET', costsOf(plan), '200')
  expect(byDay.body).toMatchObject({
    properties: {
      currency: 'EUR',
      by: 'day',
      period: 'current',
      from: '2026-04-01T00:00:00.000Z',
      to: '2026-05-01T00:00:00.000Z',
      asOf: '2026-04-03T00:00:00.000Z',
      ...fee,
      takenOff: '0.00',
      projection: { ...fee, takenOff: '0.00' },
      credit: null,
    },
    value: [{ day: '2026-04-01', cost: '93', exact: '93/1', rounded: '93.00' }],
    nextLink: null,
  })
  const query = { period: 'last', by: 'Meter' }
  const byMeter = await ask('GET', costsOf(plan), '200', { query })
  expect(byMeter.body).toMatchObject({
    properties: {
      period: 'last',
      from: '2026-03-01T00:00:00.000Z',
      to: '2026-04-01T00:00:00.000Z',
      projection: null,
    },
    value: [{ meter: 'support-plan-months', ...fee }],
  })
  const byResource = await ask('GET', costsOf(plan), '200', { query: { by: 'resource' } })
  expect(byResource.body).toMatchObject({ value: [{ uid: null, resourceId: null, ...fee }] })
})

test('a trial shows what is left of its credit', async () => {
  const world = new World(watched.client)
  await world.clock('trying', '2026-03-01T00:00:00Z')
  const scope = await world.billingAccount('trying', { testClock: 'trying' })
  const trial = await world.subscription(scope, { offer: 'FreeTrial' })
  const { body } = await ask('GET', costsOf(trial), '200')
  expect(body).toMatchObject({
    properties: { cost: '0', credit: { left: '170.00', expiresAt: '2026-03-31T00:00:00.000Z' } },
    value: [],
  })
})

test('what a trial used is taken off its credit, by now, on the invoice and after it', async () => {
  const { server, client } = watched
  const { subscriptionId, stores, fill } = await meterStorage(server, client, 'used', {
    offer: 'FreeTrial',
  })
  await fill(0, 1_000_000)
  await advanceTo(client, 'used', '2090-03-05T00:00:00Z')
  // 1,000,000 bytes for 4 days at 100,000 euros for 2^30 bytes and 730 hours.
  const amount = (1_000_000 / 2 ** 30) * (96 / 730) * 100_000
  const used = amount.toFixed(2)
  const left = (170 - Number(used)).toFixed(2)
  const query = { by: 'resource' }
  type Costs = { properties: { cost: string }; value: { cost: string; exact: string }[] }
  const now = await ask<Costs>('GET', costsOf(subscriptionId), '200', { query })
  expect(now.body).toMatchObject({
    properties: { rounded: used, charged: used, takenOff: used, credit: { left } },
    value: [{ resourceId: stores[0], rounded: used, charged: used }],
  })
  expect(Number(now.body.properties.cost)).toBeCloseTo(amount, 9)
  expect(now.body.value[0]?.exact).toMatch(/^\d+\/\d+$/)
  const days = await ask<Costs>('GET', costsOf(subscriptionId), '200', { query: { $top: '3' } })
  expect(days.body.value).toHaveLength(3)
  const cancel = `/subscriptions/${subscriptionId}/providers/Microsoft.Subscription/cancel`
  await ask('POST', cancel, '200', { query: { IgnoreResourceCheck: 'true' } })
  await advanceTo(client, 'used', '2090-04-02T00:00:00Z')
  const last = await ask('GET', costsOf(subscriptionId), '200', { query: { period: 'last' } })
  expect(last.body).toMatchObject({ properties: { charged: used, credit: { left } } })
  const invoices = '/providers/Microsoft.Billing/billingAccounts/used/invoices'
  const { body } = await ask('GET', invoices, '200', {
    query: { periodStartDate: '2090-04-01', periodEndDate: '2090-04-01' },
  })
  const eur = (value: number) => ({ currency: 'EUR', value })
  const free = { freeAzureCreditApplied: eur(Number(used)), totalAmount: eur(0), status: 'Paid' }
  expect(body).toMatchObject({ value: [{ properties: free }] })
})

test('a period or a grouping that there is not is refused with those that there are', async () => {
  const { plan } = await buySupport(watched.client, 'refused')
  const period = await ask('GET', costsOf(plan), '400 InvalidParameter', {
    query: { period: 'next' },
  })
  expect(messageOf(period)).toContain('current, last')
  const by = await ask('GET', costsOf(plan), '400 InvalidParameter', { query: { by: 'hour' } })
  expect(messageOf(by)).toContain('day, resource, meter')
  await ask('GET', costsOf(plan), '400 InvalidParameter', { query: { $top: '0' } })
  await ask('GET', costsOf(plan), '404 SubscriptionNotFound', { as: stranger })
})

testTraffic(watched)
