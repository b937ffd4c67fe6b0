import type { Transaction } from 'kysely'
import { type BillingAccount, bumpBillingVersion } from '../billing-accounts/store.ts'
import type { Schema } from '../database/schema.ts'
import { planInvoice } from '../invoices/plan-invoice.ts'
import { assert } from '../kernel/assert.ts'
import { parseAmount } from '../kernel/currency.ts'
import type { Random } from '../kernel/ids.ts'
import { type Instant, addDays } from '../kernel/instant.ts'
import { type Offer, isSupportPlan } from '../offers/offer.ts'
import { endTermWork } from '../subscriptions/record-lifecycle.ts'
import type { SubscriptionTerm } from '../subscriptions/subscription.ts'
import { enqueue } from '../work/work.ts'

type Begun = {
  readonly tenantId: string
  readonly subscriptionId: string
  readonly account: BillingAccount
  readonly offer: Offer
  readonly term: SubscriptionTerm | null
  readonly now: Instant
}

/** What an offer's terms ask for from the first instant: its invoices, its end, its credit. */
export async function beginTerms(
  tx: Transaction<Schema>,
  begun: Begun,
  realNow: Instant,
  random: Random,
): Promise<void> {
  const { tenantId, subscriptionId, account, offer, term } = begun
  // A commitment is named by the cancel plans of everything that the plan serves. The account comes
  // before its work, as whoever invoices it takes them.
  if (isSupportPlan(offer)) await bumpBillingVersion(tx, tenantId, account.nameKey)
  await planInvoice(tx, account, realNow, random)
  if (term !== null) {
    const subject = { subscriptionId }
    const order = { tenantId, kind: endTermWork, key: subscriptionId, subject, hostId: null }
    const clockKey = account.testClockKey
    await enqueue(tx, { ...order, clockKey, dueAt: term.endsAt }, realNow, random)
  }
  if (offer.credit !== null) await grantCredit(tx, begun, offer.credit)
}

async function grantCredit(
  tx: Transaction<Schema>,
  { tenantId, subscriptionId, account, now }: Begun,
  credit: NonNullable<Offer['credit']>,
): Promise<void> {
  const { currency } = account
  const amount = parseAmount(credit.amounts[currency], currency)
  assert(amount !== null, `an offer's credit is an amount of its currency: ${currency}`)
  await tx
    .insertInto('credits')
    .values({
      subscription_id: subscriptionId,
      tenant_id: tenantId,
      currency,
      amount,
      used: 0n,
      granted_at: now,
      expires_at: addDays(now, credit.days),
      limited_until: null,
    })
    .execute()
}
