import type { LightMyRequestResponse } from 'fastify'
import { expect, test } from 'vitest'
import { testInstant } from '../database/testing/test-database.ts'
import { openControlPlane } from '../resources/control-plane-fixture.ts'
import { errorOf } from '../resources/requests-fixture.ts'
import {
  insertSubscription,
  people,
  subscriptionA,
  subscriptionB,
  tenantA,
} from '../resources/world-fixture.ts'

const api = 'api-version=2022-12-01'

test('everybody sees the subscriptions on which he holds something, and no other', async () => {
  await using plane = await openControlPlane()
  const listed = async (as: 'owner' | 'contributor' | 'member' | 'nobody' | 'stranger') => {
    return idsIn(await plane.call('GET', `/subscriptions?${api}`, { as }))
  }
  expect(await listed('owner')).toEqual([subscriptionA])
  expect(await listed('contributor')).toEqual([subscriptionA])
  expect(await listed('member')).toEqual([subscriptionA])
  expect(await listed('nobody')).toEqual([])
  expect(await listed('stranger')).toEqual([subscriptionB])
})

test('a subscription is shown with its offer and the state that follows from its facts', async () => {
  await using plane = await openControlPlane()
  const get = async () => (await plane.call('GET', `/subscriptions/${subscriptionA}?${api}`)).json()
  expect(await get()).toEqual({
    id: `/subscriptions/${subscriptionA}`,
    subscriptionId: subscriptionA,
    tenantId: tenantA,
    displayName: 'S',
    state: 'Enabled',
    subscriptionPolicies: {
      locationPlacementId: 'Public_2014-09-01',
      quotaId: 'PayAsYouGo_2014-09-01',
      spendingLimit: 'Off',
    },
    authorizationSource: 'RoleBased',
    managedByTenants: [],
    tags: {},
  })
  await plane.suspend()
  expect((await get()).state).toBe('Warned')
  await plane.runWork()
  expect((await get()).state).toBe('Disabled')
  const { value, nextLink } = (await plane.call('GET', `/subscriptions?${api}`)).json()
  expect([value[0].state, nextLink]).toEqual(['Disabled', ''])
  await plane.reactivate()
  expect((await get()).state).toBe('Enabled')
})

test('an account administrator sees his subscription without any role', async () => {
  await using plane = await openControlPlane()
  await plane.database.db
    .deleteFrom('role_assignments')
    .where('principal_id', '=', people.owner)
    .execute()
  const { value } = (await plane.call('GET', `/subscriptions?${api}`)).json()
  expect(value).toHaveLength(1)
  expect((await plane.call('GET', `/subscriptions/${subscriptionA}?${api}`)).statusCode).toBe(200)
})

test('subscriptions come in pages that an SDK can follow', async () => {
  await using plane = await openControlPlane()
  const another = '55555555-0000-4000-8000-000000000000'
  const of = { tenant: tenantA, subscription: another, by: people.owner }
  await insertSubscription(plane.database.db, of, testInstant)
  const page = await plane.call('GET', `/subscriptions?${api}&$top=1`)
  const next = await plane.call('GET', page.json<{ nextLink: string }>().nextLink)
  expect([idsIn(page), idsIn(next)]).toEqual([[subscriptionA], [another]])
  expect(next.json<{ nextLink: string }>().nextLink).toBe('')
})

function idsIn(response: LightMyRequestResponse): string[] {
  const { value } = response.json<{ value: { subscriptionId: string }[] }>()
  return value.map(({ subscriptionId }) => subscriptionId)
}

test('one tenant is listed, the places of a subscription, and reserved names are told', async () => {
  await using plane = await openControlPlane()
  const tenants = (await plane.call('GET', `/tenants?${api}`, { as: 'nobody' })).json()
  expect(tenants.value).toMatchObject([{ tenantId: tenantA, id: `/tenants/${tenantA}` }])
  const path = `/subscriptions/${subscriptionA}/locations?${api}`
  expect((await plane.call('GET', path)).json().value).toMatchObject([
    { name: 'local', displayName: 'Local', type: 'Region' },
  ])
  const check = async (name: string) =>
    (
      await plane.call('POST', `/providers/Microsoft.Resources/checkResourceName?${api}`, {
        body: { name, type: 'Microsoft.Storage/storageAccounts' },
      })
    ).json().status
  expect(await check('mine')).toBe('Allowed')
  expect(await check('Azure')).toBe('Reserved')
  expect(await check('login-page')).toBe('Reserved')
  expect(await check('my-windows')).toBe('Reserved')
})

test('a malformed id, another tenant`s and an unknown version are told apart', async () => {
  await using plane = await openControlPlane()
  expect(errorOf(await plane.call('GET', `/subscriptions/nonsense?${api}`))).toBe(
    '400 InvalidSubscriptionId',
  )
  expect(errorOf(await plane.call('GET', `/subscriptions/${subscriptionB}?${api}`))).toBe(
    '404 SubscriptionNotFound',
  )
  const version = await plane.call('GET', `/subscriptions/${subscriptionA}?api-version=1999-01-01`)
  expect(errorOf(version)).toBe('400 NoRegisteredProviderFound')
})
