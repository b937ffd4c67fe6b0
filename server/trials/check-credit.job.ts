import type { Transaction } from 'kysely'
import { readBillingAccount } from '../billing-accounts/store.ts'
import { type Database, instantOf } from '../database/connection.ts'
import type { Schema } from '../database/schema.ts'
import { assert } from '../kernel/assert.ts'
import type { Currency } from '../kernel/currency.ts'
import { type Clock, type Instant, earlier } from '../kernel/instant.ts'
import { readPriceBook } from '../prices/store.ts'
import { type LifecycleDependencies, recordLifecycle } from '../subscriptions/record-lifecycle.ts'
import { type LockedSubscription, lockSubscription } from '../subscriptions/store.ts'
import { decideSuspend } from '../subscriptions/suspend.ts'
import { readUsage } from '../usage/read-usage.ts'
import { type ClaimedWork, type WorkOutcome, workDone } from '../work/work.ts'
import { type LimitCheck, checkLimit } from './limit.ts'
import { planCreditCheck } from './plan-credit-check.ts'

export type CheckCreditDependencies = LifecycleDependencies & {
  readonly database: Database<Schema>
  readonly clock: Clock
  readonly wakeWorkers: () => void
}

/** Suspends a trial that has used up its credit; else looks again when it will have. */
export async function checkCredit(
  work: ClaimedWork,
  dependencies: CheckCreditDependencies,
): Promise<WorkOutcome> {
  const { database, clock, random, wakeWorkers } = dependencies
  const realNow = clock.now()
  await database.transaction(async (tx) => {
    const subscription = await lockSubscription(tx, work.key, realNow)
    if (subscription === null || subscription.offer.spendingLimit === 'Off') return
    const { lifecycle, now, offer } = subscription
    // While it is suspended nothing is charged; its way back reckons anew.
    if (lifecycle.suspensions.length > 0) return
    const check = await readLimit(tx, subscription)
    if (check === null) return
    if (!check.reached) {
      if (check.lookAgainAt === null) return
      // At its end it is suspended anyway: no look is planned for years ahead.
      const ends = lifecycle.term?.endsAt ?? now
      const dueAt = ends > now ? earlier(check.lookAgainAt, ends) : check.lookAgainAt
      await planCreditCheck(tx, subscription, realNow, random, dueAt)
      return
    }
    const decision = decideSuspend(lifecycle, 'SpendingLimitReached', offer, now)
    if (!decision.accepted) return
    const context = { actor: 'system', realNow }
    await recordLifecycle(tx, subscription, decision.value, context, dependencies)
  })
  wakeWorkers()
  return workDone
}

/** Null: a subscription without credit. */
async function readLimit(
  tx: Transaction<Schema>,
  subscription: LockedSubscription,
): Promise<LimitCheck | null> {
  const { tenantId, subscriptionId, now } = subscription
  const credit = await tx
    .selectFrom('credits')
    .selectAll()
    .where('subscription_id', '=', subscriptionId)
    .executeTakeFirst()
  if (credit === undefined) return null
  const account = await readBillingAccount(tx, tenantId, subscription.billingAccountKey)
  assert(account !== null, 'a billing account is never removed')
  const prices = await readPriceBook(tx, { ...account, pricesOf: subscription.offer.prices })
  const grantedAt = instantOf(credit.granted_at)
  const subject = {
    subscription_id: subscriptionId,
    offer: subscription.offer.name,
    created_at: credit.granted_at,
    term_ends_at: null,
  }
  // What opened at this very instant counts from now on.
  const window = { from: grantedAt, to: (now + 1) as Instant }
  const usage = (await readUsage(tx, [subject], window)).get(subscriptionId)
  assert(usage !== undefined, 'usage was read for this subscription')
  const { amount } = credit
  return checkLimit(
    usage,
    prices,
    { currency: credit.currency as Currency, amount, grantedAt },
    now,
  )
}
