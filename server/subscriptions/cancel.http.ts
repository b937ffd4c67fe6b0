import type { Transaction } from 'kysely'
import type { Schema } from '../database/schema.ts'
import type { Database } from '../database/connection.ts'
import { type ShownPlanRow, readPlan, recordUsedPlan } from '../cancel-plans/store.ts'
import { formatInstant } from '../kernel/instant.ts'
import {
  type Operation,
  type OperationRequest,
  type OperationResponse,
  operation,
  refuseRequest,
} from '../pipeline/operation.ts'
import { hasResources, nameResources } from '../resources/blocking.ts'
import { cancelAction } from '../roles/authorise.ts'
import { subscriptionApiVersions } from './api-versions.ts'
import { type CancelRefusal, decideCancel } from './cancel.ts'
import { type LifecycleDependencies, recordLifecycle } from './record-lifecycle.ts'
import { type LockedSubscription, lockSubscription } from './store.ts'

export type CancelDependencies = LifecycleDependencies & {
  readonly database: Database<Schema>
  /** Resolves when no host still acknowledges a write that began before (promise 4). */
  readonly barrier: (subscriptionId: string) => Promise<void>
  readonly wakeWorkers: () => void
}

export function cancelOperation(dependencies: CancelDependencies): Operation {
  return operation({
    name: 'Subscription_Cancel',
    method: 'POST',
    paths: ['/subscriptions/:subscriptionId/providers/Microsoft.Subscription/cancel'],
    type: 'Microsoft.Subscription/cancel',
    apiVersions: subscriptionApiVersions,
    action: cancelAction,
    whenSuspended: { allow: 'a repeated cancel is answered, and moves no date' },
    handle: (request) => cancelSubscription(request, dependencies),
  })
}

/**
 * One transaction: the suspension, the billable interval, the dates, the event, the work. The
 * answer waits until every host that holds something has let go of the writes that were under way.
 */
export async function cancelSubscription(
  request: OperationRequest,
  dependencies: CancelDependencies,
): Promise<OperationResponse> {
  const { caller, params, query, realNow } = request
  const subscriptionId = String(params['subscriptionId']).toLowerCase()
  const ignoreResourceCheck = query['ignoreresourcecheck']?.toLowerCase() === 'true'
  const planName = query['cancelplan'] ?? null

  await dependencies.database.transaction(async (tx) => {
    const subscription = await lockSubscription(tx, subscriptionId, realNow)
    if (subscription === null || subscription.tenantId !== caller.tenantId) {
      refuseRequest('subscriptionNotFound', { subscriptionId })
    }
    const plan = planName === null ? null : await planOf(tx, subscription, planName)
    const command = { plan, ignoreResourceCheck }
    const facts = {
      offer: subscription.offer,
      planVersion: subscription.planVersion,
      billingVersion: subscription.billingVersion,
      hasResources:
        plan === null && !ignoreResourceCheck && (await hasResources(tx, subscriptionId)),
    }
    const times = { now: subscription.now, realNow }
    const decision = decideCancel(subscription.lifecycle, command, facts, times)
    if (!decision.accepted) return refuseCancel(tx, subscription, decision.refusal)
    if (decision.value.length === 0) return
    const name = await recordUsedPlan(tx, subscription, plan, request, dependencies.random)
    await recordLifecycle(
      tx,
      subscription,
      decision.value,
      {
        actor: caller.principalId,
        realNow,
        facts: { plan: name, planVersion: subscription.planVersion, ignoreResourceCheck },
      },
      dependencies,
    )
  })
  // Also for a repeat: the first answer may never have been sent.
  await dependencies.barrier(subscriptionId)
  dependencies.wakeWorkers()
  return { status: 200, body: { subscriptionId } }
}

async function planOf(
  tx: Transaction<Schema>,
  subscription: LockedSubscription,
  name: string,
): Promise<ShownPlanRow> {
  const plan = await readPlan(tx, subscription.subscriptionId, name)
  if (plan === null) refuseRequest('planNotFound', { plan: name })
  return plan
}

async function refuseCancel(
  tx: Transaction<Schema>,
  { subscriptionId }: LockedSubscription,
  refusal: CancelRefusal,
): Promise<never> {
  switch (refusal.code) {
    case 'SubscriptionNotFound':
      return refuseRequest('subscriptionNotFound', { subscriptionId })
    case 'PlanExpired':
      return refuseRequest('planExpired', {
        plan: refusal.plan,
        expiredAt: formatInstant(refusal.expiredAt),
      })
    case 'PlanChanged':
      return refuseRequest('planChanged', { plan: refusal.plan })
    case 'ResourcesExist':
      return refuseRequest('resourcesExist', {
        subscriptionId,
        ...(await nameResources(tx, subscriptionId)),
      })
  }
}
