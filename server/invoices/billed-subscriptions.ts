import { type Kysely, sql } from 'kysely'
import type { BillingAccount } from '../billing-accounts/store.ts'
import { instantOf } from '../database/connection.ts'
import type { Schema } from '../database/schema.ts'
import type { Instant } from '../kernel/instant.ts'
import { type OfferName, offers } from '../offers/offer.ts'
import type { SubscriptionUsage, Window } from '../usage/rate.ts'
import { type BilledSubscription, type RemainingCredit, stillLimited } from './invoice-lines.ts'

export type BilledRow = Awaited<ReturnType<typeof readBilledSubscriptions>>[number]

/** Those that may have used something in the period, with what is left of their credit. */
export function readBilledSubscriptions(
  db: Pick<Kysely<Schema>, 'selectFrom'>,
  { tenantId, nameKey }: BillingAccount,
  { from, to }: Window,
  page: {
    readonly after: string
    readonly limit: number
    /** Those as well of which only usage that came late is left to bill. */
    readonly withLateUsage?: boolean
  },
) {
  return db
    .selectFrom('subscriptions as s')
    .leftJoin('credits as c', 'c.subscription_id', 's.subscription_id')
    .select(['s.subscription_id', 's.offer', 's.display_name', 's.created_at', 's.term_ends_at'])
    .select(['c.amount as credit_amount', 'c.used as credit_used', 'c.expires_at as credit_ends'])
    .select('c.limited_until')
    .where('s.tenant_id', '=', tenantId)
    .where('s.billing_account_key', '=', nameKey)
    .where('s.subscription_id', '>', page.after)
    .where('s.created_at', '<', BigInt(to))
    .where(
      sql<boolean>`(s.term_ends_at > ${from}::int8 or exists (
        select from billable_intervals b where b.subscription_id = s.subscription_id
          and (b.closed_at is null or b.closed_at > ${from}::int8))
        or (${page.withLateUsage === true} and exists (
          select from late_usage l where l.tenant_id = s.tenant_id
            and l.account_key = s.billing_account_key and l.subscription_id = s.subscription_id
            and l.document_id is null)))`,
    )
    .orderBy('s.subscription_id')
    .limit(page.limit)
    .execute()
}

/** One of them, with what it used, as an invoice sees it; a purged one by its id. */
export function toBill(row: BilledRow, usage: SubscriptionUsage): BilledSubscription {
  return {
    subscriptionId: row.subscription_id,
    displayName: row.display_name === '' ? row.subscription_id : row.display_name,
    limitedUntil: limitedUntil(row),
    credit: creditOf(row),
    usage,
  }
}

/** Until when a trial's spending limit held; null: it never had one. */
export function limitedUntil(row: {
  readonly offer: string
  readonly limited_until: bigint | null
}): Instant | null {
  if (offers[row.offer as OfferName].spendingLimit === 'On') return stillLimited
  return row.limited_until === null ? null : instantOf(row.limited_until)
}

function creditOf(row: BilledRow): RemainingCredit | null {
  const { credit_amount, credit_used, credit_ends } = row
  if (credit_amount === null || credit_used === null || credit_ends === null) return null
  return { left: credit_amount - credit_used, expiresAt: instantOf(credit_ends) }
}
