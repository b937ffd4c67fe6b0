import type { Database } from '../database/connection.ts'
import type { Schema } from '../database/schema.ts'
import type { Clock } from '../kernel/instant.ts'
import { type ClaimedWork, type WorkOutcome, workDone } from '../work/work.ts'
import { decidePurge } from './purge.ts'
import { type LifecycleDependencies, recordLifecycle } from './record-lifecycle.ts'
import { lockSubscription } from './store.ts'

export type PurgeDependencies = LifecycleDependencies & {
  readonly database: Database<Schema>
  readonly clock: Clock
}

/** The date has come, says the order; the rule is asked again, under the lock, and may say no. */
export async function purgeWhenDue(
  work: ClaimedWork,
  dependencies: PurgeDependencies,
): Promise<WorkOutcome> {
  const realNow = dependencies.clock.now()
  await dependencies.database.transaction(async (tx) => {
    const subscription = await lockSubscription(tx, work.key, realNow)
    if (subscription === null) return
    const decision = decidePurge(subscription.lifecycle, subscription.now)
    if (!decision.accepted) return
    const context = { actor: 'system', realNow }
    await recordLifecycle(tx, subscription, decision.value, context, dependencies)
  })
  return workDone
}
