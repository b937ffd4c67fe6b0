import { beforeAll, expect, test } from 'vitest'
import { askOf } from './ask.ts'
import { advanceTo, buySupport } from './money-fixture.ts'
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
