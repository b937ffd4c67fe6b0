import type { Transaction } from 'kysely'
import type { Schema } from '../database/schema.ts'
import type { Random } from '../kernel/ids.ts'
import type { Instant } from '../kernel/instant.ts'
import { type Offer, type OfferName, offers } from '../offers/offer.ts'
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
  random: Random,
): Promise<void> {
  const trials = Object.values(offers).filter((offer) => offer.spendingLimit === 'On')
  let query = tx
    .selectFrom('subscriptions as s')
    .innerJoin('billing_accounts as b', (join) =>
      join
        .onRef('b.tenant_id', '=', 's.tenant_id')
        .onRef('b.name_key', '=', 's.billing_account_key'),
    )
    .select(['s.subscription_id', 's.tenant_id', 's.offer', 'b.test_clock_key'])
    .where(
      's.offer',
      'in',
      trials.map((offer) => offer.name),
    )
    .where('s.suspended_since', 'is', null)
    .where('s.purge_started_at', 'is', null)
    .orderBy('s.subscription_id')
  query =
    priceListKey === 'default'
      ? query.where('b.prices_as_of', 'is', null)
      : query.where('b.price_list_key', '=', priceListKey)
  for (const row of await query.execute()) {
    const offer = offers[row.offer as OfferName]
    const { subscription_id: subscriptionId, tenant_id: tenantId, test_clock_key: clockKey } = row
    await planCreditCheck(tx, { tenantId, subscriptionId, clockKey, offer }, realNow, random)
  }
}
