import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { testRandom } from '../database/testing/test-database.ts'
import {
  type Access,
  addressAt,
  agreed,
  errorOf,
  foreign,
  give,
  openAccess,
  people,
  type Person,
  sold,
} from './access-fixture.ts'
import { cancelAction } from './authorise.ts'
import { readerRole } from './built-in.ts'

let access: Access
beforeAll(async () => {
  access = await openAccess()
})
afterAll(async () => access[Symbol.asyncDispose]())

const subscription = `/subscriptions/${sold}`
const group = `${subscription}/resourceGroups/Mine`

function at(scope: string, name?: string): string {
  return addressAt(scope, 'roleDefinitions', name)
}

function body(roleName: string, change: object = {}) {
  const permissions = [{ actions: ['Microsoft.Storage/*/read'], notActions: [] }]
  const content = { roleName, description: 'd', permissions, assignableScopes: [subscription] }
  return { properties: { ...content, ...change } }
}

let made = 0
async function define(as: Person, change: object = {}, scope = subscription) {
  const id = testRandom.uuid()
  const roleName = `Role ${(made += 1)}`
  const response = await access.call(as, 'PUT', at(scope, id), body(roleName, change))
  return { id, roleName, response }
}

describe('a custom role', () => {
  test('is made by whoever has the say at its scopes, and shown as published', async () => {
    const { id, roleName, response } = await define('owner', {
      assignableScopes: [`${group.toUpperCase()}/`, subscription, subscription],
    })
    expect(response.statusCode).toBe(201)
    expect(response.json()).toEqual({
      id: `${subscription}/providers/Microsoft.Authorization/roleDefinitions/${id}`,
      name: id,
      type: 'Microsoft.Authorization/roleDefinitions',
      properties: {
        roleName,
        type: 'CustomRole',
        description: 'd',
        assignableScopes: [group, subscription],
        permissions: [
          {
            actions: ['Microsoft.Storage/*/read'],
            notActions: [],
            dataActions: [],
            notDataActions: [],
          },
        ],
        createdOn: '2026-11-01T00:00:00.000Z',
        updatedOn: '2026-11-01T00:00:00.000Z',
        createdBy: people.owner,
        updatedBy: people.owner,
      },
    })
    expect((await access.call('reader', 'GET', at(subscription, id))).json()).toEqual(
      response.json(),
    )
  })

  test('counts at once for whoever holds it, and no more once it was changed', async () => {
    const list = addressAt(subscription, 'roleAssignments')
    const permissions = [{ actions: ['Microsoft.Authorization/roleAssignments/read'] }]
    const { id, roleName, response } = await define('owner', { permissions })
    const { take } = await give(access, 'admin', subscription, id)
    expect((await access.call('nobody', 'GET', list)).statusCode).toBe(200)
    const again = { ...response.json(), properties: { ...response.json().properties } }
    again.properties.permissions[0].notActions = ['*/read']
    expect((await access.call('owner', 'PUT', at(subscription, id), again)).statusCode).toBe(201)
    expect(errorOf(await access.call('nobody', 'GET', list))).toBe('403 AuthorizationFailed')
    expect(await take()).toBe(200)
    expect(again.properties.roleName).toBe(roleName)
  })

  test('that is put again unchanged moves no date and is no event', async () => {
    const { id, roleName } = await define('owner')
    const before = await access.history()
    access.wait(1000)
    const again = await access.call('owner', 'PUT', at(subscription, id), body(roleName))
    expect(again.statusCode).toBe(201)
    expect(again.json().properties.updatedOn).toBe(again.json().properties.createdOn)
    expect(await access.history()).toEqual(before)
    await access.call('owner', 'PUT', at(subscription, id), body(roleName, { description: 'e' }))
    const [event] = (await access.history()).slice(-1)
    expect(event).toMatchObject({ type: 'RoleDefined', data: { roleId: id } })
    expect(JSON.stringify(event)).not.toContain(roleName)
  })

  test.each<[string, object, string]>([
    ['the name of another', { roleName: 'Taken' }, '409 RoleDefinitionWithSameNameExists'],
    ['the name of a built-in one', { roleName: 'OWNER' }, '409 RoleDefinitionWithSameNameExists'],
    ['no scope', { assignableScopes: [] }, '400 InvalidRequestContent'],
    ['a scope that is none', { assignableScopes: ['here'] }, '400 InvalidRequestContent'],
    [
      'a scope that is not there',
      { assignableScopes: [`${subscription}/resourceGroups/none`] },
      '400 AssignableScopeNotFound',
    ],
    [
      "another tenant's scope",
      { assignableScopes: [`/subscriptions/${foreign}`] },
      '400 AssignableScopeNotFound',
    ],
    ['the whole tenant', { assignableScopes: ['/'] }, '403 AuthorizationFailed'],
    ['a strange action', { permissions: [{ actions: ['read'] }] }, '400 InvalidRequestContent'],
    ['two sets of actions', { permissions: [{}, {}] }, '400 InvalidRequestContent'],
    ['a built-in type', { type: 'BuiltInRole' }, '400 InvalidRequestContent'],
    ['something unknown', { condition: 'x' }, '400 InvalidRequestContent'],
  ])('with %s is refused', async (_what, change, error) => {
    await access.call('owner', 'PUT', at(subscription, '99999999-0000-4000-8000-000000000000'), {
      ...body('Taken'),
    })
    const before = await access.history()
    expect(errorOf((await define('owner', change)).response)).toBe(error)
    expect(await access.history()).toEqual(before)
  })

  test('cannot take the place of a built-in one, nor have an id that is none', async () => {
    const path = at(subscription, readerRole.id)
    for (const method of ['PUT', 'DELETE']) {
      const content = method === 'PUT' ? body('Mine') : undefined
      expect(errorOf(await access.call('admin', method, path, content))).toBe(
        '409 RoleDefinitionIsBuiltIn',
      )
    }
    expect(errorOf(await access.call('admin', 'PUT', at(subscription, 'mine'), body('Mine')))).toBe(
      '400 InvalidParameter',
    )
  })

  test.each<[Person, object, string]>([
    ['reader', {}, '403 AuthorizationFailed'],
    ['contributor', {}, '403 AuthorizationFailed'],
    ['keeper', { assignableScopes: [`/subscriptions/${agreed}`] }, '400 AssignableScopeNotFound'],
    ['nobody', {}, '404 SubscriptionNotFound'],
    ['stranger', {}, '404 SubscriptionNotFound'],
  ])('cannot be made by %s with %j', async (person, change, error) => {
    expect(errorOf((await define(person, change)).response)).toBe(error)
  })

  test('that reaches further than his say is nobody’s to change or remove', async () => {
    const scopes = [subscription, `/subscriptions/${agreed}`]
    const { id, roleName } = await define('admin', { assignableScopes: scopes })
    const changed = body(roleName, { assignableScopes: [subscription] })
    const refused = await access.call('keeper', 'PUT', at(subscription, id), changed)
    expect(errorOf(refused)).toBe('403 AuthorizationFailed')
    // What it is for besides is not told to one who may not see it.
    expect(refused.body).not.toContain(agreed)
    expect(errorOf(await access.call('keeper', 'DELETE', at(subscription, id)))).toBe(
      '403 AuthorizationFailed',
    )
    const seen = (await access.call('owner', 'GET', at(subscription, id))).statusCode
    expect(seen).toBe(200)
  })
})

