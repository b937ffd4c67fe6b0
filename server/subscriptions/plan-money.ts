import type { Transaction } from 'kysely'
import { bumpBillingVersion, readBillingAccount } from '../billing-accounts/store.ts'
import type { Schema } from '../database/schema.ts'
import { closeAfterMs } from '../invoices/close-cycle.ts'
import { planInvoice } from '../invoices/plan-invoice.ts'
import { assert } from '../kernel/assert.ts'
import type { Random } from '../kernel/ids.ts'
import { type Instant, addMs } from '../kernel/instant.ts'
import { offers } from '../offers/offer.ts'
import { planCreditCheck } from '../trials/plan-credit-check.ts'
import { enqueue } from '../work/work.ts'
import type { LockedSubscription } from './store.ts'
import type { Lifecycle } from './subscription.ts'

/**
 * What a change of a subscription's life means for its account's money: what is charged again is
 * invoiced, a trial's limit is reckoned anew, a commitment is pinned by the plans that name it, and
 * the account's cycle is closed soon where its terms say so.
 */
export async function planMoney(
  tx: Transaction<Schema>,
  subscription: LockedSubscription,
  after: Lifecycle,
  realNow: Instant,
  random: Random,
): Promise<void> {
  const before = subscription.lifecycle
  const isCancelled = before.cancelledAt === null && after.cancelledAt !== null
  if (isCancelled && subscription.lastSubscriptionInvoice === 'atClose') {
    await planClose(tx, subscription, addMs(subscription.now, closeAfterMs), realNow, random)
  }
  if (before.offer !== after.offer) await endLimit(tx, subscription)
  const isBack = before.suspensions.length > 0 && after.suspensions.length === 0
  const isOtherTerm = before.term?.renews !== after.term?.renews
  if (!isBack && !isOtherTerm) return
  const { tenantId, billingAccountKey } = subscription
  const account = await readBillingAccount(tx, tenantId, billingAccountKey)
  assert(account !== null, 'a billing account is never removed')
  // The account before its work, as whoever invoices it takes them.
  if (isOtherTerm) await bumpBillingVersion(tx, tenantId, account.nameKey)
  await planInvoice(tx, account, realNow, random)
  const offer = offers[after.offer]
  if (isBack) await planCreditCheck(tx, { ...subscription, offer }, realNow, random)
}

/** From now on it is charged; what was used before stays within its limit. */
async function endLimit(
  tx: Transaction<Schema>,
  { subscriptionId, now }: LockedSubscription,
): Promise<void> {
  await tx
    .updateTable('credits')
    .set({ limited_until: now })
    .where('subscription_id', '=', subscriptionId)
    .where('limited_until', 'is', null)
    .execute()
}

/** The last cancel counts: one that comes meanwhile puts the close off. */
async function planClose(
  tx: Transaction<Schema>,
  { tenantId, billingAccountKey, clockKey }: LockedSubscription,
  dueAt: Instant,
  realNow: Instant,
  random: Random,
): Promise<void> {
  const key = `${tenantId}/${billingAccountKey}`
  const subject = { account: billingAccountKey }
  const order = { tenantId, kind: 'close-cycle', key, subject, clockKey, dueAt, hostId: null }
  await enqueue(tx, order, realNow, random)
}
