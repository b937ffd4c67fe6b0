import { sql } from 'kysely'
import { expect, test } from 'vitest'
import { migrations } from '../database/migrations/all.ts'
import type { Schema } from '../database/schema.ts'
import { openTestDatabase, testInstant, testRandom } from '../database/testing/test-database.ts'
import { createEventRecorder } from '../events/record.ts'
import { addDays } from '../kernel/instant.ts'
import { fillWorld, hostId, people, subscriptionA, tenantA } from '../resources/world-fixture.ts'
import { lockSubscription } from '../subscriptions/store.ts'
import { fillIntervals } from './meters.ts'

test('a time in which a resource was charged unseen is filled in, once, and to the second', async () => {
  await using database = await openTestDatabase<Schema>({ migrations })
  const events = createEventRecorder({ masterKey: testRandom.bytes(32), random: testRandom })
  const uid = testRandom.uuid()
  const day = (n: number) => addDays(testInstant, n)
  await database.transaction(async (tx) => {
    await fillWorld(tx, testInstant, events)
    await sql`insert into resources (uid, tenant_id, subscription_id, group_key, type_key, type,
        name_key, name, location, tags, properties, host_id, made_by_system, created_by,
        created_at, changed_at, generation, observed_generation, attempts, wanted_since,
        next_try_at)
      values (${uid}, ${tenantA}, ${subscriptionA}, 'g', 't', 'T', 'n', 'n', 'local', '{}', '{}',
        ${hostId}, false, ${people.owner}, ${day(0)}, ${day(0)}, 1, 0, 0, ${day(0)},
        ${day(0)})`.execute(tx)
    // Cancelled on day 1 and seen offline; enabled from day 2 to 3, and on day 5, both unseen.
    await sql`delete from billable_intervals where subscription_id = ${subscriptionA}`.execute(tx)
    await sql`insert into billable_intervals
        (tenant_id, subscription_id, interval_number, opened_at, closed_at)
      values (${tenantA}, ${subscriptionA}, 1, ${day(0)}, ${day(1)}),
        (${tenantA}, ${subscriptionA}, 2, ${day(2)}, ${day(3)}),
        (${tenantA}, ${subscriptionA}, 3, ${day(5)}, ${day(6)})`.execute(tx)
    await sql`insert into resource_intervals
        (tenant_id, subscription_id, uid, meter, rate, interval_number, opened_at, closed_at)
      values (${tenantA}, ${subscriptionA}, ${uid}, 'm', 5, 1, ${day(0)}, ${day(1)})`.execute(tx)
    for (let times = 0; times < 2; times += 1) {
      const subscription = await lockSubscription(tx, subscriptionA, day(7))
      await fillIntervals(tx, subscription!, uid)
    }
  })
  const rows = await database.db
    .selectFrom('resource_intervals')
    .select(['interval_number', 'opened_at', 'closed_at'])
    .where('uid', '=', uid)
    .orderBy('interval_number')
    .execute()
  expect(rows.map((row) => [Number(row.opened_at), Number(row.closed_at)])).toEqual([
    [day(0), day(1)],
    [day(2), day(3)],
    [day(5), day(6)],
  ])
})
