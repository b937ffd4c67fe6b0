import { sql } from 'kysely'
import { expect, test } from 'vitest'
import { requires } from '../../tests/requirements.ts'
import { migrations } from '../database/migrations/all.ts'
import type { Schema } from '../database/schema.ts'
import { openTestDatabase, testInstant, testRandom } from '../database/testing/test-database.ts'
import { createEventRecorder } from '../events/record.ts'
import { addDays } from '../kernel/instant.ts'
import { offers } from '../offers/offer.ts'
import { fillWorld, people, subscriptionA, tenantA } from '../resources/world-fixture.ts'
import { recordLifecycle } from '../subscriptions/record-lifecycle.ts'
import { lockSubscription } from '../subscriptions/store.ts'
import { decideSuspend } from '../subscriptions/suspend.ts'
import { advanceClock } from './advance.job.ts'

// The embedded engine has one transaction at a time: there this cannot happen.
test(
  'an advance does not pass a cancel that is under way, nor the date that it sets',
  requires('postgresql'),
  async () => {
    await using database = await openTestDatabase<Schema>({ migrations })
    const random = testRandom
    const events = createEventRecorder({ masterKey: random.bytes(32), random })
    const target = addDays(testInstant, 91)
    await database.transaction(async (tx) => {
      await fillWorld(tx, testInstant, events)
      await sql`insert into test_clocks (tenant_id, name_key, name, now_at, target_at, created_at)
        values (${tenantA}, 'c', 'c', ${testInstant}, ${target}, ${testInstant})`.execute(tx)
      await sql`update billing_accounts set test_clock_key = 'c'
        where tenant_id = ${tenantA}`.execute(tx)
    })
    const clockNow = async () => {
      const query = database.db.selectFrom('test_clocks').select('now_at')
      return (await query.executeTakeFirst())?.now_at
    }

    const isLocked = Promise.withResolvers<void>()
    const goOn = Promise.withResolvers<void>()
    const cancelled = database.transaction(async (tx) => {
      const subscription = (await lockSubscription(tx, subscriptionA, testInstant))!
      isLocked.resolve()
      await goOn.promise
      const { lifecycle, now } = subscription
      const decision = decideSuspend(lifecycle, 'Cancelled', offers.PayAsYouGo, now)
      if (!decision.accepted) throw new Error(decision.refusal.code)
      const context = { actor: people.owner, realNow: testInstant }
      await recordLifecycle(tx, subscription, decision.value, context, { events, random })
    })
    await isLocked.promise

    const order = { kind: 'advance-clock', key: 'c', subject: { clock: 'c' }, tenantId: tenantA }
    const work = {
      ...order,
      workId: random.uuid(),
      clockKey: null,
      dueAt: null,
      hostId: null,
      version: 1n,
      claim: 1n,
      attempts: 1,
    }
    const clock = { now: () => testInstant }
    const dependencies = { database, clock, random, effectLimitMs: 60_000, wakeWorkers: () => {} }
    let isOver = false
    const advanced = advanceClock(work, dependencies).finally(() => void (isOver = true))
    const isWaiting = async (): Promise<boolean> => {
      const waiting = sql<{ n: bigint }>`select count(*) as n from pg_stat_activity
        where datname = current_database() and wait_event_type = 'Lock'`
      return Number((await waiting.execute(database.db)).rows[0]?.n) > 0
    }
    await expect.poll(async () => isOver || (await isWaiting())).toBe(true)
    const nowMeanwhile = await clockNow()
    goOn.resolve()
    await cancelled
    expect(nowMeanwhile).toBe(BigInt(testInstant))
    expect(await advanced).toMatchObject({ done: false })
    expect(await clockNow()).toBe(BigInt(testInstant))
  },
)
