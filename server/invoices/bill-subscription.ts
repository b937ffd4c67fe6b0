import type { Kysely } from 'kysely'
import type { BillingAccount } from '../billing-accounts/store.ts'
import { instantOf } from '../database/connection.ts'
import type { Schema } from '../database/schema.ts'
import { assert } from '../kernel/assert.ts'
import type { PriceBook } from '../prices/price-book.ts'
import type { Subscription } from '../subscriptions/store.ts'
import type { SubscriptionUsage, Window } from '../usage/rate.ts'
import { type UsageSubject, readUsage } from '../usage/read-usage.ts'
import { priceBooks } from './bill-account.ts'
import { limitedUntil } from './billed-subscriptions.ts'
import { type BilledLines, type RemainingCredit, billSubscription } from './invoice-lines.ts'

type Reader = Pick<Kysely<Schema>, 'selectFrom'>

/** A subscription's lines for a window, as an invoice has them, and what they are made of. */
export type BilledOne = BilledLines & {
  readonly usage: SubscriptionUsage
  readonly prices: PriceBook
  readonly credit: RemainingCredit | null
}

export async function billOne(
  db: Reader,
  account: BillingAccount,
  subscription: Subscription,
  window: Window,
): Promise<BilledOne> {
  const { subscriptionId, displayName, offer } = subscription
  const usage = (await readUsage(db, [usageSubject(subscription)], window)).get(subscriptionId)
  assert(usage !== undefined, 'usage was read for this subscription')
  const row = await db
    .selectFrom('credits')
    .select(['amount', 'used', 'expires_at', 'limited_until'])
    .where('subscription_id', '=', subscriptionId)
    .executeTakeFirst()
  const credit =
    row === undefined ? null : { left: row.amount - row.used, expiresAt: instantOf(row.expires_at) }
  const prices = await priceBooks(db, account)(offer.name)
  const limit = { offer: offer.name, limited_until: row?.limited_until ?? null }
  const billed = { subscriptionId, displayName, limitedUntil: limitedUntil(limit) }
  const { currency } = account
  const bill = billSubscription({ ...billed, credit, usage }, prices, currency, window)
  return { ...bill, usage, prices, credit }
}

/** What to read the usage of a subscription by. */
export function usageSubject({
  subscriptionId,
  offer,
  createdAt,
  lifecycle,
}: Subscription): UsageSubject {
  return {
    subscription_id: subscriptionId,
    offer: offer.name,
    created_at: BigInt(createdAt),
    term_ends_at: lifecycle.term === null ? null : BigInt(lifecycle.term.endsAt),
  }
}
