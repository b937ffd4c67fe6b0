import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { testRandom } from '../database/testing/test-database.ts'
import {
  type Access,
  addressAt,
  agreed,
  errorOf,
  give,
  openAccess,
  type Person,
  sold,
} from './access-fixture.ts'

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

describe('removing a role', () => {
  test('waits until nobody holds it', async () => {
    const { id, response } = await define('owner')
    const { take } = await give(access, 'admin', group, id)
    const refused = await access.call('owner', 'DELETE', at(subscription, id))
    expect(errorOf(refused)).toBe('409 RoleDefinitionHasAssignments')
    expect(await take()).toBe(200)
    const removed = await access.call('owner', 'DELETE', at(subscription, id))
    expect([removed.statusCode, removed.json()]).toEqual([200, response.json()])
    expect((await access.call('owner', 'DELETE', at(subscription, id))).statusCode).toBe(204)
    expect(errorOf(await access.call('owner', 'GET', at(subscription, id)))).toBe(
      '404 RoleDefinitionDoesNotExist',
    )
    const [event] = (await access.history()).slice(-1)
    expect(event).toMatchObject({ type: 'RoleRemoved', data: { roleId: id } })
  })

  test('narrowing it waits until nobody holds it outside', async () => {
    const scopes = [subscription, `/subscriptions/${agreed}`]
    const { id, roleName } = await define('admin', { assignableScopes: scopes })
    const { take } = await give(access, 'admin', `/subscriptions/${agreed}`, id)
    const narrowed = body(roleName, { assignableScopes: [subscription] })
    const refused = await access.call('admin', 'PUT', at(subscription, id), narrowed)
    expect(errorOf(refused)).toBe('409 RoleDefinitionHasAssignments')
    expect(await take()).toBe(200)
    expect((await access.call('admin', 'PUT', at(subscription, id), narrowed)).statusCode).toBe(201)
  })
})
