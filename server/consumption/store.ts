import { type Kysely, sql } from 'kysely'
import type { BillingAccount } from '../billing-accounts/store.ts'
import { instantOf, instantOrNull } from '../database/connection.ts'
import type { Schema, Tags } from '../database/schema.ts'
import type { MeterName } from '../prices/meter.ts'
import type { MeterInterval, Window } from '../usage/rate.ts'
import { type Position, allOf } from './position.ts'

type Reader = Pick<Kysely<Schema>, 'selectFrom'>

export type UsingSubscription = {
  readonly subscription_id: string
  readonly offer: string
  readonly display_name: string
  readonly account_administrator: string
  readonly created_at: bigint
  readonly term_ends_at: bigint | null
}

/** Subscriptions of an account from a place on; of only one of them if it is named. */
export function readUsingSubscriptions(
  db: Reader,
  { tenantId, nameKey }: BillingAccount,
  only: string | null,
  from: Position,
  limit: number,
): Promise<readonly UsingSubscription[]> {
  let query = db
    .selectFrom('subscriptions')
    .select(['subscription_id', 'offer', 'display_name', 'account_administrator'])
    .select(['created_at', 'term_ends_at'])
    .where('tenant_id', '=', tenantId)
    .where('billing_account_key', '=', nameKey)
    .where('subscription_id', from.uid === allOf ? '>' : '>=', from.subscriptionId)
    .orderBy('subscription_id')
    .limit(limit)
  if (only !== null) query = query.where('subscription_id', '=', only)
  return query.execute()
}

export type MeteredResource = { readonly subscriptionId: string; readonly uid: string }

/** Resources of some subscriptions that a meter ran for in a window, from a place on, in order. */
export async function readMeteredResources(
  db: Reader,
  subscriptionIds: readonly string[],
  { from, to }: Window,
  start: Position,
  limit: number,
): Promise<readonly MeteredResource[]> {
  const first = start.uid === '' || start.uid === allOf ? lowest : start.uid
  const { rows } = await sql<{ subscription_id: string; uid: string }>`
    select distinct subscription_id, uid from resource_intervals
    where subscription_id = any(${subscriptionIds}::uuid[])
      and opened_at < ${to}::int8 and (closed_at is null or closed_at > ${from}::int8)
      and (subscription_id, uid) >= (${start.subscriptionId}::uuid, ${first}::uuid)
    order by subscription_id, uid limit ${limit}::int4`.execute(db as Kysely<Schema>)
  return rows.map((row) => ({ subscriptionId: row.subscription_id, uid: row.uid }))
}

const lowest = '00000000-0000-0000-0000-000000000000'

/** The meters of some resources in a window, by resource. */
export async function readIntervalsOf(
  db: Reader,
  uids: readonly string[],
  { from, to }: Window,
): Promise<ReadonlyMap<string, readonly MeterInterval[]>> {
  if (uids.length === 0) return new Map()
  const rows = await db
    .selectFrom('resource_intervals')
    .select(['uid', 'meter', 'rate', 'opened_at', 'closed_at'])
    .where('uid', '=', sql<string>`any(${uids}::uuid[])`)
    .where('opened_at', '<', BigInt(to))
    .where((or) => or.or([or('closed_at', 'is', null), or('closed_at', '>', BigInt(from))]))
    .orderBy('uid')
    .orderBy('meter')
    .orderBy('interval_number')
    .execute()
  const intervals = rows.map((row) => ({
    uid: row.uid,
    meter: row.meter as MeterName,
    rate: row.rate,
    openedAt: instantOf(row.opened_at),
    closedAt: instantOrNull(row.closed_at),
  }))
  return Map.groupBy(intervals, ({ uid }) => uid)
}

/** What a resource is, for whoever reads what it cost. */
export type UsedResource = {
  readonly type: string
  readonly location: string
  readonly tags: Tags
}

export async function readUsedResources(
  db: Reader,
  uids: readonly string[],
): Promise<ReadonlyMap<string, UsedResource>> {
  if (uids.length === 0) return new Map()
  const rows = await db
    .selectFrom('resources')
    .select(['uid', 'type', 'location', 'tags'])
    .where('uid', '=', sql<string>`any(${uids}::uuid[])`)
    .execute()
  return new Map(rows.map(({ uid, ...resource }) => [uid, resource]))
}

export type InvoicedPeriod = Window & { readonly name: string }

/** The invoices of periods that meet a window. */
export async function readInvoicedPeriods(
  db: Reader,
  { tenantId, nameKey }: BillingAccount,
  { from, to }: Window,
): Promise<readonly InvoicedPeriod[]> {
  const rows = await db
    .selectFrom('documents')
    .select(['name', 'period_from', 'period_to'])
    .where('tenant_id', '=', tenantId)
    .where('account_key', '=', nameKey)
    .where('type', '=', 'Invoice')
    .where('period_from', '<', BigInt(to))
    .where('period_to', '>', BigInt(from))
    .execute()
  return rows.map((row) => ({
    name: row.name,
    from: instantOf(row.period_from),
    to: instantOf(row.period_to),
  }))
}
