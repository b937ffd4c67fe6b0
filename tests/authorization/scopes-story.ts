import { expect } from 'vitest'
import { members, memberships, roleIds } from './actors.ts'
import { shortOf } from './answers.ts'
import { uuid } from './calls.ts'
import { type Place, group, siblingGroup, storageBody, storagePath } from './place.ts'
import type { World } from './world.ts'

function groupPath({ subscriptionId }: Place, name: string): string {
  return `/subscriptions/${subscriptionId}/resourceGroups/${name}`
}

/** The scopes of all assignments of the tenant. */
async function assignedAt(world: World): Promise<readonly string[]> {
  const list = '/providers/Microsoft.Authorization/roleAssignments'
  const scopes: string[] = []
  for (let next: string | undefined = list; next !== undefined; ) {
    const { body } = await world.must('GET', next)
    const page = body as { value: { properties: { scope: string } }[]; nextLink?: string }
    scopes.push(...page.value.map(({ properties }) => properties.scope.toLowerCase()))
    next = page.nextLink
  }
  return scopes
}

export async function groupRoleReachesItsGroup(world: World): Promise<void> {
  const place = world.places.Enabled
  const as = world.tokenOf('groupOwner')
  const ask = async (method: string, path: string, body?: object): Promise<string> =>
    shortOf(await world.call(method, path, as, body))
  const own = groupPath(place, group)
  expect(await ask('GET', own)).toBe('200')
  expect(await ask('GET', own.toUpperCase())).toBe('200')
  expect(await ask('GET', storagePath(place).toUpperCase())).toBe('200')
  // The name of the one begins with the name of the other.
  const sibling = groupPath(place, siblingGroup)
  const refused = '403 AuthorizationFailed'
  for (const at of [sibling, sibling.toUpperCase(), groupPath(place, 'min')]) {
    expect(await ask('GET', at), at).toBe(refused)
    expect(await ask('GET', `${at}/resources`), at).toBe(refused)
    expect(await ask('PUT', at, { location: 'local' }), at).toBe(refused)
    expect(await ask('DELETE', at), at).toBe(refused)
    expect(await ask('GET', `${at}/providers/Microsoft.Resources/tags/default`), at).toBe(refused)
    expect(await ask('GET', `${at}/providers/Microsoft.Authorization/roleAssignments`), at).toBe(
      refused,
    )
  }
  expect(await ask('GET', groupPath(world.places.Unknown, group))).toBe('404 SubscriptionNotFound')
}

export async function resourceRoleReachesOne(world: World): Promise<void> {
  const place = world.places.Enabled
  const { token, objectId } = await world.makePrincipal('keeper-of-one')
  await world.assign(storagePath(place), roleIds.owner, objectId)
  const ask = async (path: string): Promise<string> =>
    shortOf(await world.call('GET', path, { token }))
  expect(await ask(storagePath(place))).toBe('200')
  expect(await ask(storagePath(place).toUpperCase())).toBe('200')
  expect(await ask(storagePath(place, `${place.storage}2`))).toBe('403 AuthorizationFailed')
  expect(await ask(storagePath(place, place.storage.slice(0, -1)))).toBe('403 AuthorizationFailed')
  expect(await ask(groupPath(place, group))).toBe('403 AuthorizationFailed')
}

