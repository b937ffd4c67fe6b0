import { type Kysely, type Transaction, sql } from 'kysely'
import { instantOf } from '../database/connection.ts'
import type { Schema, Tags } from '../database/schema.ts'
import { assert } from '../kernel/assert.ts'
import { type Instant, instant, later } from '../kernel/instant.ts'
import { findOffer, type Offer } from '../offers/offer.ts'
import type { BillableInterval, Lifecycle, Suspension, SuspensionReason } from './subscription.ts'

/** A subscription as it is stored, with the facts of its life. */
export type Subscription = {
  readonly tenantId: string
  readonly subscriptionId: string
  readonly billingAccountKey: string
  /** The test clock of its billing account; null: real time. */
  readonly clockKey: string | null
  readonly offer: Offer
  readonly displayName: string
  readonly workload: string
  readonly tags: Tags
  readonly createdAt: Instant
  readonly planVersion: number
  /** Of the billing account: pinned by cancel plans as well. */
  readonly billingVersion: number
  /** Of the billing account: how soon its last subscription's final invoice comes. */
  readonly lastSubscriptionInvoice: 'usualDate' | 'atClose'
  /** An invoice of the billing account is overdue. */
  readonly pastDue: boolean
  readonly lifecycle: Lifecycle
}

/** `/subscriptions/<id>`: the scope of a subscription, in lower case. */
export function subscriptionScope(subscriptionId: string): string {
  return `/subscriptions/${subscriptionId.toLowerCase()}`
}

type Reader = Pick<Kysely<Schema>, 'selectFrom'>

/** Of this tenant only: another's subscription is not there. */
export async function readSubscription(
  db: Reader,
  tenantId: string,
  subscriptionId: string,
): Promise<Subscription | null> {
  const row = await selectSubscription(db)
    .where('s.subscription_id', '=', subscriptionId)
    .where('s.tenant_id', '=', tenantId)
    .executeTakeFirst()
  return row === undefined ? null : subscriptionOf(db, row)
}

/** Of any tenant: for workers, which act for all of them. */
export async function readSubscriptionById(
  db: Reader,
  subscriptionId: string,
): Promise<Subscription | null> {
  const row = await selectSubscription(db)
    .where('s.subscription_id', '=', subscriptionId)
    .executeTakeFirst()
  return row === undefined ? null : subscriptionOf(db, row)
}

export async function listSubscriptions(
  db: Reader,
  tenantId: string,
  page: { readonly after: string | null; readonly limit: number },
): Promise<readonly Subscription[]> {
  let query = selectSubscription(db)
    .where('s.tenant_id', '=', tenantId)
    .where('s.purge_started_at', 'is', null)
    .orderBy('s.subscription_id')
    .limit(page.limit)
  if (page.after !== null) query = query.where('s.subscription_id', '>', page.after)
  const rows = await query.execute()
  return Promise.all(rows.map((row) => subscriptionOf(db, row)))
}

/** Those that one billing account pays for; purged ones only if they are asked for. */
export async function listSubscriptionsOfAccount(
  db: Reader,
  { tenantId, accountKey }: { readonly tenantId: string; readonly accountKey: string },
  page: { readonly after: string | null; readonly limit: number; readonly withDeleted: boolean },
): Promise<readonly Subscription[]> {
  let query = selectSubscription(db)
    .where('s.tenant_id', '=', tenantId)
    .where('s.billing_account_key', '=', accountKey)
    .orderBy('s.subscription_id')
    .limit(page.limit)
  if (!page.withDeleted) query = query.where('s.purge_started_at', 'is', null)
  if (page.after !== null) query = query.where('s.subscription_id', '>', page.after)
  const rows = await query.execute()
  return Promise.all(rows.map((row) => subscriptionOf(db, row)))
}

/**
 * A subscription whose row is locked until the transaction ends, and its `now`: never before the
 * last event of its history, so that a clock that jumped back cannot make history go backwards, and
 * never before what is invoiced, so that nothing that was charged is ended afterwards.
 */
export type LockedSubscription = Subscription & { readonly now: Instant }

/** Lock, then read: what is decided afterwards holds when it is recorded. */
export async function lockSubscription(
  tx: Transaction<Schema>,
  subscriptionId: string,
  realNow: Instant,
): Promise<LockedSubscription | null> {
  const locked = await tx
    .selectFrom('subscriptions')
    .select(['subscription_id', 'tenant_id'])
    .where('subscription_id', '=', subscriptionId)
    .forUpdate()
    .executeTakeFirst()
  if (locked === undefined) return null
  const row = await selectSubscription(tx)
    .where('s.subscription_id', '=', subscriptionId)
    .executeTakeFirst()
  assert(row !== undefined, 'a locked subscription is there')
  const subscription = await subscriptionOf(tx, row)
  const clockNow = subscription.clockKey === null ? realNow : await holdClock(tx, subscription)
  const lastAt = row.last_at === null ? clockNow : instantOf(row.last_at)
  return { ...subscription, now: later(later(clockNow, lastAt), instantOf(row.billed_until)) }
}

