import { randomUUID } from 'node:crypto'
import { beforeAll, describe, expect, test } from 'vitest'
import { askOf } from './ask.ts'
import { testTraffic, useWatchedServer } from './watched-server.ts'
import { type Person, World, messageOf, roles, storagePath } from './world-fixture.ts'

const watched = useWatchedServer()
const ask = askOf(watched)
const aliases = '/providers/Microsoft.Subscription/aliases'
const lifecycle = '/providers/Reprieve.Lifecycle'
const force = { query: { IgnoreResourceCheck: 'true' } }

let world: World
let billingScope = ''
let reader: Person

beforeAll(async () => {
  world = new World(watched.client)
  await world.clock('subscriptions', '2026-03-01T00:00:00Z')
  billingScope = await world.billingAccount('subscriptions', { testClock: 'subscriptions' })
  reader = await world.person('reader')
})

const act = (id: string, name: string): string =>
  `/subscriptions/${id}/providers/Microsoft.Subscription/${name}`
const own = (id: string, name: string): string => `/subscriptions/${id}${lifecycle}/${name}`

describe('an alias', () => {
  const body = (properties: object): { body: object } => ({
    body: { properties: { displayName: 'Aliased', billingScope, ...properties } },
  })

  test('is made once, shown, listed and taken away, and the subscription stays', async () => {
    const made = await ask<{ properties: { subscriptionId: string } }>(
      'PUT',
      `${aliases}/first`,
      '201',
      body({ workload: 'DevTest' }),
    )
    const { subscriptionId } = made.body.properties
    await ask('PUT', `${aliases}/first`, '200', body({ workload: 'DevTest' }))
    await ask('GET', `${aliases}/FIRST`, '200')
    const listed = await ask<{ value: { name: string }[] }>('GET', aliases, '200')
    expect(listed.body.value.map(({ name }) => name)).toContain('first')
    const other = body({ subscriptionId: randomUUID() })
    await ask('PUT', `${aliases}/first`, '409 SubscriptionAliasConflict', other)

    const second = body({ subscriptionId })
    await ask('PUT', `${aliases}/second`, '201', second)
    await ask('DELETE', `${aliases}/first`, '200')
    await ask('DELETE', `${aliases}/first`, '204')
    await ask('GET', `${aliases}/first`, '404 NotFound')
    await ask('GET', `/subscriptions/${subscriptionId}`, '200')
    await ask('GET', `${aliases}/second`, '200')
  })

  test('is not made of what is not there or not allowed', async () => {
    const put = (name: string, expected: string, properties: object) =>
      ask('PUT', `${aliases}/${name}`, expected, body(properties))
    const scope = '/providers/Microsoft.Billing/billingAccounts'
    await put('bad name!', '400 InvalidResourceName', {})
    await put('x', '404 BillingScopeNotFound', { billingScope: `${scope}/nobody` })
    await put('x', '404 BillingScopeNotFound', { billingScope: 'nonsense' })
    await put('x', '400 InvalidRequestContent', { workload: 'Play' })
    await put('x', '400 InvalidRequestContent', { displayName: '' })
    await put('x', '400 InvalidSubscriptionId', { subscriptionId: 'nonsense' })
    await put('x', '404 SubscriptionNotFound', { subscriptionId: randomUUID() })
    const chosen = (offer: string) => ({
      additionalProperties: { tags: { 'reprieve:offer': offer } },
    })
    await put('x', '400 OfferNotFound', chosen('Free'))
    await put('x', '409 OfferNotAvailable', chosen('EnterpriseAgreement'))
    await put('trial', '201', chosen('FreeTrial'))
    await put('trial-2', '409 OfferNotAvailable', chosen('FreeTrial'))
    const owner = { additionalProperties: { subscriptionOwnerId: randomUUID() } }
    await put('x', '400 PrincipalNotFound', owner)
    await ask('GET', `${aliases}/x`, '404 NotFound')
    await ask('PUT', `${aliases}/x`, '404 BillingScopeNotFound', { ...body({}), as: reader })
    const listed = await ask<{ value: { name: string }[] }>('GET', aliases, '200')
    expect(listed.body.value.map(({ name }) => name)).not.toContain('x')
  })
})

