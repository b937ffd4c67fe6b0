import type { Transaction } from 'kysely'
import type { Database } from '../database/connection.ts'
import type { Schema } from '../database/schema.ts'
import type { Clock, Instant } from '../kernel/instant.ts'
import { completePlans } from '../cancel-plans/store.ts'
import type { PlanFacts } from '../cancel-plans/plan.ts'
import { readSubscriptionById } from '../subscriptions/store.ts'
import { type ClaimedWork, type WorkOutcome, enqueue, workDone } from '../work/work.ts'
import { type SettleDependencies, settleSubscription } from './settle.ts'
import { hostsOf } from './store.ts'

export type SpreadDependencies = SettleDependencies & {
  readonly database: Database<Schema>
  readonly clock: Clock
  readonly endings: PlanFacts['endings']
}

/**
 * Hands the new wish of a subscription to each host that holds something of it: after the commit,
 * so that a cancel costs the same for one resource and for ten thousand.
 */
export async function spreadEffects(
  work: ClaimedWork,
  dependencies: SpreadDependencies,
): Promise<WorkOutcome> {
  const { database, clock, random } = dependencies
  const subscriptionId = String(work.subject['subscriptionId'])
  const hosts = await hostsOf(database.db, subscriptionId)
  const subscription = await readSubscriptionById(database.db, subscriptionId)
  if (subscription === null) return workDone
  await database.transaction(async (tx) => {
    await completePlans(tx, subscription, dependencies.endings)
    await forgetBackoff(tx, subscriptionId, clock.now())
    for (const hostId of hosts) {
      await enqueue(
        tx,
        {
          tenantId: subscription.tenantId,
          kind: 'apply-effects',
          key: `${subscriptionId}/${hostId}`,
          subject: { subscriptionId, hostId },
          clockKey: subscription.clockKey,
          dueAt: null,
          hostId,
        },
        clock.now(),
        random,
      )
    }
  })
  if (hosts.length === 0) await settleSubscription(subscriptionId, clock.now(), dependencies)
  return workDone
}

/** A wait that earlier failures earned is not for a new wish. */
async function forgetBackoff(
  tx: Transaction<Schema>,
  subscriptionId: string,
  realNow: Instant,
): Promise<void> {
  await tx
    .updateTable('resources')
    .set({ next_try_at: realNow })
    .where('subscription_id', '=', subscriptionId)
    .where('destroyed_at', 'is', null)
    .where('attempts', '>', 0)
    .execute()
}
