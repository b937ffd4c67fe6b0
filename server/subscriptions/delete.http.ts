import { Type } from 'typebox'
import type { Database } from '../database/connection.ts'
import type { Schema } from '../database/schema.ts'
import { formatInstant } from '../kernel/instant.ts'
import { acceptedAnswer } from '../operations/asynchronous-operation.ts'
import { startOperation } from '../operations/store.ts'
import { type Operation, operation, refuseRequest } from '../pipeline/operation.ts'
import { deleteAction } from '../roles/authorise.ts'
import { lifecycleApiVersions } from './api-versions.ts'
import { deletionKind } from './delete-progress.ts'
import { type DeleteRefusal, decideDelete } from './purge.ts'
import { type LifecycleDependencies, recordLifecycle } from './record-lifecycle.ts'
import { lockSubscription } from './store.ts'

export type DeleteDependencies = LifecycleDependencies & {
  readonly database: Database<Schema>
  readonly wakeWorkers: () => void
}

/**
 * The early end of the retention: by whoever may cancel, some days after the cancel, name typed.
 */
export function deleteOperation(dependencies: DeleteDependencies): Operation {
  return operation<{ readonly subscriptionName: string }>({
    name: 'Subscription_Delete',
    method: 'POST',
    paths: ['/subscriptions/:subscriptionId/providers/Reprieve.Lifecycle/delete'],
    type: 'Reprieve.Lifecycle/delete',
    apiVersions: lifecycleApiVersions,
    action: deleteAction,
    whenSuspended: { allow: 'only what is cancelled can be deleted' },
    body: Type.Object(
      { subscriptionName: Type.String({ minLength: 1, maxLength: 256 }) },
      { additionalProperties: false },
    ),
    handle: async (request) => {
      const { caller, params, body, realNow } = request
      const { tenantId } = caller
      const operationId = dependencies.random.uuid()
      const subscriptionId = String(params['subscriptionId']).toLowerCase()
      await dependencies.database.transaction(async (tx) => {
        const subscription = await lockSubscription(tx, subscriptionId, realNow)
        if (subscription === null || subscription.tenantId !== tenantId) {
          refuseRequest('subscriptionNotFound', { subscriptionId })
        }
        const names = { typed: body.subscriptionName, actual: subscription.displayName }
        const decision = decideDelete(subscription.lifecycle, names, subscription.now)
        if (!decision.accepted) refuseDelete(subscriptionId, decision.refusal)
        const context = { actor: caller.principalId, realNow }
        await recordLifecycle(tx, subscription, decision.value, context, dependencies)
        const deletion = { kind: deletionKind, subject: subscriptionId }
        const by = { operationId, tenantId, subscriptionId, caller: caller.principalId }
        await startOperation(tx, { ...by, ...deletion }, realNow)
      })
      dependencies.wakeWorkers()
      return acceptedAnswer({ operationId, subscriptionId }, request, 'both')
    },
  })
}

function refuseDelete(subscriptionId: string, refusal: DeleteRefusal): never {
  switch (refusal.code) {
    case 'SubscriptionNotCancelled':
      return refuseRequest('notCancelled', { subscriptionId })
    case 'NotYetDeletable':
      return refuseRequest('notYetDeletable', {
        subscriptionId,
        deletableFrom: formatInstant(refusal.deletableFrom),
      })
    case 'SubscriptionNameMismatch':
      return refuseRequest('nameMismatch', {})
  }
}