describe('a trial', () => {
  test('is upgraded by who may, once for good, and not while it is cancelled', async () => {
    await world.clock('trials', '2026-03-01T00:00:00Z')
    const scope = await world.billingAccount('trials', { testClock: 'trials' })
    const trial = await world.subscription(scope, { offer: 'FreeTrial' })
    await world.assign(`/subscriptions/${trial}`, roles.contributor, reader.objectId)
    await ask('POST', own(trial, 'upgrade'), '403 AuthorizationFailed', { as: reader })
    const other = { body: { offer: 'EnterpriseAgreement' } }
    await ask('POST', own(trial, 'upgrade'), '400 InvalidRequestContent', other)
    await ask('POST', act(trial, 'cancel'), '200')
    const refused = await ask('POST', own(trial, 'upgrade'), '409 SubscriptionCancelled')
    expect(messageOf(refused)).toContain('support engineer')

    const plan = await world.subscription(scope, { offer: 'SupportStandard' })
    await ask('POST', own(plan, 'upgrade'), '409 OfferNotUpgradable')
    const group = `/subscriptions/${plan}/resourceGroups/none`
    await ask('PUT', group, '409 OfferHoldsNoResources', { body: { location: 'local' } })
    const paid = await world.subscription(scope)
    await ask('POST', own(paid, 'upgrade'), '200', { body: { offer: 'PayAsYouGo' } })
  })

  test('has its credit, its end and its upgrade', async () => {
    await world.clock('upgrades', '2026-03-01T00:00:00Z')
    const scope = await world.billingAccount('upgrades', { testClock: 'upgrades' })
    const trial = await world.subscription(scope, { offer: 'FreeTrial' })
    await watched.client.advance('upgrades', { to: '2026-04-15T00:00:00Z' })
    const expired = await ask<Life>('GET', own(trial, 'lifecycles/default'), '200')
    expect(expired.body.properties).toMatchObject({
      state: 'Disabled',
      suspensions: [{ reason: 'Expired', effectiveAt: '2026-03-31T00:00:00.000Z' }],
    })
    await ask('POST', own(trial, 'upgrade'), '200')
    const back = await ask<Life>('GET', own(trial, 'lifecycles/default'), '200')
    expect(back.body.properties).toMatchObject({ state: 'Enabled', offer: 'PayAsYouGo' })
  })
})

type Life = { readonly properties: object }

