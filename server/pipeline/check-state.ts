import { cancelAction } from '../roles/authorise.ts'
import { readOnlyRefusal } from '../subscriptions/read-only.ts'
import { type Subscription, subscriptionScope } from '../subscriptions/store.ts'
import { isSuspended } from '../subscriptions/subscription.ts'
import { mayAct, refuseAct } from './authorise.ts'
import { type Caller, type Operation, RequestRefused } from './operation.ts'

/**
 * Whether an operation passes while its subscription is suspended. Changes ask again under the lock
 * (`changeSubscription`): this check alone would race with a cancel.
 */
export function checkState(
  operation: Operation,
  subscription: Subscription | null,
  caller: Caller,
): void {
  const { whenSuspended } = operation
  if (subscription === null || typeof whenSuspended === 'string') return
  if (!isSuspended(subscription.lifecycle)) return
  if ('refuse' in whenSuspended) throw new RequestRefused(readOnlyRefusal(subscription))
  if (whenSuspended.asDataLoss !== true) return
  const scope = subscriptionScope(subscription.subscriptionId)
  if (!mayAct(caller, cancelAction, scope, subscription)) {
    refuseAct(caller, cancelAction, scope, subscription)
  }
}
