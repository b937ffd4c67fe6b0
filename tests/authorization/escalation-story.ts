import { expect } from 'vitest'
import type { Answer } from '../../api/client-answer.ts'
import type { As } from '../../testing/client.ts'
import { acts, roleIds } from './actors.ts'
import { messageOf, shortOf } from './answers.ts'
import { assignment, assignmentPath } from './api.ts'
import { uuid } from './calls.ts'
import { type Place, houseAccount } from './place.ts'
import type { World } from './world.ts'

const billing = `/providers/Microsoft.Billing/billingAccounts/${houseAccount}`

function scopeOf({ subscriptionId }: Place): string {
  return `/subscriptions/${subscriptionId}`
}

function enable(world: World, place: Place, as: As): Promise<Answer> {
  return world.call('POST', `${scopeOf(place)}/providers/Microsoft.Subscription/enable`, as)
}

/** What one person tries; answers in short. */
function triesOf(world: World, as: As) {
  const put = async (path: string, body: object): Promise<string> =>
    shortOf(await world.call('PUT', path, as, body))
  return {
    give: (scope: string, roleId: string, principalId: string) =>
      put(assignmentPath(scope, uuid()), assignment(roleId, principalId)),
    define: (
      at: string,
      assignableScopes: readonly string[],
      actions: readonly string[],
      id = uuid(),
    ) =>
      put(`${at === '/' ? '' : at}/providers/Microsoft.Authorization/roleDefinitions/${id}`, {
        properties: { roleName: `made-${id}`, permissions: [{ actions }], assignableScopes },
      }),
    post: async (path: string): Promise<string> => shortOf(await world.call('POST', path, as)),
  }
}

export async function ownerStaysInHisSubscription(world: World): Promise<void> {
  const place = world.places.Enabled
  const scope = scopeOf(place)
  const own = world.principals.owner.objectId
  const tries = triesOf(world, world.tokenOf('owner'))
  const support = roleIds.supportEngineer
  expect(await tries.give(scope, support, own)).toBe('400 RoleNotAssignableHere')
  expect(await tries.give(`${scope}/resourceGroups/mine`, support, own)).toBe(
    '400 RoleNotAssignableHere',
  )
  expect(await tries.give('/', support, own)).toBe('403 AuthorizationFailed')
  expect(await tries.give('/', roleIds.owner, own)).toBe('403 AuthorizationFailed')
  expect(await tries.give(billing, roleIds.billingOwner, own)).toBe('403 AuthorizationFailed')
  expect(await tries.give(scopeOf(world.places.Unknown), roleIds.owner, own)).toBe(
    '404 SubscriptionNotFound',
  )
  expect(await tries.define('/', ['/'], ['*'])).toBe('403 AuthorizationFailed')
  expect(await tries.define(scope, ['/'], ['*'])).toBe('403 AuthorizationFailed')
  expect(await tries.define(scope, [scope, '/'], ['*'])).toBe('403 AuthorizationFailed')
  expect(await tries.define(scope, [billing], ['*'])).toBe('400 AssignableScopeNotFound')
  // A role of the tenant that he holds here is not his to change.
  const { steward, wildcard } = world.customRoleIds
  expect(await tries.define(scope, [scope], ['*'], wildcard)).toBe('403 AuthorizationFailed')
  expect(await tries.define(scope, [scope], ['*'], roleIds.owner)).toBe(
    '409 RoleDefinitionIsBuiltIn',
  )
  expect(await tries.give(scope, steward, own)).toBe('403 AuthorizationFailed')
  const principals = '/providers/Reprieve.Lifecycle/servicePrincipals'
  expect(await tries.post(`${principals}/administrator/addSecret`)).toBe('403 AuthorizationFailed')
}

