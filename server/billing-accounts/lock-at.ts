import type { Transaction } from 'kysely'
import { instantOf } from '../database/connection.ts'
import type { Schema } from '../database/schema.ts'
import { type EventRecorder, accountStream } from '../events/record.ts'
import { assert } from '../kernel/assert.ts'
import { type Instant, instant, later } from '../kernel/instant.ts'
import { type BillingAccount, lockBillingAccount, readBillingAccount } from './store.ts'

/** An account whose row is locked until the transaction ends, and its `now`. */
export type LockedAccount = BillingAccount & {
  /** On its clock, and never before the last event of its history. */
  readonly now: Instant
}

/**
 * Locks the clock, so that it stands, and then the account: in this order everywhere, as whoever
 * locks a subscription does.
 */
export async function lockAccountAt(
  tx: Transaction<Schema>,
  tenantId: string,
  name: string,
  realNow: Instant,
  /** `sharing`: subscriptions can be made on it meanwhile, for what takes long. */
  lock: 'alone' | 'sharing' = 'alone',
): Promise<LockedAccount | null> {
  const found = await readBillingAccount(tx, tenantId, name)
  if (found === null) return null
  const clockNow = await holdAccountClock(tx, found, realNow)
  const account = await lockBillingAccount(tx, tenantId, name, lock)
  assert(account !== null, 'a billing account is never removed')
  const head = await tx
    .selectFrom('streams')
    .select('last_at')
    .where('tenant_id', '=', tenantId)
    .where('stream', '=', accountStream(tenantId, account.nameKey).stream)
    .executeTakeFirst()
  const lastAt = head === undefined ? instant(0) : instantOf(head.last_at)
  return { ...account, now: later(clockNow, lastAt) }
}

/**
 * The time of an account: real, or where its test clock stands, and stays until the transaction
 * ends. Else an advance that went by meanwhile would miss a date that is planned now.
 */
export async function holdAccountClock(
  tx: Transaction<Schema>,
  { tenantId, testClockKey }: Pick<BillingAccount, 'tenantId' | 'testClockKey'>,
  realNow: Instant,
): Promise<Instant> {
  if (testClockKey === null) return realNow
  const clock = await tx
    .selectFrom('test_clocks')
    .select('now_at')
    .where('tenant_id', '=', tenantId)
    .where('name_key', '=', testClockKey)
    .forShare()
    .executeTakeFirst()
  assert(clock !== undefined, 'a clock that drives an account is never removed')
  return instantOf(clock.now_at)
}

/** Appends to the account's history. Data: ids, numbers and amounts, never names. */
export async function recordAccountEvent(
  tx: Transaction<Schema>,
  events: EventRecorder,
  account: LockedAccount,
  event: { readonly type: string; readonly actor: string; readonly data: object },
  realNow: Instant,
): Promise<void> {
  const stream = accountStream(account.tenantId, account.nameKey)
  await events.record(tx, stream, [{ ...event, at: account.now }], realNow)
}