/**
 * Where a test clock stands, and stays until the transaction ends. Else an advance that went by
 * meanwhile would have looked for due dates before this one was there, and passed it without its
 * work.
 */
async function holdClock(
  tx: Transaction<Schema>,
  { tenantId, clockKey }: Pick<Subscription, 'tenantId' | 'clockKey'>,
): Promise<Instant> {
  const clock = await tx
    .selectFrom('test_clocks')
    .select('now_at')
    .where('tenant_id', '=', tenantId)
    .where('name_key', '=', clockKey)
    .forShare()
    .executeTakeFirst()
  assert(clock !== undefined, 'a clock that drives an account is never removed')
  return instantOf(clock.now_at)
}

function selectSubscription(db: Reader) {
  return db
    .selectFrom('subscriptions as s')
    .innerJoin('billing_accounts as b', (join) =>
      join
        .onRef('b.tenant_id', '=', 's.tenant_id')
        .onRef('b.name_key', '=', 's.billing_account_key'),
    )
    .leftJoin('streams as e', (join) =>
      join
        .onRef('e.tenant_id', '=', 's.tenant_id')
        .on('e.stream', '=', sql<string>`'subscription/' || s.subscription_id`),
    )
    .selectAll('s')
    .select(['b.test_clock_key', 'b.overdue_since', 'b.billing_version', 'b.billed_until'])
    .select('e.last_at')
    .select('b.last_subscription_invoice')
}

type Row = Awaited<ReturnType<ReturnType<typeof selectSubscription>['execute']>>[number]

async function subscriptionOf(db: Reader, row: Row): Promise<Subscription> {
  const offer = findOffer(row.offer)
  assert(offer !== null, `a subscription of an unknown offer: ${row.offer}`)
  return {
    tenantId: row.tenant_id,
    subscriptionId: row.subscription_id,
    billingAccountKey: row.billing_account_key,
    clockKey: row.test_clock_key,
    offer,
    displayName: row.display_name,
    workload: row.workload,
    tags: row.tags,
    createdAt: instantOf(row.created_at),
    planVersion: Number(row.plan_version),
    billingVersion: Number(row.billing_version),
    lastSubscriptionInvoice: row.last_subscription_invoice as 'usualDate' | 'atClose',
    pastDue: row.overdue_since !== null,
    lifecycle: {
      offer: offer.name,
      accountAdministrator: row.account_administrator,
      generation: Number(row.generation),
      // Most subscriptions are in use: only a suspended one is worth the second look.
      suspensions: row.suspended_since === null ? [] : await readSuspensions(db, row),
      suspendedSince: orNull(row.suspended_since),
      confirmedAt: orNull(row.confirmed_at),
      cancelledAt: orNull(row.cancelled_at),
      deletableFrom: orNull(row.deletable_from),
      purgeAt: orNull(row.purge_at),
      purgeStartedAt: orNull(row.purge_started_at),
      purgedAt: orNull(row.purged_at),
      billable: [],
      term:
        row.term_ends_at === null
          ? null
          : { endsAt: instantOf(row.term_ends_at), renews: row.term_renews === true },
    },
  }
}

async function readSuspensions(db: Reader, row: Row): Promise<readonly Suspension[]> {
  const rows = await db
    .selectFrom('suspensions')
    .select(['reason', 'effective_at'])
    .where('subscription_id', '=', row.subscription_id)
    .orderBy('effective_at')
    .orderBy('reason')
    .execute()
  return rows.map((suspension) => ({
    reason: suspension.reason as SuspensionReason,
    effectiveAt: instantOf(suspension.effective_at),
  }))
}

/** The times in which a subscription is charged, oldest first. */
export async function readBillableIntervals(
  db: Reader,
  subscriptionId: string,
): Promise<readonly BillableInterval[]> {
  const rows = await db
    .selectFrom('billable_intervals')
    .select(['opened_at', 'closed_at'])
    .where('subscription_id', '=', subscriptionId)
    .orderBy('interval_number')
    .execute()
  return rows.map((row) => ({
    openedAt: instantOf(row.opened_at),
    closedAt: orNull(row.closed_at),
  }))
}

function orNull(value: bigint | null): Instant | null {
  return value === null ? null : instant(Number(value))
}
