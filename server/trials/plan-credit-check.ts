import { type Transaction, sql } from 'kysely'
import type { Schema } from '../database/schema.ts'
import type { Random } from '../kernel/ids.ts'
import type { Instant } from '../kernel/instant.ts'
import type { Offer } from '../offers/offer.ts'
import { enqueue } from '../work/work.ts'

const checkWork = 'check-credit'

/**
 * Something of a trial began to be charged, or is charged at another rate: when its limit is
 * reached must be reckoned anew. Of other offers there is nothing to plan.
 */
export async function planCreditCheck(
  tx: Transaction<Schema>,
  subscription: {
    readonly tenantId: string
    readonly subscriptionId: string
    readonly clockKey: string | null
    readonly offer: Offer
  },
  realNow: Instant,
  random: Random,
  dueAt: Instant | null = null,
): Promise<void> {
  if (subscription.offer.spendingLimit === 'Off') return
  const { tenantId, subscriptionId: key, clockKey } = subscription
  const order = { tenantId, kind: checkWork, key, subject: {}, clockKey, dueAt, hostId: null }
  await enqueue(tx, order, realNow, random)
}

/** Prices have changed: when the limit of every trial that pays by them is reached, as well. */
export async function checkCreditsAgain(
  tx: Transaction<Schema>,
  priceListKey: string,
  realNow: Instant,
): Promise<void> {
  const isDefault = priceListKey === 'default'
  await sql`update work w set due_at = null, next_try_at = ${realNow}::int8, first_try_at = null,
      version = w.version + 1
    from subscriptions s join billing_accounts b
      on b.tenant_id = s.tenant_id and b.name_key = s.billing_account_key
    where w.kind = ${checkWork} and w.key = s.subscription_id::text
      and case when ${isDefault} then b.prices_as_of is null
        else b.price_list_key = ${priceListKey}::text end`.execute(tx)
}