describe('a subscription', () => {
  test('is cancelled by who may, as often as he asks, and comes back', async () => {
    const id = await world.subscription(billingScope)
    await world.assign(`/subscriptions/${id}`, roles.contributor, reader.objectId)
    const refused = await ask('POST', act(id, 'cancel'), '403 AuthorizationFailed', { as: reader })
    expect(messageOf(refused)).toContain(watched.server.credential.objectId)
    await ask('POST', act(id, 'cancel'), '200')
    const first = await ask('GET', own(id, 'lifecycles/default'), '200')
    await ask('POST', act(id, 'cancel'), '200')
    await ask('POST', act(id, 'cancel'), '200', force)
    const again = await ask('GET', own(id, 'lifecycles/default'), '200')
    expect(dates(again.body)).toEqual(dates(first.body))

    const rename = { body: { subscriptionName: 'Renamed' } }
    await ask('POST', act(id, 'rename'), '409 ReadOnlyDisabledSubscription', rename)
    await ask('POST', act(id, 'enable'), '403 AuthorizationFailed', { as: reader })
    await ask('POST', act(id, 'enable'), '200')
    await ask('POST', act(id, 'enable'), '200')
    await ask('POST', act(id, 'rename'), '200', rename)
    await ask('POST', act(id, 'rename'), '400 InvalidRequestContent', { body: { name: 'x' } })
    const { body } = await ask('GET', `/subscriptions/${id}`, '200')
    expect(body).toMatchObject({ state: 'Enabled', displayName: 'Renamed' })
  })

  test('is not cancelled with what a person made in it, unless he says so', async () => {
    const id = await world.subscription(billingScope)
    await world.group(id, 'blocking')
    await world.storage(id, 'blocking', 'blockingstore')
    const refused = await ask('POST', act(id, 'cancel'), '400 ResourcesExistingOnSubscription')
    expect(messageOf(refused)).toContain(storagePath(id, 'blocking', 'blockingstore'))
    const no = { query: { IgnoreResourceCheck: 'false' } }
    await ask('POST', act(id, 'cancel'), '400 ResourcesExistingOnSubscription', no)
    await ask('POST', act(id, 'cancel'), '200', { query: { ignoreresourcecheck: 'TRUE' } })
  })

  test('is cancelled exactly as a plan says, or not at all', async () => {
    const id = await world.subscription(billingScope)
    await world.group(id, 'planned')
    const made = await ask<{ name: string }>('POST', own(id, 'cancelPlans'), '201')
    const plan = made.body.name
    await ask('GET', own(id, `cancelPlans/${plan}`), '200')
    await ask('GET', own(id, 'cancelPlans/nothing'), '404 CancelPlanNotFound')
    const by = (cancelPlan: string) => ({ query: { cancelPlan } })
    await ask('POST', act(id, 'cancel'), '404 CancelPlanNotFound', by('nothing'))
    await world.storage(id, 'planned', 'plannedstore')
    await ask('POST', act(id, 'cancel'), '412 CancelPlanChanged', by(plan))
    const { body } = await ask('GET', `/subscriptions/${id}`, '200')
    expect(body).toMatchObject({ state: 'Enabled' })
    const fresh = await ask<{ name: string }>('POST', own(id, 'cancelPlans'), '201')
    await ask('POST', act(id, 'cancel'), '200', by(fresh.body.name))
  })

  test('is deleted early by its name, some days after the cancel', async () => {
    const displayName = 'Typed to confirm'
    const id = await world.subscription(billingScope, { displayName })
    const typed = (subscriptionName: string) => ({ body: { subscriptionName } })
    await ask('POST', own(id, 'delete'), '409 SubscriptionNotCancelled', typed(displayName))
    await ask('POST', act(id, 'cancel'), '200')
    await ask('POST', own(id, 'delete'), '409 SubscriptionNotYetDeletable', typed(displayName))
    await watched.client.advance('subscriptions', { by: 'P4D' })
    await ask('POST', own(id, 'delete'), '400 SubscriptionNameMismatch', typed('typed to confirm'))
    const accepted = await ask('POST', own(id, 'delete'), '202', typed(displayName))
    await ask('GET', `/subscriptions/${id}`, '404 SubscriptionNotFound')
    expect((await watched.client.follow(accepted)).status).toBe(200)
    const { body } = await ask('GET', own(id, 'lifecycles/default'), '200')
    expect(body).toMatchObject({ properties: { state: 'Deleted' } })
    expect((body['properties'] as { purgedAt: string | null }).purgedAt).not.toBeNull()
    await ask('POST', act(id, 'enable'), '404 SubscriptionNotFound')
    await ask('POST', act(id, 'cancel'), '404 SubscriptionNotFound')
    await ask('GET', own(id, 'events'), '200')
    await ask('GET', own(id, 'events'), '404 SubscriptionNotFound', { as: reader })
  })

  test('does not come back once its retention has ended', async () => {
    const id = await world.subscription(billingScope)
    await ask('POST', act(id, 'cancel'), '200')
    const end = await watched.client.advance('subscriptions', { by: 'P91D' })
    expect(end.status).toBe(200)
    await ask('POST', act(id, 'enable'), '404 SubscriptionNotFound')
  })
})

function dates(body: Record<string, unknown>): object {
  const { suspendedSince, cancelledAt, deletableFrom, purgeAt } = body['properties'] as Record<
    string,
    string
  >
  return { suspendedSince, cancelledAt, deletableFrom, purgeAt }
}

testTraffic(watched)
