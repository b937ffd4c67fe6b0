import { beforeAll, describe, expect, test } from 'vitest'
import { askOf } from './ask.ts'
import { type Bought, advanceTo, buySupport } from './money-fixture.ts'
import { testTraffic, useWatchedServer } from './watched-server.ts'
import { type Person, World, messageOf } from './world-fixture.ts'

const watched = useWatchedServer()
const ask = askOf(watched)

const house = '/providers/Microsoft.Billing/billingAccounts/house'

type Item = { readonly properties: { readonly [name: string]: unknown } }

let bought: Bought
let usage = ''
let stranger: Person
let nobody: Person

beforeAll(async () => {
  const world = new World(watched.client)
  stranger = await world.tenant('Penniless')
  nobody = await world.person('nobody')
  bought = await buySupport(watched.client, 'house')
  usage = await world.subscription(bought.scope, { displayName: 'Usage' })
  await advanceTo(watched.client, 'house', '2026-05-20T00:00:00Z')
})

test('a billing subscription shows why it is suspended, until when it may be cancelled, and its term', async () => {
  const path = `${house}/billingSubscriptions/${bought.plan}`
  const { body } = await ask<Item>('GET', path, '200')
  expect(body.properties).toMatchObject({
    status: 'Warned',
    autoRenew: 'On',
    productCategory: 'AzureSupport',
    purchaseDate: '2026-03-01T00:00:00.000Z',
    termDuration: 'P6M',
    termStartDate: '2026-03-01T00:00:00.000Z',
    termEndDate: '2026-09-01T00:00:00.000Z',
    systemOverrides: {
      cancellation: 'Allowed',
      cancellationAllowedEndDate: '2026-09-01T00:00:00.000Z',
    },
    suspensionReasonDetails: [],
  })
  const id = await new World(watched.client).subscription(bought.scope)
  await ask('POST', `/subscriptions/${id}/providers/Microsoft.Subscription/cancel`, '200')
  const cancelled = await ask<Item>('GET', `${house}/billingSubscriptions/${id}`, '200')
  expect(cancelled.body.properties).toMatchObject({
    autoRenew: 'Off',
    productCategory: 'UsageBased',
    suspensionReasons: ['Cancelled'],
    suspensionReasonDetails: [{ reason: 'Cancelled', effectiveDate: '2026-05-20T00:00:00.000Z' }],
    systemOverrides: { cancellation: 'NotAllowed' },
  })
})

describe('a support plan is cancelled through its billing', () => {
  const cancelBody = { body: { cancellationReason: 'Other' } }

  test('by DELETE or cancel, as often as one likes; it serves to its last month', async () => {
    const path = `${house}/billingSubscriptions/${bought.other}`
    await ask('DELETE', path, '204')
    await ask('DELETE', path, '204')
    const accepted = await ask('POST', `${path}/cancel`, '202', cancelBody)
    const polled = await ask<Item>('GET', accepted.headers['location'] ?? '', '200')
    expect(polled.body.properties).toMatchObject({
      autoRenew: 'Off',
      termEndDate: '2026-09-01T00:00:00.000Z',
      systemOverrides: { cancellation: 'NotAllowed' },
    })
    const plan = `/subscriptions/${bought.other}`
    const lifecycle = `${plan}/providers/Reprieve.Lifecycle/lifecycles/default`
    const shown = await ask('GET', lifecycle, '200')
    expect(shown.body).toMatchObject({ properties: { term: { renews: false }, suspensions: [] } })
  })

  test('by nobody who may not cancel it, and nothing else is', async () => {
    const path = `${house}/billingSubscriptions/${bought.plan}`
    const world = new World(watched.client)
    const reader = await world.person('billing-reader', {
      id: 'fa23ad8b-c56e-40d8-ac0c-ce449e1d2c64',
      scope: house,
    })
    const refused = await ask('DELETE', path, '403 AuthorizationFailed', { as: reader })
    expect(messageOf(refused)).toContain('account administrator')
    const sent = { ...cancelBody, as: reader }
    await ask('POST', `${path}/cancel`, '403 AuthorizationFailed', sent)
    await ask('DELETE', path, '404 NotFound', { as: stranger })
    await ask('POST', `${path}/cancel`, '404 NotFound', { ...cancelBody, as: nobody })
    const wrong = { body: { cancellationReason: 'Bored' } }
    await ask('POST', `${path}/cancel`, '400 InvalidRequestContent', wrong)

    const other = `${house}/billingSubscriptions/${usage}`
    const none = await ask('DELETE', other, '409 BillingSubscriptionNotCancellable')
    expect(messageOf(none)).toContain(
      `POST /subscriptions/${usage}/providers/Microsoft.Subscription/cancel`,
    )
    await ask('POST', `${other}/cancel`, '409 BillingSubscriptionNotCancellable', cancelBody)
    const lifecycle = `/subscriptions/${usage}/providers/Reprieve.Lifecycle/lifecycles/default`
    expect((await ask('GET', lifecycle, '200')).body).toMatchObject({
      properties: { suspensions: [], cancelledAt: null },
    })
  })
})

testTraffic(watched)
