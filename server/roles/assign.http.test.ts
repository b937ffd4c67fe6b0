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
  rightTo,
  sold,
} from './access-fixture.ts'
import {
  contributorRole,
  readerRole,
  supportEngineerRole,
  userAccessAdministratorRole,
} from './built-in.ts'

let access: Access
beforeAll(async () => {
  access = await openAccess()
})
afterAll(async () => access[Symbol.asyncDispose]())

const subscription = `/subscriptions/${sold}`
const group = `${subscription}/resourceGroups/Mine`
const account = `${group}/providers/Microsoft.Storage/storageAccounts/Disk1`
const billing = '/providers/Microsoft.Billing/billingAccounts/First'

function at(scope: string, name?: string): string {
  return addressAt(scope, 'roleAssignments', name)
}

async function take(scope: string, name: string): Promise<void> {
  expect((await access.call('admin', 'DELETE', at(scope, name))).statusCode).toBe(200)
}

describe('giving a role', () => {
  test.each([
    ['/', '/'],
    [billing.toLowerCase(), billing],
    [subscription.toUpperCase().replace('SUBSCRIPTIONS', 'Subscriptions'), subscription],
    [`${subscription}/resourcegroups/MINE`, group],
    [account.toLowerCase(), account],
    [
      `${account}/blobServices/default/containers/c1`,
      `${account}/blobServices/default/containers/c1`,
    ],
  ])('is done at %s and shown in the case in which the thing is named', async (asked, shown) => {
    const { name, response } = await give(access, 'admin', asked, readerRole.id)
    expect(response.statusCode).toBe(201)
    const prefix = shown === '/' ? '' : shown
    const roles = '/providers/Microsoft.Authorization/roleDefinitions'
    const inSubscription = shown.startsWith('/subscriptions') ? subscription : ''
    expect(response.json()).toEqual({
      id: `${prefix}/providers/Microsoft.Authorization/roleAssignments/${name}`,
      name,
      type: 'Microsoft.Authorization/roleAssignments',
      properties: {
        roleDefinitionId: `${inSubscription}${roles}/${readerRole.id}`,
        principalId: people.nobody,
        principalType: 'ServicePrincipal',
        scope: shown,
        createdOn: '2026-11-01T00:00:00.000Z',
        updatedOn: '2026-11-01T00:00:00.000Z',
        createdBy: people.admin,
        updatedBy: people.admin,
      },
    })
    expect((await access.call('admin', 'GET', at(shown, name))).json()).toEqual(response.json())
    expect((await access.call('nobody', 'GET', at(shown, name))).statusCode).toBe(200)
    await take(asked, name)
    expect(errorOf(await access.call('admin', 'GET', at(shown, name)))).toBe(
      '404 RoleAssignmentNotFound',
    )
  })

  test('twice with the same id is answered, and changes nothing', async () => {
    const { name } = await give(access, 'admin', subscription, readerRole.id)
    const before = await access.history()
    access.wait(1000)
    const again = await access.call('admin', 'PUT', at(subscription, name), rightTo(readerRole.id))
    expect(again.statusCode).toBe(200)
    expect(again.json().properties.createdOn).toBe('2026-11-01T00:00:00.000Z')
    expect(await access.history()).toEqual(before)
    await take(subscription, name)
  })

  test('with an id that stands for another right is a conflict, wherever that one is', async () => {
    const { name } = await give(access, 'admin', `/subscriptions/${agreed}`, readerRole.id)
    for (const [path, body] of [
      [at(`/subscriptions/${agreed}`, name), rightTo(contributorRole.id)],
      [at(`/subscriptions/${agreed}`, name), rightTo(readerRole.id, people.keeper)],
      [at(subscription, name), rightTo(readerRole.id)],
    ] as const) {
      const refused = await access.call('owner', 'PUT', path, body)
      expect(errorOf(refused)).toBe('409 RoleAssignmentUpdateNotPermitted')
    }
    await take(`/subscriptions/${agreed}`, name)
  })

  test('that somebody has already names the assignment', async () => {
    const { name } = await give(access, 'admin', subscription, readerRole.id)
    const { response } = await give(access, 'owner', subscription, readerRole.id)
    expect(errorOf(response)).toBe('409 RoleAssignmentExists')
    expect(response.json().error.message).toContain(name)
    await take(subscription, name)
  })

  test.each([
    ['to nobody we know', rightTo(readerRole.id, testRandom.uuid()), '400 PrincipalNotFound'],
    [
      'to a principal of another tenant',
      rightTo(readerRole.id, people.stranger),
      '400 PrincipalNotFound',
    ],
    ['of an unknown role', rightTo(testRandom.uuid()), '400 RoleDefinitionDoesNotExist'],
    ['of no role', rightTo('owner'), '400 RoleDefinitionDoesNotExist'],
    ['of support', rightTo(supportEngineerRole.id), '400 RoleNotAssignableHere'],
    [
      'with a condition that it cannot keep',
      { properties: { ...rightTo(readerRole.id).properties, condition: '@x' } },
      '400 InvalidRequestContent',
    ],
    [
      'to a person who is none',
      { properties: { ...rightTo(readerRole.id).properties, principalType: 'User' } },
      '400 InvalidRequestContent',
    ],
    ['without a principal', { properties: {} }, '400 InvalidRequestContent'],
    ['of nothing', {}, '400 InvalidRequestContent'],
  ])('%s is refused', async (_what, body, error) => {
    const before = await access.history()
    const refused = await access.call('admin', 'PUT', at(subscription, testRandom.uuid()), body)
    expect(errorOf(refused)).toBe(error)
    expect(await access.history()).toEqual(before)
  })

  test.each([
    [`${subscription}/resourceGroups/none`, '404 ResourceGroupNotFound'],
    [`${group}/providers/Microsoft.Storage/storageAccounts/none`, '404 ResourceNotFound'],
    ['/providers/Microsoft.Billing/billingAccounts/none', '404 NotFound'],
    [`/subscriptions/${foreign}`, '404 SubscriptionNotFound'],
    [`/subscriptions/${foreign}/resourceGroups/Mine`, '404 SubscriptionNotFound'],
    ['/subscriptions/x', '400 InvalidSubscriptionId'],
    [`${subscription}/resourceGroups/Mine%2Fproviders`, '400 InvalidResourceName'],
  ])('at %s is refused: there is nothing there', async (scope, error) => {
    expect(errorOf((await give(access, 'admin', scope, readerRole.id)).response)).toBe(error)
  })

  test('needs an id that is one', async () => {
    const refused = await access.call('admin', 'PUT', at('/', 'mine'), rightTo(readerRole.id))
    expect(errorOf(refused)).toBe('400 InvalidParameter')
  })

  test('at a group on its way out is refused', async () => {
    const { db } = access.database
    const set = (state: 'Deleting' | 'Succeeded') =>
      db.updateTable('resource_groups').set({ provisioning_state: state }).execute()
    await set('Deleting')
    const { response } = await give(access, 'admin', group, readerRole.id)
    await set('Succeeded')
    expect(errorOf(response)).toBe('409 ResourceGroupBeingDeleted')
  })
})

