import { expect, test } from 'vitest'
import { migrations } from '../database/migrations/all.ts'
import type { Schema } from '../database/schema.ts'
import { openTestDatabase, testInstant, testRandom } from '../database/testing/test-database.ts'
import { createEventRecorder } from '../events/record.ts'
import { fillWorld, people, subscriptionA, tenantA } from '../resources/world-fixture.ts'
import { insertAssignment } from './assignments.store.ts'
import { readerRole } from './built-in.ts'
import { readGrants } from './store.ts'

test('asked for one subscription, what a caller holds in others is left out, and nothing else', async () => {
  await using database = await openTestDatabase<Schema>({ migrations })
  const events = createEventRecorder({ masterKey: testRandom.bytes(32), random: testRandom })
  await database.transaction((tx) => fillWorld(tx, testInstant, events))
  const here = `/subscriptions/${subscriptionA}`
  const wanted = [
    '/',
    '/providers/microsoft.billing/billingaccounts/first',
    '/zones/later',
    here,
    `${here}/resourcegroups/mine`,
    `${here}/resourcegroups/mine/providers/a/b/c`,
  ]
  const others = [
    `/subscriptions/${testRandom.uuid()}`,
    `/subscriptions/${testRandom.uuid()}/resourcegroups/mine`,
    `/subscriptions/0${subscriptionA.slice(1)}`,
    `/subscriptions/f${subscriptionA.slice(1)}`,
  ]
  await database.transaction(async (tx) => {
    for (const scope of [...wanted, ...others]) {
      await insertAssignment(tx, tenantA, {
        assignmentId: testRandom.uuid(),
        scope,
        scopeKey: scope,
        principalId: people.nobody,
        roleId: readerRole.id,
        createdAt: testInstant,
        createdBy: people.owner,
      })
    }
  })
  const scopes = async (subscriptionId: string | null) =>
    (await readGrants(database.db, tenantA, people.nobody, subscriptionId))
      .map(({ scopeKey }) => scopeKey)
      .toSorted()
  expect(await scopes(null)).toEqual([...wanted, ...others].toSorted())
  expect(await scopes(subscriptionA)).toEqual(wanted.toSorted())
  expect(await scopes(subscriptionA.toUpperCase())).toEqual(wanted.toSorted())
})
