import { type Transaction, sql } from 'kysely'
import type { Schema } from '../database/schema.ts'
import type { Instant } from '../kernel/instant.ts'
import type { LockedSubscription } from '../subscriptions/store.ts'
import { type FoundInterval, recordLateUsage } from './late-usage.ts'

/**
 * A resource that was seen offline, and then slept through a time in which its subscription was
 * enabled (no worker came by before the next cancel, or before its owner deleted it), was charged
 * in that time all the same, at the rate at which it ran last.
 */
export async function fillIntervals(
  tx: Transaction<Schema>,
  subscription: LockedSubscription,
  uid: string,
): Promise<boolean> {
  const { rows } = await sql<FoundInterval>`insert into resource_intervals
      (tenant_id, subscription_id, uid, meter, rate, interval_number, opened_at, closed_at)
    select last.tenant_id, last.subscription_id, last.uid, last.meter, last.rate,
      last.interval_number
        + row_number() over (partition by last.meter order by b.interval_number),
      greatest(last.closed_at, b.opened_at), least(b.closed_at, r.deleted_at)
    from (
      select distinct on (meter) * from resource_intervals
      where uid = ${uid}::uuid order by meter, interval_number desc
    ) as last
    join resources r on r.uid = last.uid
    -- The earlier of the two that is known; a time that goes on is not one to fill.
    join billable_intervals b
      on b.subscription_id = ${subscription.subscriptionId}::uuid
      and least(b.closed_at, r.deleted_at) > greatest(last.closed_at, b.opened_at)
    where last.closed_at is not null
    returning uid, meter, rate, opened_at, closed_at`.execute(tx)
  return recordLateUsage(tx, subscription, rows)
}

/** An interval that began after `at` (made while being suspended) closes where it began. */
export async function closeIntervals(
  tx: Transaction<Schema>,
  uid: string,
  at: Instant,
): Promise<void> {
  await tx
    .updateTable('resource_intervals')
    .set({ closed_at: sql`greatest(opened_at, ${at}::int8)` })
    .where('uid', '=', uid)
    .where('closed_at', 'is', null)
    .execute()
}

/**
 * From the instant the subscription became billable again: not a second is lost, none is doubled.
 */
export async function reopenIntervals(
  tx: Transaction<Schema>,
  subscription: LockedSubscription,
  uid: string,
): Promise<boolean> {
  const { rows } = await sql<FoundInterval>`insert into resource_intervals
      (tenant_id, subscription_id, uid, meter, rate, interval_number, opened_at, closed_at)
    select last.tenant_id, last.subscription_id, last.uid, last.meter, last.rate,
      last.interval_number + 1,
      greatest(last.closed_at, b.opened_at), null
    from (
      select distinct on (meter) * from resource_intervals
      where uid = ${uid}::uuid order by meter, interval_number desc
    ) as last
    join billable_intervals b
      on b.subscription_id = ${subscription.subscriptionId}::uuid and b.closed_at is null
    -- One that was deleted while it was seen online runs no meters until it is destroyed.
    join resources r on r.uid = last.uid and r.deleted_at is null
    where last.closed_at is not null
    returning uid, meter, rate, opened_at, closed_at`.execute(tx)
  return recordLateUsage(tx, subscription, rows)
}
