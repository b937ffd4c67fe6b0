import type { Database } from '../database/connection.ts'
import type { Schema } from '../database/schema.ts'
import { type Clock, addMs, minuteMs } from '../kernel/instant.ts'
import { type ClaimedWork, type WorkOutcome, workDone } from '../work/work.ts'
import { type LifecycleDependencies, recordLifecycle } from './record-lifecycle.ts'
import { lockSubscription } from './store.ts'
import { decideTermEnd } from './term.ts'

export type EndTermDependencies = LifecycleDependencies & {
  readonly database: Database<Schema>
  readonly clock: Clock
  readonly wakeWorkers: () => void
}

/** Real time until an order that came before its date is looked at again. */
const tooEarlyMs = minuteMs

/** A trial's or a support plan's term ends; the rule is asked again, under the lock. */
export async function endTerm(
  work: ClaimedWork,
  dependencies: EndTermDependencies,
): Promise<WorkOutcome> {
  const realNow = dependencies.clock.now()
  const outcome = await dependencies.database.transaction(async (tx) => {
    const subscription = await lockSubscription(tx, work.key, realNow)
    if (subscription === null) return workDone
    const { lifecycle, offer, createdAt, now } = subscription
    const decision = decideTermEnd(lifecycle, offer, { createdAt, now })
    if (!decision.accepted) {
      if (decision.refusal.code === 'NoTerm') return workDone
      return { done: false, nextTryAt: addMs(realNow, tooEarlyMs), error: null } as const
    }
    const context = { actor: 'system', realNow }
    await recordLifecycle(tx, subscription, decision.value, context, dependencies)
    return workDone
  })
  dependencies.wakeWorkers()
  return outcome
}
