import { expect } from 'vitest'
import type { Answer } from '../../api/client-answer.ts'
import { roleIds } from './actors.ts'
import { shapeOf, shortOf } from './answers.ts'
import { assignment, assignmentPath } from './api.ts'
import { settled, uuid } from './calls.ts'
import { bodyFor, fillPath } from './cells.ts'
import type { Method, Probe } from './row.ts'
import { table } from './table.ts'
import { houseAccount, pastClock, storageBody, storagePath } from './place.ts'
import type { World } from './world.ts'

/** The same request about what is tenant A's, and about what never was. */
type Twin = {
  readonly method: Method
  readonly real: { readonly path: string; readonly body: object | undefined }
  readonly never: { readonly path: string; readonly body: object | undefined }
}

/** Names and ids of tenant A that requests carry, each with one of the same form that never was. */
function lookalikes(world: World): readonly (readonly [string, string])[] {
  const { places, operations } = world
  const never = places.Unknown
  return [
    ...(['Enabled', 'Warned', 'Disabled', 'Deleted'] as const).flatMap((state) => [
      [places[state].subscriptionId, never.subscriptionId] as const,
      [places[state].storage, 'tnever'] as const,
      [places[state].displayName, 'Never'] as const,
    ]),
    [operations.inSubscription, uuid()],
    [operations.inTenant, uuid()],
    [`billingAccounts/${houseAccount}`, 'billingAccounts/hause'],
    [`testClocks/${pastClock}`, 'testClocks/pest'],
    ['aliases/enabled', 'aliases/enablad'],
    ['aliases/second', 'aliases/secund'],
    ['actor-nobody', 'actor-nobodi'],
    ['resourceGroups/mine', 'resourceGroups/yours'],
  ]
}

function twinsOf(world: World, pairs: ReturnType<typeof lookalikes>): readonly Twin[] {
  const neverOf = (text: string): string =>
    pairs.reduce((result, [real, never]) => result.replaceAll(real, never), text)
  const twin = (method: Method, probe: Probe, place: World['places']['Enabled']): Twin => {
    const path = fillPath(world, probe, place)
    const body = bodyFor(probe, place)
    const never = body === undefined ? undefined : JSON.parse(neverOf(JSON.stringify(body)))
    return { method, real: { path, body }, never: { path: neverOf(path), body: never } }
  }
  const { Enabled, Warned, Disabled, Deleted } = world.places
  return table.flatMap(({ method, inSubscription = [], inTenant = [] }) => [
    ...inSubscription.flatMap((probe) =>
      [Enabled, Warned, Disabled, Deleted].map((place) => twin(method, probe, place)),
    ),
    ...inTenant.map((probe) => twin(method, probe, Enabled)),
  ])
}

/** What went over the wire in a request, so that an answer may repeat it. */
function sentIn({ path, body }: Twin['real'], pairs: ReturnType<typeof lookalikes>) {
  const text = `${path} ${JSON.stringify(body ?? '')}`
  const parts = pairs.flat().map((part) => part.split('/').at(-1) ?? part)
  return [...new Set(parts)].filter((part) => text.includes(part)).toSorted(longestFirst)
}

function longestFirst(a: string, b: string): number {
  return b.length - a.length
}

export async function cannotTellApart(world: World): Promise<void> {
  const as = world.tokenOf('stranger')
  const pairs = lookalikes(world)
  const secrets = world.secrets()
  const wrong = await settled(twinsOf(world, pairs), async ({ method, real, never }) => {
    const told = await world.call(method, real.path, as, real.body)
    const nothing = await world.call(method, never.path, as, never.body)
    const sent = sentIn(real, pairs)
    const alike = shapeOf(told, sent) === shapeOf(nothing, sentIn(never, pairs))
    const leak = leakIn(told, secrets, sent)
    if (leak !== undefined) return [`${method} ${real.path} tells '${leak}'`]
    if (alike) return []
    return [`${method} ${real.path}: ${shortOf(told)}, but ${shortOf(nothing)} ${never.path}`]
  })
  expect(wrong.flat()).toEqual([])
}

