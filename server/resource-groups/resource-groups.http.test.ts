import { expect, test } from 'vitest'
import { type ControlPlane, openControlPlane } from '../resources/control-plane-fixture.ts'
import {
  accountBody,
  accounts,
  errorOf,
  namesIn,
  group,
  groups,
  putAccount,
  putGroup,
  storage,
} from '../resources/requests-fixture.ts'
import { subscriptionA } from '../resources/world-fixture.ts'

const path = `${group}?${groups}`

test('a group is made, replaced, patched, seen, and asked for by HEAD', async () => {
  await using plane = await openControlPlane()
  expect((await plane.call('HEAD', path)).statusCode).toBe(404)
  expect(errorOf(await plane.call('GET', path))).toBe('404 ResourceGroupNotFound')
  const body = { location: 'Local', tags: { a: '1' }, managedBy: 'me' }
  const made = await plane.call('PUT', path, { body })
  expect(made.statusCode, made.body).toBe(201)
  expect(made.json()).toEqual({
    id: group,
    name: 'mine',
    type: 'Microsoft.Resources/resourceGroups',
    location: 'local',
    managedBy: 'me',
    tags: { a: '1' },
    properties: { provisioningState: 'Succeeded' },
  })
  // As `az group update` does: what was read, sent back whole.
  const again = await plane.call('PUT', path.toUpperCase(), { body: made.json() })
  expect([again.statusCode, again.json()]).toEqual([200, made.json()])
  const same = await plane.call('PUT', path, { body: { ...made.json<object>(), tags: { b: '2' } } })
  expect([same.statusCode, same.json().tags]).toEqual([200, { b: '2' }])
  const patched = await plane.call('PATCH', path, { body: { tags: { c: '3' } } })
  expect([patched.statusCode, patched.json().tags]).toEqual([200, { c: '3' }])
  expect(patched.json().managedBy).toBe('me')
  expect((await plane.call('HEAD', path)).statusCode).toBe(204)
  const moved = await plane.call('PUT', path, { body: { location: 'moon' } })
  expect(errorOf(moved)).toBe('400 LocationNotAvailableForResourceType')
  const nowhere = await plane.call('PUT', path, { body: {} })
  expect(errorOf(nowhere)).toBe('400 LocationRequired')
  const unchanged = (await plane.events()).length
  await plane.call('PATCH', path, { body: { tags: { c: '3' } } })
  expect(await plane.events()).toHaveLength(unchanged)
})

test('groups are listed in pages, and by tag whatever the case of its name', async () => {
  await using plane = await openControlPlane()
  const names = ['a', 'B', 'c(1)', 'd.e', 'ü']
  for (const name of names) {
    const at = path.replace('mine', encodeURIComponent(name))
    const tags = name < 'c' ? { Env: 'prod' } : {}
    expect((await plane.call('PUT', at, { body: { location: 'local', tags } })).statusCode).toBe(
      201,
    )
  }
  const all = `/subscriptions/${subscriptionA}/resourcegroups?${groups}`
  expect(await followPages(plane, `${all}&$top=2`)).toEqual([
    names.slice(0, 2),
    names.slice(2, 4),
    ['ü'],
  ])
  const tagged = await plane.call('GET', `${all}&$filter=tagName eq 'env' and tagValue eq 'prod'`)
  expect(namesIn(tagged)).toEqual(['a', 'B'])
  const wrong = await plane.call('GET', `${all}&$filter=name eq 'a'`)
  expect(errorOf(wrong)).toBe('400 InvalidFilterInQueryString')
  for (const query of ['$top=0', '$top=x', '$top=1001', '$skiptoken=!']) {
    expect(errorOf(await plane.call('GET', `${all}&${query}`)), query).toBe('400 InvalidParameter')
  }
})

async function followPages(plane: ControlPlane, first: string): Promise<string[][]> {
  const pages: string[][] = []
  for (let next: string | undefined = first; next !== undefined; ) {
    const page: { value: { name: string }[]; nextLink?: string } = (
      await plane.call('GET', next)
    ).json()
    pages.push(page.value.map(({ name }) => name))
    next = page.nextLink
  }
  return pages
}

