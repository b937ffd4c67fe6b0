import { Type } from 'typebox'
import type { Database } from '../database/connection.ts'
import type { Schema } from '../database/schema.ts'
import { formatInstant } from '../kernel/instant.ts'
import type { OfferName } from '../offers/offer.ts'
import { type Operation, operation, refuseRequest } from '../pipeline/operation.ts'
import { upgradeAction } from '../roles/authorise.ts'
import { lifecycleApiVersions } from './api-versions.ts'
import { whoMay } from './read-only.ts'
import { type LifecycleDependencies, recordLifecycle } from './record-lifecycle.ts'
import { type LockedSubscription, lockSubscription } from './store.ts'
import { type UpgradeRefusal, decideUpgrade } from './upgrade.ts'

export type UpgradeDependencies = LifecycleDependencies & {
  readonly database: Database<Schema>
  readonly wakeWorkers: () => void
}

const upgradedTo: OfferName = 'PayAsYouGo'

/** A trial's way back, and its way on: what is left of its credit stays until its date. */
export function upgradeOperation(dependencies: UpgradeDependencies): Operation {
  const { database, wakeWorkers } = dependencies
  return operation<{ readonly offer?: string }>({
    name: 'Subscription_Upgrade',
    method: 'POST',
    paths: ['/subscriptions/:subscriptionId/providers/Reprieve.Lifecycle/upgrade'],
    type: 'Reprieve.Lifecycle/upgrade',
    apiVersions: lifecycleApiVersions,
    action: upgradeAction,
    whenSuspended: { allow: 'it is the way back of a trial' },
    body: Type.Object(
      { offer: Type.Optional(Type.String({ enum: [upgradedTo] })) },
      { additionalProperties: false },
    ),
    bodyOptional: true,
    handle: async ({ caller, params, realNow }) => {
      const subscriptionId = String(params['subscriptionId']).toLowerCase()
      const left = await database.transaction(async (tx) => {
        const subscription = await lockSubscription(tx, subscriptionId, realNow)
        if (subscription === null || subscription.tenantId !== caller.tenantId) {
          refuseRequest('subscriptionNotFound', { subscriptionId })
        }
        const { lifecycle, now } = subscription
        const decision = decideUpgrade(lifecycle, upgradedTo, now)
        if (!decision.accepted) refuseUpgrade(subscription, decision.refusal)
        const context = { actor: caller.principalId, realNow }
        return recordLifecycle(tx, subscription, decision.value, context, dependencies)
      })
      wakeWorkers()
      const suspensions = left.suspensions.map(({ reason }) => reason)
      return { status: 200, body: { subscriptionId, offer: left.offer, suspensions } }
    },
  })
}

function refuseUpgrade(subscription: LockedSubscription, refusal: UpgradeRefusal): never {
  const { subscriptionId, offer, lifecycle } = subscription
  switch (refusal.code) {
    case 'SubscriptionNotFound':
      return refuseRequest('subscriptionNotFound', { subscriptionId })
    case 'RetentionEnded':
      return refuseRequest('retentionEnded', {
        subscriptionId,
        purgeAt: formatInstant(refusal.purgeAt),
      })
    case 'NotATrial':
      return refuseRequest('notATrial', { subscriptionId, offer: refusal.offer })
    case 'Cancelled': {
      const who = whoMay('reactivate', offer, lifecycle.accountAdministrator)
      return refuseRequest('upgradeCancelled', { subscriptionId, who })
    }
  }
}
