import { expect, test } from 'vitest'
import { openControlPlane } from '../resources/control-plane-fixture.ts'
import {
  accounts,
  errorOf,
  group,
  putAccount,
  putGroup,
  storage,
} from '../resources/requests-fixture.ts'
import { subscriptionA } from '../resources/world-fixture.ts'

const api = 'api-version=2021-04-01'
const suffix = `/providers/Microsoft.Resources/tags/default?${api}`

test('tags of a subscription, a group and a resource are put, patched, read, deleted', async () => {
  await using plane = await openControlPlane()
  await putGroup(plane)
  await putAccount(plane, 'tagged1')
  for (const scope of [`/subscriptions/${subscriptionA}`, group, `${accounts}/tagged1`]) {
    const path = scope + suffix
    const tagsOf = async () => (await plane.call('GET', path)).json().properties.tags
    expect(await tagsOf(), scope).toEqual({})
    const put = await plane.call('PUT', path, {
      body: { properties: { tags: { a: '1', b: '2' } } },
    })
    expect(put.json()).toEqual({
      id: `${scope}/providers/Microsoft.Resources/tags/default`,
      name: 'default',
      type: 'Microsoft.Resources/tags',
      properties: { tags: { a: '1', b: '2' } },
    })
    const patch = async (operation: string, tags: object) =>
      plane.call('PATCH', `/${path}`, { body: { operation, properties: { tags } } })
    expect((await patch('Merge', { A: '3' })).json().properties.tags).toEqual({ A: '3', b: '2' })
    expect((await patch('Delete', { b: '' })).json().properties.tags).toEqual({ A: '3' })
    expect((await patch('Replace', { c: '4' })).json().properties.tags).toEqual({ c: '4' })
    expect(errorOf(await patch('Spoil', {}))).toBe('400 InvalidRequestContent')
    expect(await tagsOf()).toEqual({ c: '4' })
    expect((await plane.call('DELETE', path)).statusCode).toBe(200)
    expect(await tagsOf()).toEqual({})
    const reader = { as: 'reader' as const, body: { properties: { tags: {} } } }
    expect(errorOf(await plane.call('PUT', path, reader))).toBe('403 AuthorizationFailed')
  }
})

test('tags are what the resource itself shows, and are refused while suspended', async () => {
  await using plane = await openControlPlane()
  await putGroup(plane)
  await putAccount(plane, 'tagged1')
  const path = `${accounts}/tagged1${suffix}`
  const body = { properties: { tags: { a: '1' } } }
  await plane.call('PUT', path, { body })
  expect((await plane.call('GET', `${accounts}/tagged1?${storage}`)).json().tags).toEqual({
    a: '1',
  })
  const missing = await plane.call('PUT', `${accounts}/none1${suffix}`, { body })
  expect(errorOf(missing)).toBe('404 ResourceNotFound')
  await plane.suspend()
  for (const method of ['PUT', 'DELETE']) {
    const refused = await plane.call(method, path, method === 'PUT' ? { body } : {})
    expect(errorOf(refused)).toBe('409 ReadOnlyDisabledSubscription')
  }
  expect((await plane.call('GET', path)).statusCode).toBe(200)
})
