import type { Database } from '../database/connection.ts'
import type { Schema } from '../database/schema.ts'
import { formatInstant } from '../kernel/instant.ts'
import { type Operation, operation, refuseRequest } from '../pipeline/operation.ts'
import { enableAction } from '../roles/authorise.ts'
import { subscriptionApiVersions } from './api-versions.ts'
import { type ReactivateRefusal, decideReactivate } from './reactivate.ts'
import { type LifecycleDependencies, recordLifecycle } from './record-lifecycle.ts'
import { lockSubscription } from './store.ts'

export type EnableDependencies = LifecycleDependencies & {
  readonly database: Database<Schema>
  readonly wakeWorkers: () => void
}

/**
 * Lifts `Cancelled`. Other suspensions stay; `lifecycles/default` names them and their way back.
 */
export function enableOperation(dependencies: EnableDependencies): Operation {
  const { database, wakeWorkers } = dependencies
  return operation({
    name: 'Subscription_Enable',
    method: 'POST',
    paths: ['/subscriptions/:subscriptionId/providers/Microsoft.Subscription/enable'],
    type: 'Microsoft.Subscription/enable',
    apiVersions: subscriptionApiVersions,
    action: enableAction,
    whenSuspended: { allow: 'it is the way back' },
    handle: async ({ caller, params, realNow }) => {
      const subscriptionId = String(params['subscriptionId']).toLowerCase()
      await database.transaction(async (tx) => {
        const subscription = await lockSubscription(tx, subscriptionId, realNow)
        if (subscription === null || subscription.tenantId !== caller.tenantId) {
          refuseRequest('subscriptionNotFound', { subscriptionId })
        }
        const decision = decideReactivate(subscription.lifecycle, subscription.now)
        if (!decision.accepted) refuseEnable(subscriptionId, decision.refusal)
        const context = { actor: caller.principalId, realNow }
        await recordLifecycle(tx, subscription, decision.value, context, dependencies)
      })
      wakeWorkers()
      return { status: 200, body: { subscriptionId } }
    },
  })
}

function refuseEnable(subscriptionId: string, refusal: ReactivateRefusal): never {
  if (refusal.code === 'SubscriptionNotFound') {
    refuseRequest('subscriptionNotFound', { subscriptionId })
  }
  if (refusal.code === 'TermEnded') {
    refuseRequest('termEnded', { subscriptionId, endedAt: formatInstant(refusal.endedAt) })
  }
  refuseRequest('retentionEnded', { subscriptionId, purgeAt: formatInstant(refusal.purgeAt) })
}
