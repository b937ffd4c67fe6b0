import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { testInstant } from '../database/testing/test-database.ts'
import {
  type Access,
  addressAt,
  errorOf,
  give,
  type Listed,
  openAccess,
  people,
  rightTo,
  sold,
  tenantA,
} from './access-fixture.ts'
import { ownerRole, readerRole } from './built-in.ts'
import { readGrants } from './store.ts'
import { withdrawAssignments } from './withdraw.job.ts'

let access: Access
beforeAll(async () => {
  access = await openAccess()
})
afterAll(async () => access[Symbol.asyncDispose]())

const subscription = `/subscriptions/${sold}`
const group = `${subscription}/resourceGroups/Mine`
const account = `${group}/providers/Microsoft.Storage/storageAccounts/Disk1`

function at(scope: string, name?: string): string {
  return addressAt(scope, 'roleAssignments', name)
}

async function take(scope: string, name: string): Promise<void> {
  expect((await access.call('admin', 'DELETE', at(scope, name))).statusCode).toBe(200)
}

describe('taking a role away', () => {
  test('is answered with it, and with nothing when it is not there or somewhere else', async () => {
    const { name, response } = await give(access, 'admin', subscription, readerRole.id)
    expect((await access.call('admin', 'DELETE', at(group, name))).statusCode).toBe(204)
    const taken = await access.call('owner', 'DELETE', at(subscription, name))
    expect([taken.statusCode, taken.json()]).toEqual([200, response.json()])
    expect((await access.call('owner', 'DELETE', at(subscription, name))).statusCode).toBe(204)
    expect((await access.call('owner', 'DELETE', at(subscription, 'x'))).statusCode).toBe(204)
  })

  test('needs the right to', async () => {
    const { name } = await give(access, 'admin', subscription, readerRole.id)
    const refused = await access.call('contributor', 'DELETE', at(subscription, name))
    expect(errorOf(refused)).toBe('403 AuthorizationFailed')
    await take(subscription, name)
  })

  test('from the last who manages a tenant is refused, also when two try at once', async () => {
    const list = await access.call('admin', 'GET', at('/'))
    const first = list
      .json<Listed>()
      .value.find(({ properties }) => properties['principalId'] === people.admin)!
    expect(errorOf(await access.call('admin', 'DELETE', at('/', first.name)))).toBe(
      '412 CannotDeleteLastRbacAdminAssignment',
    )
    const { name } = await give(access, 'admin', '/', ownerRole.id)
    const statuses = await Promise.all([
      access.call('admin', 'DELETE', at('/', first.name)),
      access.call('nobody', 'DELETE', at('/', name)),
    ])
    expect(new Set(statuses.map(({ statusCode }) => statusCode))).toEqual(new Set([200, 412]))
    const winner = statuses[0].statusCode === 200 ? 'nobody' : 'admin'
    // Put back what the other tests begin with.
    if (winner === 'nobody') {
      await access.call('nobody', 'PUT', at('/', first.name), rightTo(ownerRole.id, people.admin))
      await take('/', name)
    }
    expect((await access.call('admin', 'GET', at('/'))).statusCode).toBe(200)
  })

  test('of a disabled principal leaves one who can: such a one does not count', async () => {
    const { name } = await give(access, 'admin', '/', ownerRole.id)
    const { db } = access.database
    const disable = (disabled: boolean) =>
      db
        .updateTable('principals')
        .set({ disabled })
        .where('principal_id', '=', people.nobody)
        .execute()
    const [first] = (await access.call('admin', 'GET', at('/')))
      .json<Listed>()
      .value.filter(({ properties }) => properties['principalId'] === people.admin)
    await disable(true)
    const refused = await access.call('admin', 'DELETE', at('/', first!.name))
    await disable(false)
    expect(errorOf(refused)).toBe('412 CannotDeleteLastRbacAdminAssignment')
    await take('/', name)
  })

  test('leaves nothing of a group behind, and nothing of its neighbour is touched', async () => {
    const inside = await give(access, 'admin', account, readerRole.id)
    const on = await give(access, 'admin', group, readerRole.id)
    const beside = await give(
      access,
      'admin',
      `${subscription}/resourceGroups/Mine_2`,
      readerRole.id,
    )
    const scopeKey = group.toLowerCase()
    const request = { tenantId: tenantA, scopeKey, actor: 'system', realNow: testInstant }
    const withdrawn = await access.database.transaction((tx) =>
      withdrawAssignments(tx, access.events, request),
    )
    // Those of the test before, on the group, count too.
    expect(withdrawn).toBeGreaterThanOrEqual(2)
    const [event] = (await access.history()).slice(-1)
    expect(event).toMatchObject({ type: 'RolesWithdrawn', actor: 'system' })
    expect((event!.data as { assignmentIds: string[] }).assignmentIds).toEqual(
      expect.arrayContaining([inside.name, on.name]),
    )
    const grants = await readGrants(access.database.db, tenantA, people.nobody)
    expect(grants.map((grant) => grant.scopeKey)).toEqual([`${scopeKey}_2`])
    await take(`${subscription}/resourceGroups/Mine_2`, beside.name)
  })
})

test('every change is in the history of the tenant, and names nothing but ids', async () => {
  const { name } = await give(access, 'keeper', account, readerRole.id, people.keeper)
  await take(account, name)
  const [given, taken] = (await access.history()).slice(-2)
  expect(given).toMatchObject({
    type: 'RoleAssigned',
    actor: people.keeper,
    data: { assignmentId: name, principalId: people.keeper, roleId: readerRole.id },
  })
  expect(given!.data).toMatchObject({ at: { scope: 'resource', subscriptionId: sold } })
  expect(taken).toMatchObject({ type: 'RoleUnassigned', actor: people.admin })
  // A billing account has no other id than its name; groups, resources and people have.
  const told = (await access.history()).map(({ data }) => JSON.stringify(data))
  expect(told.filter((data) => /mine|disk1|nobody|admin/i.test(data))).toEqual([])
})
