import type { Database } from '../database/connection.ts'
import type { Schema } from '../database/schema.ts'
import { type EventRecorder, subscriptionStream } from '../events/record.ts'
import type { Instant } from '../kernel/instant.ts'
import { finishRunning } from '../operations/store.ts'
import { deletionKind } from '../subscriptions/delete-progress.ts'
import { decideDisabled, decidePurged } from '../subscriptions/purge.ts'
import { type LifecycleDependencies, recordLifecycle } from '../subscriptions/record-lifecycle.ts'
import { withdrawAssignments } from '../roles/withdraw.job.ts'
import {
  type LockedSubscription,
  lockSubscription,
  subscriptionScope,
} from '../subscriptions/store.ts'
import { eraseContents, evidenceOf } from './erase.ts'
import { countPending } from './store.ts'

export type SettleDependencies = LifecycleDependencies & {
  readonly database: Database<Schema>
  readonly events: EventRecorder
}

/**
 * Takes the step that waits for all resources: `Disabled` once every one was seen offline, purged
 * once every one was seen gone. Asked after each host's work; says nothing twice.
 */
export async function settleSubscription(
  subscriptionId: string,
  realNow: Instant,
  dependencies: SettleDependencies,
): Promise<void> {
  await dependencies.database.transaction(async (tx) => {
    const subscription = await lockSubscription(tx, subscriptionId, realNow)
    if (subscription === null) return
    const pending = await countPending(tx, subscriptionId, 1)
    const { lifecycle, now } = subscription
    const context = { actor: 'system', realNow }
    const disabled = decideDisabled(lifecycle, pending, now)
    await recordLifecycle(tx, subscription, disabled, context, dependencies)
    const purged = decidePurged(lifecycle, pending, now)
    if (purged.length === 0) return
    const evidence = await evidenceOf(tx, subscriptionId)
    await forget(subscription, dependencies, tx, realNow)
    await recordLifecycle(
      tx,
      subscription,
      purged,
      { ...context, facts: { evidence } },
      dependencies,
    )
  })
}

/** Destroys what the history said beside its hashes, before the purge itself is recorded. */
async function forget(
  subscription: LockedSubscription,
  { events }: SettleDependencies,
  tx: Parameters<typeof eraseContents>[0],
  realNow: Instant,
): Promise<void> {
  const { tenantId, subscriptionId } = subscription
  const scopeKey = subscriptionScope(subscriptionId)
  await withdrawAssignments(tx, events, { tenantId, scopeKey, actor: 'system', realNow })
  await events.destroyKeys(tx, subscriptionStream(tenantId, subscriptionId))
  await eraseContents(tx, subscriptionId)
  const deletion = { subscriptionId, kind: deletionKind, subject: subscriptionId }
  await finishRunning(tx, deletion, realNow)
}
