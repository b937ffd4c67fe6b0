import { expect, test } from 'vitest'
import { migrations } from '../database/migrations/all.ts'
import type { Schema } from '../database/schema.ts'
import { openTestDatabase, testInstant, testRandom } from '../database/testing/test-database.ts'
import { createEventRecorder } from '../events/record.ts'
import { type Instant, addDays, addMs, hourMs } from '../kernel/instant.ts'
import { suspend } from '../resources/lifecycle-fixture.ts'
import { fillWorld, hostId, subscriptionA } from '../resources/world-fixture.ts'
import { claimWork, settleWork } from '../work/work.ts'
import { purgeWhenDue } from './purge.job.ts'

test('a purge whose order was claimed before the time was set back is not forgotten', async () => {
  await using database = await openTestDatabase<Schema>({ migrations })
  const events = createEventRecorder({ masterKey: testRandom.bytes(32), random: testRandom })
  await database.transaction((tx) => fillWorld(tx, testInstant, events))
  await suspend({ database, events }, testInstant)
  const dueAt = addDays(testInstant, 90)

  const claim = async (realNow: Instant) => {
    const leaseUntil = addMs(realNow, 1_000)
    const claimed = await claimWork(database.db, { hostId, realNow, leaseUntil, limit: 10 })
    return claimed.filter((work) => work.kind === 'purge')
  }
  const doAt = async (realNow: Instant, claimed: Awaited<ReturnType<typeof claim>>) => {
    const clock = { now: () => realNow }
    const dependencies = { database, events, random: testRandom, clock }
    for (const work of claimed) {
      await settleWork(database.db, work, await purgeWhenDue(work, dependencies), realNow)
    }
  }
  const purgeStartedAt = async () => {
    const query = database.db.selectFrom('subscriptions').select('purge_started_at')
    return (await query.where('subscription_id', '=', subscriptionA).executeTakeFirst())
      ?.purge_started_at
  }

  const claimed = await claim(dueAt)
  expect(claimed).toHaveLength(1)
  await doAt(addMs(dueAt, -hourMs), claimed)
  expect(await purgeStartedAt()).toBeNull()

  await doAt(dueAt, await claim(dueAt))
  expect(await purgeStartedAt()).toBe(BigInt(dueAt))
})