export async function ownerDoesNotEnableATrial(world: World): Promise<void> {
  const place = await world.makePlace('FreeTrial', 'tried')
  const scope = scopeOf(place)
  const as = world.tokenOf('owner')
  const own = world.principals.owner.objectId
  const tries = triesOf(world, as)
  await world.cancel(place)
  await world.untilState(place, 'Disabled')

  const [literal, wildcard] = [uuid(), uuid()]
  expect(await tries.define(scope, [scope], acts, literal)).toBe('201')
  expect(await tries.give(scope, literal, own)).toBe('403 AuthorizationFailed')
  expect(await tries.define(scope, [scope], ['Microsoft.Subscription/*'], wildcard)).toBe('201')
  expect(await tries.give(scope, wildcard, own)).toBe('201')
  expect(shortOf(await enable(world, place, as))).toBe('403 AuthorizationFailed')
  // What he holds is not turned into what he may not give.
  expect(await tries.define(scope, [scope], acts, wildcard)).toBe('403 AuthorizationFailed')
  // Even given by somebody who may, it is no ticket: that is the tenant's to approve.
  await world.assign(scope, literal, own)
  const refused = await enable(world, place, as)
  expect(shortOf(refused)).toBe('403 AuthorizationFailed')
  expect(messageOf(refused)).toContain('a support engineer may reactivate it, on a ticket')
  expect(await world.lifecycleOf(place)).toMatchObject({ state: 'Disabled' })
  expect(shortOf(await enable(world, place, world.tokenOf('support')))).toBe('200')
}

export async function contributorGivesNothing(world: World): Promise<void> {
  const scope = scopeOf(world.places.Enabled)
  const principals = '/providers/Reprieve.Lifecycle/servicePrincipals'
  for (const actor of ['contributor', 'tenantContributor'] as const) {
    const own = world.principals[actor].objectId
    const tries = triesOf(world, world.tokenOf(actor))
    for (const at of [scope, `${scope}/resourceGroups/mine`, '/', billing]) {
      expect(await tries.give(at, roleIds.reader, own), at).toBe('403 AuthorizationFailed')
    }
    expect(await tries.define(scope, [scope], ['*'])).toBe('403 AuthorizationFailed')
    expect(await tries.post(`${principals}/administrator/addSecret`)).toBe(
      '403 AuthorizationFailed',
    )
    expect(await tries.post(`${principals}/actor-support/addSecret`)).toBe(
      '403 AuthorizationFailed',
    )
  }
}

export async function accessManagerDoesNotCancel(world: World): Promise<void> {
  const place = await world.makePlace('PayAsYouGo', 'managed')
  const scope = scopeOf(place)
  const as = world.tokenOf('access')
  const own = world.principals.access.objectId
  const tries = triesOf(world, as)
  expect(await tries.give(scope, roleIds.owner, own)).toBe('201')
  expect(await tries.give(scope, world.customRoleIds.literal, own)).toBe('403 AuthorizationFailed')
  const cancel = `${scope}/providers/Microsoft.Subscription/cancel`
  expect(await tries.post(cancel)).toBe('403 AuthorizationFailed')
  expect(await world.lifecycleOf(place)).toMatchObject({ state: 'Enabled' })
}

export async function lastAdministratorStays(world: World): Promise<void> {
  const as = world.tokenOf('stranger')
  const own = world.principals.stranger.objectId
  const list = '/providers/Microsoft.Authorization/roleAssignments'
  const { body } = await world.must('GET', `${list}?$filter=atScope()`, undefined, as)
  const { value } = body as {
    value: { id: string; properties: { roleDefinitionId: string; principalId: string } }[]
  }
  const mine = value.find(
    ({ properties }) =>
      properties.principalId === own && properties.roleDefinitionId.endsWith(roleIds.owner),
  )
  const last = '412 CannotDeleteLastRbacAdminAssignment'
  expect(shortOf(await world.call('DELETE', mine?.id ?? '', as))).toBe(last)
  const principal = '/providers/Reprieve.Lifecycle/servicePrincipals/administrator'
  expect(shortOf(await world.call('DELETE', principal, as))).toBe(last)
  const disabling = { properties: { disabled: true } }
  expect(shortOf(await world.call('PUT', principal, as, disabling))).toBe(last)
  const shown = await world.must('GET', principal, undefined, as)
  const { secrets } = (shown.body as { properties: { secrets: { secretId: string }[] } }).properties
  expect(secrets).toHaveLength(1)
  const secret = `${principal}/secrets/${secrets[0]?.secretId}`
  expect(shortOf(await world.call('DELETE', secret, as))).toBe(last)
  // A second one makes the first replaceable.
  const second = await secondOwner(world, as)
  expect(shortOf(await world.call('DELETE', mine?.id ?? '', as))).toBe('200')
  await world.must('PUT', mine?.id ?? '', assignment(roleIds.owner, own), second)
}