describe('the acts that an offer reserves', () => {
  const permissions = [{ actions: [cancelAction] }]

  async function giveToSelf(person: Person, roleId: string, scope: string) {
    const name = testRandom.uuid()
    const path = addressAt(scope, 'roleAssignments', name)
    const roleDefinitionId = `/providers/Microsoft.Authorization/roleDefinitions/${roleId}`
    const properties = { roleDefinitionId, principalId: people[person] }
    return access.call(person, 'PUT', path, { properties })
  }

  test('are not his to give whom the offer does not admit, whatever else he owns', async () => {
    const { id } = await define('owner', { permissions })
    const refused = await giveToSelf('owner', id, subscription)
    expect(errorOf(refused)).toBe('403 AuthorizationFailed')
    expect(refused.json().error.message).toContain(cancelAction)
    expect((await giveToSelf('payer', id, subscription)).statusCode).toBe(201)
  })

  test('are his whom it admits', async () => {
    const scope = `/subscriptions/${agreed}`
    const { id } = await define('owner', { permissions, assignableScopes: [scope] }, scope)
    expect((await giveToSelf('owner', id, scope)).statusCode).toBe(201)
  })

  test('do not slip into a role that somebody holds', async () => {
    const { id, roleName } = await define('owner')
    const { take } = await give(access, 'admin', subscription, id, people.owner)
    const change = body(roleName, { permissions })
    const refused = await access.call('owner', 'PUT', at(subscription, id), change)
    expect(errorOf(refused)).toBe('403 AuthorizationFailed')
    expect((await access.call('admin', 'PUT', at(subscription, id), change)).statusCode).toBe(201)
    expect(await take()).toBe(200)
  })
})
