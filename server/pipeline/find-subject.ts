import type { Kysely } from 'kysely'
import type { Schema } from '../database/schema.ts'
import { isUuid } from '../kernel/ids.ts'
import { isVisible } from '../roles/authorise.ts'
import { type Subscription, readSubscription, subscriptionScope } from '../subscriptions/store.ts'
import { publishedState } from '../subscriptions/subscription.ts'
import { type Caller, type Operation, refuseRequest } from './operation.ts'

/**
 * The subscription that a path names. What a caller may not see does not exist for him: one of
 * another tenant, one on which he holds nothing, and a purged one all answer alike.
 */
export async function findSubscription(
  db: Kysely<Schema>,
  operation: Operation,
  params: { readonly [name: string]: string },
  caller: Caller,
): Promise<Subscription | null> {
  const subscriptionId = params['subscriptionId']
  if (subscriptionId === undefined) return null
  if (!isUuid(subscriptionId)) refuseRequest('invalidSubscriptionId', { subscriptionId })
  const found = await readSubscription(db, caller.tenantId, subscriptionId.toLowerCase())
  if (found === null || !isVisibleTo(found, operation, caller)) {
    refuseRequest('subscriptionNotFound', { subscriptionId })
  }
  return found
}

function isVisibleTo(found: Subscription, operation: Operation, caller: Caller): boolean {
  const purged = publishedState(found.lifecycle) === 'Deleted'
  if (purged && operation.afterPurge !== true) return false
  if (caller.principalId === found.lifecycle.accountAdministrator) return true
  const account = { ...caller, subscription: null, scopeKey: billingScope(found) }
  // What is left of a purged subscription is its billing account's; its old roles count no more.
  if (operation.afterPurge === true && isVisible(account)) return true
  if (purged) return false
  return isVisible({
    ...caller,
    subscription: null,
    scopeKey: subscriptionScope(found.subscriptionId),
  })
}

/** The scope of the billing account that a subscription is charged to, in lower case. */
export function billingScope(subscription: Pick<Subscription, 'billingAccountKey'>): string {
  return `/providers/microsoft.billing/billingaccounts/${subscription.billingAccountKey}`
}