export async function cannotUseForeignThings(world: World): Promise<void> {
  const { nobody } = world.principals
  const { literal } = world.customRoleIds
  const { subscriptionId } = world.places.Enabled
  const ask = (path: string, body: object): Promise<Answer> =>
    world.call('PUT', path, world.tokenOf('stranger'), body)
  const assign = (roleId: string, principalId: string): Promise<Answer> =>
    ask(assignmentPath('/', uuid()), assignment(roleId, principalId))
  const define = (scope: string): Promise<Answer> =>
    ask(`/providers/Microsoft.Authorization/roleDefinitions/${uuid()}`, {
      properties: { roleName: uuid(), assignableScopes: [scope] },
    })
  const adopt = (id: string): Promise<Answer> =>
    ask('/providers/Microsoft.Subscription/aliases/adopted', {
      properties: { subscriptionId: id },
    })
  const account = (testClock: string): Promise<Answer> =>
    ask('/providers/Reprieve.Lifecycle/billingAccounts/other', { properties: { testClock } })
  const own = world.principals.stranger.objectId
  const twins: readonly (readonly [string, Promise<Answer>, Promise<Answer>, string, string])[] = [
    pair('400 PrincipalNotFound', (id) => assign(roleIds.reader, id), nobody.objectId, uuid()),
    pair('400 RoleDefinitionDoesNotExist', (id) => assign(id, own), literal, uuid()),
    pair('400 AssignableScopeNotFound', define, `/subscriptions/${subscriptionId}`, neverScope()),
    pair('404 SubscriptionNotFound', adopt, subscriptionId, uuid()),
    pair('400 TestClockNotFound', account, pastClock, 'pest'),
  ]
  for (const [expected, real, never, realId, neverId] of twins) {
    expect(shortOf(await real), realId).toBe(expected)
    expect(shapeOf(await real, [realId])).toBe(shapeOf(await never, [neverId]))
  }
}

export async function sameNamesNeverMeet(world: World): Promise<void> {
  const as = world.tokenOf('stranger')
  const own = world.principals.stranger
  const account = `/providers/Reprieve.Lifecycle/billingAccounts/${houseAccount}`
  const before = await world.must('GET', account)
  await world.must('PUT', account, { properties: { displayName: 'B', currency: 'EUR' } }, as)
  expect((await world.must('GET', account)).body).toEqual(before.body)

  const alias = '/providers/Microsoft.Subscription/aliases/enabled'
  const billingScope = `/providers/Microsoft.Billing/billingAccounts/${houseAccount}`
  const foreignOwner = await world.call('PUT', alias, as, {
    properties: {
      billingScope,
      additionalProperties: { subscriptionOwnerId: world.principals.nobody.objectId },
    },
  })
  expect(shortOf(foreignOwner)).toBe('400 PrincipalNotFound')
  const made = await world.must('PUT', alias, { properties: { billingScope } }, as)
  const { subscriptionId } = (made.body as { properties: { subscriptionId: string } }).properties
  expect(subscriptionId).not.toBe(world.places.Enabled.subscriptionId)

  const role = `/providers/Microsoft.Authorization/roleDefinitions/${world.customRoleIds.steward}`
  const stewards = await world.must('GET', role)
  await world.must(
    'PUT',
    role,
    { properties: { roleName: 'table-steward', assignableScopes: ['/'] } },
    as,
  )
  expect((await world.must('GET', role)).body).toEqual(stewards.body)
  await world.must('PUT', assignmentPath('/', uuid()), assignment(roleIds.reader, own.objectId), as)

  const group = `/subscriptions/${subscriptionId}/resourceGroups/mine`
  await world.must('PUT', group, { location: 'local' }, as)
  const { storage } = world.places.Enabled
  const place = { ...world.places.Enabled, subscriptionId }
  const taken = await world.call('PUT', storagePath(place), as, storageBody)
  expect(shortOf(taken)).toBe('409 StorageAccountAlreadyTaken')
  expect(leakIn(taken, world.secrets(), [storage])).toBeUndefined()

  // Whoever runs the installation administers his own tenant, and no other.
  const operator = world.tokenOf('tenantOwner')
  const unseen = await world.call('GET', group, operator)
  expect(shortOf(unseen)).toBe('404 SubscriptionNotFound')
  const listed = await world.must('GET', '/subscriptions')
  expect(JSON.stringify(listed.body)).not.toContain(subscriptionId)
}

function neverScope(): string {
  return `/subscriptions/${uuid()}`
}

function pair(
  expected: string,
  ask: (id: string) => Promise<Answer>,
  real: string,
  never: string,
): readonly [string, Promise<Answer>, Promise<Answer>, string, string] {
  const first = ask(real)
  // One after the other: the second must not wait for the first one's locks, nor find its work.
  return [expected, first, first.then(() => ask(never)), real, never]
}

/** A name or id of tenant A in an answer that its request did not carry. */
function leakIn(
  answer: Answer,
  secrets: readonly string[],
  sent: readonly string[],
): string | undefined {
  const text = JSON.stringify([answer.body, answer.headers])
  return secrets.find((secret) => !sent.includes(secret) && text.includes(secret))
}
