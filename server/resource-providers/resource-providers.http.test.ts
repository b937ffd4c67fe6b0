import { expect, test } from 'vitest'
import { storageApiVersions } from '../resources/storage-account.http.ts'
import { openControlPlane } from '../resources/control-plane-fixture.ts'
import { errorOf, namesIn, putAccount, putGroup } from '../resources/requests-fixture.ts'
import { subscriptionA } from '../resources/world-fixture.ts'

const api = 'api-version=2021-04-01'
const providers = `/subscriptions/${subscriptionA}/providers`

test('the api-versions that are published are those that are served', async () => {
  await using plane = await openControlPlane()
  const { value } = (await plane.call('GET', `${providers}?${api}`)).json()
  const published = new Map<string, string[]>()
  for (const { namespace, resourceTypes } of value) {
    for (const { resourceType, apiVersions } of resourceTypes) {
      published.set(`${namespace}/${resourceType}`, apiVersions)
    }
  }
  for (const { type, apiVersions } of plane.operations) {
    for (const version of apiVersions) expect(published.get(type), type).toContain(version)
  }
  expect(published.get('Microsoft.Storage/storageAccounts')?.[0]).toBe(storageApiVersions.at(-1))
  const one = (await plane.call('GET', `${providers}/microsoft.storage?${api}`)).json()
  expect(value).toContainEqual(one)
  expect(one).toMatchObject({ namespace: 'Microsoft.Storage', registrationState: 'Registered' })
  const tenant = (await plane.call('GET', `/providers/Microsoft.Storage?${api}`)).json()
  expect(tenant).not.toHaveProperty('registrationState')
  const unknown = await plane.call('GET', `${providers}/Contoso.Things?${api}`)
  expect(errorOf(unknown)).toBe('404 InvalidResourceNamespace')
})

test('a namespace given back refuses new resources until it is registered again', async () => {
  await using plane = await openControlPlane()
  await putGroup(plane)
  const change = (verb: string) =>
    plane.call('POST', `${providers}/Microsoft.Storage/${verb}?${api}`)
  expect((await change('unregister')).json().registrationState).toBe('NotRegistered')
  expect((await change('unregister')).statusCode).toBe(200)
  expect(errorOf(await putAccount(plane, 'refused1'))).toBe('409 MissingSubscriptionRegistration')
  expect((await change('register')).json().registrationState).toBe('Registered')
  expect((await putAccount(plane, 'made1')).statusCode).toBe(200)
  expect(errorOf(await change('unregister'))).toBe('409 AnotherOperationInProgress')
  const reader = { as: 'reader' as const }
  const refused = await plane.call('POST', `${providers}/Microsoft.Storage/register?${api}`, reader)
  expect(errorOf(refused)).toBe('403 AuthorizationFailed')
})

test('the actions of a namespace are those that its operations ask for', async () => {
  await using plane = await openControlPlane()
  const path = `/providers/Microsoft.Storage/operations?api-version=2024-01-01`
  const names = namesIn(await plane.call('GET', path))
  expect(names).toContain('Microsoft.Storage/storageAccounts/listkeys/action')
  expect(names).toContain('Microsoft.Storage/storageAccounts/delete')
  expect(new Set(names).size).toBe(names.length)
  for (const name of names) expect(name).toMatch(/^Microsoft\.Storage\//)
})
