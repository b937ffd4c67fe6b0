import type { Kysely } from 'kysely'
import { instantOf } from '../database/connection.ts'
import type { Schema } from '../database/schema.ts'
import { assert } from '../kernel/assert.ts'
import type { Instant } from '../kernel/instant.ts'
import type { BillingAccount } from './store.ts'

/** The time of an account, for who only reads: where its test clock stands, or real time. */
export async function accountNow(
  db: Pick<Kysely<Schema>, 'selectFrom'>,
  { tenantId, testClockKey }: Pick<BillingAccount, 'tenantId' | 'testClockKey'>,
  realNow: Instant,
): Promise<Instant> {
  if (testClockKey === null) return realNow
  const clock = await db
    .selectFrom('test_clocks')
    .select('now_at')
    .where('tenant_id', '=', tenantId)
    .where('name_key', '=', testClockKey)
    .executeTakeFirst()
  assert(clock !== undefined, 'a clock that drives an account is never removed')
  return instantOf(clock.now_at)
}