export async function rightGoesWithItsThing(world: World): Promise<void> {
  const place = world.places.Enabled
  const { token, objectId } = await world.makePrincipal('keeper-for-a-while')
  const ask = async (path: string): Promise<string> =>
    shortOf(await world.call('GET', path, { token }))
  // In a pattern `_` stands for any character: this name, for the group `mine` too.
  const passing = groupPath(place, 'm_ne')
  await world.must('PUT', passing, { location: 'local' })
  await world.assign(passing, roleIds.owner, objectId)
  expect(await ask(passing)).toBe('200')
  await world.must('DELETE', passing)
  await world.must('PUT', passing, { location: 'local' })
  expect(await ask(passing)).toBe('404 SubscriptionNotFound')
  const own = world.tokenOf('groupOwner')
  expect(shortOf(await world.call('GET', groupPath(place, group), own))).toBe('200')

  const account = storagePath(place, `w${uuid().slice(0, 8)}`)
  await world.must('PUT', account, storageBody)
  await world.assign(account, roleIds.reader, objectId)
  expect(await ask(account)).toBe('200')
  await world.must('DELETE', account)
  await world.must('PUT', account, storageBody)
  expect(await ask(account)).toBe('404 SubscriptionNotFound')

  const scope = `/subscriptions/${place.subscriptionId}`
  const id = await world.assign(scope, roleIds.reader, objectId)
  expect(await ask(scope)).toBe('200')
  const path = `${scope}/providers/Microsoft.Authorization/roleAssignments/${id}`
  await world.must('DELETE', path)
  expect(await ask(scope)).toBe('404 SubscriptionNotFound')
}

export async function noAssignmentOutlivesAPurge(world: World): Promise<void> {
  const scopes = await assignedAt(world)
  const of = ({ subscriptionId }: Place): readonly string[] =>
    scopes.filter((scope) => scope.startsWith(`/subscriptions/${subscriptionId}`))
  expect(of(world.places.Deleted)).toEqual([])
  const held = members.filter((name) => /^(subscription|group)$/.test(memberships[name].at))
  expect(of(world.places.Disabled)).toHaveLength(held.length)
}

export async function listsShowWhatIsSeen(world: World): Promise<void> {
  const { Enabled, Warned, Disabled, Deleted } = world.places
  const seenBy = async (actor: Parameters<World['tokenOf']>[0], path: string) => {
    const as = world.tokenOf(actor)
    const { body } = await world.must('GET', path, undefined, as)
    const text = JSON.stringify(body)
    return [Enabled, Warned, Disabled, Deleted]
      .filter(({ subscriptionId }) => text.includes(subscriptionId))
      .map(({ displayName }) => displayName)
  }
  const there = [Enabled, Warned, Disabled].map(({ displayName }) => displayName)
  for (const path of ['/subscriptions', '/providers/Microsoft.Subscription/aliases']) {
    for (const actor of ['tenantReader', 'accountAdministrator', 'reader', 'groupOwner'] as const) {
      expect(await seenBy(actor, path), `${actor} ${path}`).toEqual(there)
    }
    for (const actor of ['nobody', 'billingOwner', 'billingReader', 'stranger'] as const) {
      expect(await seenBy(actor, path), `${actor} ${path}`).toEqual([])
    }
  }
  const accounts = '/providers/Reprieve.Lifecycle/billingAccounts'
  const named = async (actor: Parameters<World['tokenOf']>[0]): Promise<boolean> => {
    const { body } = await world.must('GET', accounts, undefined, world.tokenOf(actor))
    return JSON.stringify(body).includes('/billingAccounts/house"')
  }
  expect([await named('billingReader'), await named('tenantReader')]).toEqual([true, true])
  expect([await named('owner'), await named('nobody')]).toEqual([false, false])
}

export async function drainingSaysWhy(world: World): Promise<void> {
  const { subscriptionId, storage } = world.places.Warned
  const path = `/subscriptions/${subscriptionId}/providers/Reprieve.Lifecycle/lifecycles/default`
  const { body } = await world.must('GET', path, undefined, world.tokenOf('reader'))
  const { pending } = (body as { properties: { effects: { pending: object[] } } }).properties
    .effects
  expect(pending).toHaveLength(1)
  expect(pending[0]).toMatchObject({
    resourceId: expect.stringContaining(storage),
    lastError: 'Its folder is not on the disk of this host any more.',
  })
  expect(JSON.stringify(body)).not.toContain(world.server.dataFolder)
}