export async function aliasIsGivenByWriters(world: World): Promise<void> {
  const { subscriptionId } = world.places.Enabled
  const name = async (actor: Parameters<World['tokenOf']>[0], alias: string, id: string) =>
    world.call('PUT', `/providers/Microsoft.Subscription/aliases/${alias}`, world.tokenOf(actor), {
      properties: { subscriptionId: id },
    })
  for (const actor of ['reader', 'literal', 'groupOwner', 'takenBack', 'access'] as const) {
    expect(shortOf(await name(actor, `by-${actor}`, subscriptionId)), actor).toBe(
      '403 AuthorizationFailed',
    )
  }
  for (const actor of ['nobody', 'billingOwner'] as const) {
    expect(shortOf(await name(actor, `by-${actor}`, subscriptionId)), actor).toBe(
      '404 SubscriptionNotFound',
    )
  }
  for (const actor of ['accountAdministrator', 'contributor', 'wildcard'] as const) {
    expect(shortOf(await name(actor, `by-${actor}`, subscriptionId)), actor).toBe('201')
    expect(shortOf(await name(actor, `by-${actor}`, subscriptionId)), actor).toBe('200')
  }
  const known = await name('reader', 'by-contributor', world.places.Disabled.subscriptionId)
  expect(shortOf(known)).toBe('409 SubscriptionAliasConflict')
  expect(messageOf(known)).toContain(subscriptionId)
  const unknown = await name('nobody', 'by-contributor', world.places.Disabled.subscriptionId)
  expect(shortOf(unknown)).toBe('409 Conflict')
  expect(messageOf(unknown)).not.toContain(subscriptionId)
}

export async function makerForAnotherGetsNoRight(world: World): Promise<void> {
  const as = world.tokenOf('billingOwner')
  const alias = '/providers/Microsoft.Subscription/aliases/for-another'
  const properties = {
    billingScope: billing,
    additionalProperties: { subscriptionOwnerId: world.principals.nobody.objectId },
  }
  const made = await world.call('PUT', alias, as, { properties })
  const again = await world.call('PUT', alias, as, { properties })
  expect([shortOf(made), shortOf(again)]).toEqual(['201', '200'])
  expect(again.body).toEqual(made.body)
  const { subscriptionId } = (made.body as { properties: { subscriptionId: string } }).properties
  const shown = await world.call('GET', `/subscriptions/${subscriptionId}`, as)
  expect(shortOf(shown)).toBe('404 SubscriptionNotFound')
  const other = await world.call('PUT', alias, world.tokenOf('reader'), { properties })
  expect(shortOf(other)).toBe('409 Conflict')
  expect(JSON.stringify(other.body)).not.toContain(subscriptionId)
}

/** Another Owner of the stranger's tenant, signed in. */
async function secondOwner(world: World, as: As): Promise<As> {
  const path = '/providers/Reprieve.Lifecycle/servicePrincipals/second'
  await world.must('PUT', path, { properties: {} }, as)
  const { body } = await world.must('POST', `${path}/addSecret`, undefined, as)
  const credential = body as { clientId: string; clientSecret: string; objectId: string }
  const { token } = await world.signIn(null, { ...credential, tenantId: world.tenantB })
  await world.must(
    'PUT',
    assignmentPath('/', uuid()),
    assignment(roleIds.owner, credential.objectId),
    as,
  )
  return { token }
}
