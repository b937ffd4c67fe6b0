import { type Kysely, sql } from 'kysely'
import { instantOf, instantOrNull } from '../database/connection.ts'
import type { Schema } from '../database/schema.ts'
import { findOffer, isSupportPlan } from '../offers/offer.ts'
import type { MeterName } from '../prices/meter.ts'
import { monthStarts } from '../subscriptions/term.ts'
import type { MeterInterval, SubscriptionUsage, Window } from './rate.ts'

type Reader = Pick<Kysely<Schema>, 'selectFrom'>

/** What to read the usage of: a subscription, with what its support plan's months follow from. */
export type UsageSubject = {
  readonly subscription_id: string
  readonly offer: string
  readonly created_at: bigint
  readonly term_ends_at: bigint | null
}

/** What subscriptions used in a window, by subscription. Two queries, however many they are. */
export async function readUsage(
  db: Reader,
  subjects: readonly UsageSubject[],
  window: Window,
): Promise<ReadonlyMap<string, SubscriptionUsage>> {
  const ids = subjects.map((subject) => subject.subscription_id)
  const billable = await readBillable(db, ids, window)
  const intervals = await readIntervals(db, ids, window)
  return new Map(
    subjects.map((subject) => [
      subject.subscription_id,
      {
        subscriptionId: subject.subscription_id,
        billable: billable.get(subject.subscription_id) ?? [],
        intervals: intervals.get(subject.subscription_id) ?? [],
        months: monthsOf(subject, window),
      },
    ]),
  )
}

/** When the months of a support plan begin that are to be paid; none of any other offer. */
export function monthsOf({ offer, created_at, term_ends_at }: UsageSubject, window: Window) {
  const terms = findOffer(offer)
  if (terms === null || !isSupportPlan(terms) || term_ends_at === null) return []
  const plan = { boughtAt: instantOf(created_at), endsAt: instantOf(term_ends_at) }
  return monthStarts(plan, window.to)
}

/** When subscriptions were charged, where that meets a window; by subscription. */
export async function readBillable(db: Reader, ids: readonly string[], { from, to }: Window) {
  if (ids.length === 0) return new Map<string, never>()
  const rows = await db
    .selectFrom('billable_intervals')
    .select(['subscription_id', 'opened_at', 'closed_at'])
    .where('subscription_id', '=', sql<string>`any(${ids}::uuid[])`)
    .where('opened_at', '<', BigInt(to))
    .where((or) => or.or([or('closed_at', 'is', null), or('closed_at', '>', BigInt(from))]))
    .orderBy('subscription_id')
    .orderBy('interval_number')
    .execute()
  return groupBy(rows, (row) => ({
    openedAt: instantOf(row.opened_at),
    closedAt: instantOrNull(row.closed_at),
  }))
}

async function readIntervals(db: Reader, ids: readonly string[], { from, to }: Window) {
  if (ids.length === 0) return new Map<string, never>()
  const rows = await db
    .selectFrom('resource_intervals')
    .select(['subscription_id', 'uid', 'meter', 'rate', 'opened_at', 'closed_at'])
    .where('subscription_id', '=', sql<string>`any(${ids}::uuid[])`)
    .where('opened_at', '<', BigInt(to))
    .where((or) => or.or([or('closed_at', 'is', null), or('closed_at', '>', BigInt(from))]))
    .orderBy('subscription_id')
    .orderBy('uid')
    .orderBy('meter')
    .orderBy('opened_at')
    .orderBy('interval_number')
    .execute()
  return groupBy(
    rows,
    (row): MeterInterval => ({
      uid: row.uid,
      meter: row.meter as MeterName,
      rate: row.rate,
      openedAt: instantOf(row.opened_at),
      closedAt: instantOrNull(row.closed_at),
    }),
  )
}

function groupBy<Row extends { readonly subscription_id: string }, Value>(
  rows: readonly Row[],
  valueOf: (row: Row) => Value,
): ReadonlyMap<string, readonly Value[]> {
  const groups = new Map<string, Value[]>()
  for (const row of rows) {
    const group = groups.get(row.subscription_id)
    if (group === undefined) groups.set(row.subscription_id, [valueOf(row)])
    else group.push(valueOf(row))
  }
  return groups
}
