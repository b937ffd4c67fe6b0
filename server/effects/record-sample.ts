import { type Transaction, sql } from 'kysely'
import { instantOf } from '../database/connection.ts'
import type { Schema } from '../database/schema.ts'
import type { Instant } from '../kernel/instant.ts'
import { decideSample } from './sample.ts'
import type { MeterName } from '../prices/meter.ts'
import type { MeasuredRates } from '../providers/contract.ts'
import type { LockedSubscription } from '../subscriptions/store.ts'
import { isSuspended } from '../subscriptions/subscription.ts'

/**
 * Records what was measured of one resource, under its subscription's lock and at its `now`. Says
 * nothing of what is not charged: a suspended subscription, a resource that is deleted or that was
 * not seen online again yet.
 *
 * @throws RangeError for a negative rate.
 */
export async function recordSample(
  tx: Transaction<Schema>,
  subscription: LockedSubscription,
  uid: string,
  measured: MeasuredRates,
): Promise<void> {
  const { lifecycle, now } = subscription
  if (isSuspended(lifecycle)) return
  for (const row of await readRunning(tx, subscription, uid)) {
    const rate = measured[row.meter as MeterName]
    if (rate === undefined) continue
    if (rate < 0n) throw new RangeError(`${row.meter} of ${uid} was measured as ${rate}`)
    const running = { rate: row.rate, openedAt: instantOf(row.opened_at) }
    const billedUntil = instantOf(row.billed_until)
    const decision = decideSample(running, rate, { now, billedUntil })
    if (decision.kind === 'replace') await replaceRate(tx, row, rate)
    if (decision.kind === 'split') await splitInterval(tx, row, rate, decision.at)
  }
}

type IntervalKey = {
  readonly uid: string
  readonly meter: string
  readonly interval_number: number
}

async function readRunning(
  tx: Transaction<Schema>,
  { subscriptionId, tenantId, billingAccountKey }: LockedSubscription,
  uid: string,
) {
  return tx
    .selectFrom('resource_intervals as i')
    .innerJoin('resources as r', 'r.uid', 'i.uid')
    .innerJoin('billing_accounts as b', (join) =>
      join.on('b.tenant_id', '=', tenantId).on('b.name_key', '=', billingAccountKey),
    )
    .select(['i.uid', 'i.meter', 'i.interval_number', 'i.rate', 'i.opened_at', 'b.billed_until'])
    .where('i.uid', '=', uid)
    .where('i.closed_at', 'is', null)
    .where('r.subscription_id', '=', subscriptionId)
    .where('r.deleted_at', 'is', null)
    .execute()
}

async function replaceRate(
  tx: Transaction<Schema>,
  { uid, meter, interval_number }: IntervalKey,
  rate: bigint,
): Promise<void> {
  await tx
    .updateTable('resource_intervals')
    .set({ rate })
    .where('uid', '=', uid)
    .where('meter', '=', meter)
    .where('interval_number', '=', interval_number)
    .execute()
}

async function splitInterval(
  tx: Transaction<Schema>,
  { uid, meter, interval_number }: IntervalKey,
  rate: bigint,
  at: Instant,
): Promise<void> {
  await tx
    .updateTable('resource_intervals')
    .set({ closed_at: at })
    .where('uid', '=', uid)
    .where('meter', '=', meter)
    .where('interval_number', '=', interval_number)
    .execute()
  await sql`insert into resource_intervals
      (tenant_id, subscription_id, uid, meter, rate, interval_number, opened_at, closed_at)
    select tenant_id, subscription_id, uid, meter, ${rate}::int8, interval_number + 1, closed_at,
      null
    from resource_intervals where uid = ${uid}::uuid and meter = ${meter}
      and interval_number = ${interval_number}`.execute(tx)
}