test('deleting a group destroys all in it, lets nothing into it, and then it is gone', async () => {
  await using plane = await openControlPlane()
  await putGroup(plane)
  for (const name of ['one1', 'two2', 'three3']) await putAccount(plane, name)
  plane.provider.state.held = true
  const deleted = await plane.call('DELETE', path)
  expect([deleted.statusCode, deleted.headers['retry-after']]).toEqual([202, '1'])
  const location = String(deleted.headers['location'])
  const repeated = await plane.call('DELETE', path)
  expect([repeated.statusCode, repeated.headers['location']]).toEqual([202, location])
  await plane.runWork()
  expect((await plane.call('GET', location)).statusCode).toBe(202)
  const shown = (await plane.call('GET', path)).json()
  expect(shown.properties.provisioningState).toBe('Deleting')
  for (const refused of [
    await putAccount(plane, 'four4'),
    await plane.call('PUT', path, { body: { location: 'local' } }),
    await plane.call('PATCH', path, { body: { tags: {} } }),
  ]) {
    expect(errorOf(refused)).toBe('409 ResourceGroupBeingDeleted')
  }
  plane.provider.state.held = false
  await settle(plane)
  expect((await plane.call('GET', location)).statusCode).toBe(200)
  expect(errorOf(await plane.call('GET', path))).toBe('404 ResourceGroupNotFound')
  expect(errorOf(await plane.call('DELETE', path))).toBe('404 ResourceGroupNotFound')
  const gone = plane.provider.state.wanted.filter((wanted) => wanted.endsWith('absent'))
  expect(gone.toSorted()).toEqual(['one1 absent', 'three3 absent', 'two2 absent'])
  expect((await plane.events()).at(-1)?.type).toBe('ResourceGroupDeleted')
  // A group made anew under the name has nothing to do with the work of the old one.
  expect((await putGroup(plane)).statusCode).toBe(201)
  await settle(plane)
  expect((await plane.call('GET', path)).statusCode).toBe(200)
})

test('a group of more members than one batch is deleted whole', async () => {
  await using plane = await openControlPlane()
  await putGroup(plane)
  for (let index = 0; index < 105; index += 1) await putAccount(plane, `many${index}`)
  await plane.call('DELETE', path)
  await settle(plane)
  expect((await plane.call('HEAD', path)).statusCode).toBe(404)
  const left = await plane.database.db
    .selectFrom('resources')
    .select('uid')
    .where('destroyed_at', 'is', null)
    .execute()
  expect(left).toEqual([])
})

/** Real time passes until every backoff is over and nothing is left to do. */
async function settle(plane: ControlPlane): Promise<void> {
  for (let round = 0; round < 4; round += 1) {
    plane.wait(60_000)
    await plane.runWork()
  }
}

test('while suspended only who may cancel deletes a group, also if the cancel came in between', async () => {
  await using plane = await openControlPlane()
  await putGroup(plane)
  await putAccount(plane, 'kept1')
  plane.wait(1000)
  await plane.suspend()
  await plane.runWork()
  const refused = await plane.call('DELETE', path, { as: 'contributor' })
  expect(errorOf(refused)).toBe('403 AuthorizationFailed')
  await expect(plane.handleAsAdmittedBefore('DELETE', group, 'contributor')).rejects.toThrow(
    'lifecycleActForbidden',
  )
  const account = `${accounts}/kept1`
  await expect(plane.handleAsAdmittedBefore('DELETE', account, 'contributor')).rejects.toThrow(
    'lifecycleActForbidden',
  )
  await expect(plane.handleAsAdmittedBefore('PUT', account, 'owner', accountBody)).rejects.toThrow(
    'readOnlySubscription',
  )
  expect((await plane.call('GET', `${accounts}/kept1?${storage}`)).statusCode).toBe(200)
  expect((await plane.call('DELETE', path)).statusCode).toBe(202)
  await settle(plane)
  expect((await plane.call('HEAD', path)).statusCode).toBe(404)
})

test('who holds a role on one group works in it and sees no other', async () => {
  await using plane = await openControlPlane()
  await putGroup(plane)
  await putGroup(plane, 'other')
  const as = 'member' as const
  const inOther = accounts.replace('/mine/', '/other/')
  const own = await plane.call('PUT', `${accounts}/own1?${storage}`, { as, body: accountBody })
  expect(own.statusCode).toBe(200)
  const other = await plane.call('PUT', `${inOther}/own2?${storage}`, { as, body: accountBody })
  expect(errorOf(other)).toBe('403 AuthorizationFailed')
  const encoded = `${accounts.replace('/mine/', '/mine%2F..%2Fother/')}/own2?${storage}`
  expect((await plane.call('PUT', encoded, { as, body: accountBody })).statusCode).toBe(404)
  for (const stranger of ['nobody', 'stranger'] as const) {
    const answer = await plane.call('GET', path, { as: stranger })
    expect(errorOf(answer), stranger).toBe('404 SubscriptionNotFound')
  }
  expect(errorOf(await plane.call('DELETE', path, { as: 'reader' }))).toBe(
    '403 AuthorizationFailed',
  )
})

test('the address of a deletion answers its caller and who sees the subscription only', async () => {
  await using plane = await openControlPlane()
  await putGroup(plane)
  const as = 'contributor' as const
  const location = String((await plane.call('DELETE', path, { as })).headers['location'])
  await settle(plane)
  const ask = async (by: 'contributor' | 'reader' | 'nobody' | 'stranger') =>
    (await plane.call('GET', location, { as: by })).statusCode
  expect(await ask('contributor')).toBe(200)
  expect(await ask('reader')).toBe(200)
  expect(await ask('nobody')).toBe(404)
  expect(await ask('stranger')).toBe(404)
  // Also when the subscription itself is no more.
  await plane.database.db
    .updateTable('subscriptions')
    .set({ purge_started_at: 1 })
    .where('subscription_id', '=', subscriptionA)
    .execute()
  expect(await ask('contributor')).toBe(200)
  expect(await ask('reader')).toBe(404)
})
