import type { Database } from '../database/connection.ts'
import type { Schema } from '../database/schema.ts'
import { type Clock, addMs, minuteMs } from '../kernel/instant.ts'
import { type ClaimedWork, type WorkOutcome, workDone } from '../work/work.ts'
import { decidePurge } from './purge.ts'
import { type LifecycleDependencies, recordLifecycle } from './record-lifecycle.ts'
import { lockSubscription } from './store.ts'

export type PurgeDependencies = LifecycleDependencies & {
  readonly database: Database<Schema>
  readonly clock: Clock
}

/** Real time until an order that came before its date is looked at again. */
const tooEarlyMs = minuteMs

/**
 * The date has come, says the order; the rule is asked again, under the lock, and may say no. If
 * that is for the date alone (the machine's time was set back after the order was claimed), the
 * order stays: without it the date would be forgotten.
 */
export async function purgeWhenDue(
  work: ClaimedWork,
  dependencies: PurgeDependencies,
): Promise<WorkOutcome> {
  const realNow = dependencies.clock.now()
  return dependencies.database.transaction(async (tx) => {
    const subscription = await lockSubscription(tx, work.key, realNow)
    if (subscription === null) return workDone
    const decision = decidePurge(subscription.lifecycle, subscription.now)
    if (!decision.accepted) {
      if (decision.refusal.code === 'NotSuspended') return workDone
      return { done: false, nextTryAt: addMs(realNow, tooEarlyMs), error: null }
    }
    const context = { actor: 'system', realNow }
    await recordLifecycle(tx, subscription, decision.value, context, dependencies)
    return workDone
  })
}
