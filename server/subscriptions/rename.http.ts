import { Type } from 'typebox'
import { type Operation, operation } from '../pipeline/operation.ts'
import { subscriptionApiVersions } from './api-versions.ts'
import { type ChangeDependencies, changeSubscription } from './change.ts'

const whenSuspended = { refuse: 'a name is a property of a subscription in use' } as const

export function renameOperation(dependencies: ChangeDependencies): Operation {
  return operation<{ readonly subscriptionName: string }>({
    name: 'Subscription_Rename',
    method: 'POST',
    paths: ['/subscriptions/:subscriptionId/providers/Microsoft.Subscription/rename'],
    type: 'Microsoft.Subscription/rename',
    apiVersions: subscriptionApiVersions,
    action: 'Microsoft.Subscription/rename/action',
    whenSuspended,
    body: Type.Object({ subscriptionName: Type.String({ minLength: 1, maxLength: 64 }) }),
    handle: async ({ caller, params, body, realNow }) => {
      const subscriptionId = String(params['subscriptionId']).toLowerCase()
      await changeSubscription(
        dependencies,
        {
          tenantId: caller.tenantId,
          subscriptionId,
          actor: caller.principalId,
          realNow,
          whenSuspended,
        },
        async ({ tx, record }) => {
          await tx
            .updateTable('subscriptions')
            .set({ display_name: body.subscriptionName })
            .where('subscription_id', '=', subscriptionId)
            .execute()
          await record('SubscriptionRenamed', {})
        },
      )
      return { status: 200, body: { subscriptionId } }
    },
  })
}
