import type { Kysely } from 'kysely'
import type { Database } from '../database/connection.ts'
import type { Schema } from '../database/schema.ts'
import { type EffectSummary, readEffects } from '../effects/summary.ts'
import { type Instant, formatInstant } from '../kernel/instant.ts'
import { type Operation, operation, refuseRequest } from '../pipeline/operation.ts'
import { lifecycleApiVersions } from './api-versions.ts'
import { whoMay } from './read-only.ts'
import { type Subscription, readBillableIntervals } from './store.ts'
import { publishedState } from './subscription.ts'

export type LifecycleViewDependencies = {
  readonly database: Database<Schema>
  /** Real time after which an effect that is not confirmed is shown as stuck. */
  readonly effectLimitMs: number
}

/** Everything that is known of where a subscription stands; answers for a purged one too. */
export function lifecycleOperations({
  database,
  effectLimitMs,
}: LifecycleViewDependencies): readonly Operation[] {
  return [
    operation({
      name: 'Lifecycles_Get',
      method: 'GET',
      paths: ['/subscriptions/:subscriptionId/providers/Reprieve.Lifecycle/lifecycles/default'],
      type: 'Reprieve.Lifecycle/lifecycles',
      apiVersions: lifecycleApiVersions,
      action: 'Reprieve.Lifecycle/lifecycles/read',
      afterPurge: true,
      whenSuspended: { allow: 'it reads' },
      handle: async ({ subscription, params, realNow }) => {
        if (subscription === null) {
          refuseRequest('subscriptionNotFound', {
            subscriptionId: String(params['subscriptionId']),
          })
        }
        const { subscriptionId } = subscription
        const stuckBefore = (realNow - effectLimitMs) as Instant
        const effects = await readEffects(database.db, subscriptionId, stuckBefore)
        return { status: 200, body: await show(database.db, subscription, effects) }
      },
    }),
  ]
}

async function show(db: Kysely<Schema>, subscription: Subscription, effects: EffectSummary) {
  const { lifecycle, offer, subscriptionId } = subscription
  const billable = await readBillableIntervals(db, subscriptionId)
  const wayBack =
    publishedState(lifecycle) === 'Deleted'
      ? null
      : whoMay('reactivate', offer, lifecycle.accountAdministrator)
  return {
    id: `/subscriptions/${subscriptionId}/providers/Reprieve.Lifecycle/lifecycles/default`,
    name: 'default',
    type: 'Reprieve.Lifecycle/lifecycles',
    properties: {
      state: publishedState(lifecycle, subscription.pastDue),
      offer: offer.name,
      accountAdministrator: lifecycle.accountAdministrator,
      billingAccount: subscription.billingAccountKey,
      testClock: subscription.clockKey,
      suspensions: lifecycle.suspensions.map(({ reason, effectiveAt }) => ({
        reason,
        effectiveAt: formatInstant(effectiveAt),
      })),
      suspendedSince: textOf(lifecycle.suspendedSince),
      cancelledAt: textOf(lifecycle.cancelledAt),
      deletableFrom: textOf(lifecycle.deletableFrom),
      purgeAt: textOf(lifecycle.purgeAt),
      purgeStartedAt: textOf(lifecycle.purgeStartedAt),
      purgedAt: textOf(lifecycle.purgedAt),
      term:
        lifecycle.term === null
          ? null
          : { endsAt: formatInstant(lifecycle.term.endsAt), renews: lifecycle.term.renews },
      wayBack,
      billable: billable.map(({ openedAt, closedAt }) => ({
        openedAt: formatInstant(openedAt),
        closedAt: textOf(closedAt),
      })),
      effects,
    },
  }
}

function textOf(at: Instant | null): string | null {
  return at === null ? null : formatInstant(at)
}