describe('who may give', () => {
  test.each<[Person, string]>([
    ['owner', subscription],
    ['keeper', subscription],
    ['keeper', account],
    ['payer', subscription],
    ['admin', billing],
  ])('%s gives at %s', async (person, scope) => {
    const { response, take } = await give(access, person, scope, readerRole.id)
    expect(response.statusCode).toBe(201)
    expect(await take()).toBe(200)
  })

  test.each<[Person, string, string]>([
    ['owner', '/', '403 AuthorizationFailed'],
    ['owner', billing, '403 AuthorizationFailed'],
    ['contributor', subscription, '403 AuthorizationFailed'],
    ['contributor', '/', '403 AuthorizationFailed'],
    ['reader', subscription, '403 AuthorizationFailed'],
    ['keeper', `/subscriptions/${agreed}`, '404 SubscriptionNotFound'],
    ['nobody', subscription, '404 SubscriptionNotFound'],
    ['stranger', subscription, '404 SubscriptionNotFound'],
  ])('%s gives nothing at %s', async (person, scope, error) => {
    const { response } = await give(access, person, scope, readerRole.id)
    expect(errorOf(response)).toBe(error)
  })

  test('an Owner of a subscription makes nobody support, and reaches nothing above it', async () => {
    for (const scope of ['/', subscription, group, billing]) {
      const { response } = await give(access, 'owner', scope, supportEngineerRole.id, people.owner)
      expect(response.statusCode).toBeGreaterThanOrEqual(400)
    }
    const given = await give(access, 'admin', '/', supportEngineerRole.id)
    expect(given.response.statusCode).toBe(201)
    await take('/', given.name)
  })

  test('a right that was taken counts no more, and what it showed is gone with it', async () => {
    const { name } = await give(access, 'admin', subscription, userAccessAdministratorRole.id)
    expect(
      (await give(access, 'nobody', group, readerRole.id, people.keeper)).response.statusCode,
    ).toBe(201)
    await take(subscription, name)
    const { response } = await give(access, 'nobody', group, contributorRole.id, people.keeper)
    expect(errorOf(response)).toBe('404 SubscriptionNotFound')
  })
})
