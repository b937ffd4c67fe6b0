import { expect, test } from 'vitest'
import { migrations } from '../database/migrations/all.ts'
import type { Schema } from '../database/schema.ts'
import { openTestDatabase, testInstant, testRandom } from '../database/testing/test-database.ts'
import { createEventRecorder } from '../events/record.ts'
import { addDays } from '../kernel/instant.ts'
import { startOperation } from '../operations/store.ts'
import { suspend } from '../resources/lifecycle-fixture.ts'
import { fillWorld, hostId, people, subscriptionA, tenantA } from '../resources/world-fixture.ts'
import { deletionKind } from '../subscriptions/delete-progress.ts'
import { purgeWhenDue } from '../subscriptions/purge.job.ts'
import { claimWork } from '../work/work.ts'
import { settleSubscription } from './settle.ts'

test('a deletion that its caller never asks about ends with the purge all the same', async () => {
  await using database = await openTestDatabase<Schema>({ migrations })
  const events = createEventRecorder({ masterKey: testRandom.bytes(32), random: testRandom })
  await database.transaction((tx) => fillWorld(tx, testInstant, events))
  await suspend({ database, events }, testInstant)
  await database.transaction((tx) =>
    startOperation(
      tx,
      {
        operationId: testRandom.uuid(),
        tenantId: tenantA,
        subscriptionId: subscriptionA,
        caller: people.owner,
        kind: deletionKind,
        subject: subscriptionA,
      },
      testInstant,
    ),
  )
  const operation = () =>
    database.db.selectFrom('operations').select(['status', 'ended_at']).executeTakeFirst()
  expect(await operation()).toEqual({ status: 'Running', ended_at: null })

  const dueAt = addDays(testInstant, 90)
  const dependencies = { database, events, random: testRandom, clock: { now: () => dueAt } }
  const leaseUntil = addDays(dueAt, 1)
  for (const work of await claimWork(database.db, {
    hostId,
    realNow: dueAt,
    leaseUntil,
    limit: 9,
  })) {
    if (work.kind === 'purge') await purgeWhenDue(work, dependencies)
  }
  expect((await operation())?.status).toBe('Running')
  await settleSubscription(subscriptionA, dueAt, dependencies)
  expect(await operation()).toEqual({ status: 'Succeeded', ended_at: BigInt(dueAt) })
})
