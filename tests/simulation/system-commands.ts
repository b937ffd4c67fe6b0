import { recordLifecycle } from '../../server/subscriptions/record-lifecycle.ts'
import { lockSubscription } from '../../server/subscriptions/store.ts'
import type { LifecycleEvent, SuspensionReason } from '../../server/subscriptions/subscription.ts'
import { decideSuspend } from '../../server/subscriptions/suspend.ts'
import { isSupport } from './model.ts'
import type { On } from './request.ts'
import { startTask } from './task.ts'

/** Suspensions that neither a request nor an account's money makes, and their way back. */
export function bySystem({ core, node, model }: On, kind: 'suspend' | 'lift'): void {
  const reasons: SuspensionReason[] = ['PolicyViolation', 'PolicyViolation', 'Expired']
  // Only its term's end ends a support plan.
  const reason = isSupport(model) ? 'PolicyViolation' : core.dice.pick(reasons)
  const { parts } = node
  startTask(core, {
    label: `${kind} ${reason}`,
    node,
    run: () =>
      parts.database.transaction(async (tx) => {
        const realNow = core.clock.now()
        const found = await lockSubscription(tx, model.id, realNow)
        if (found === null) return
        const events: LifecycleEvent[] = []
        if (kind === 'suspend') {
          const decided = decideSuspend(found.lifecycle, reason, found.offer, found.now)
          if (decided.accepted) events.push(...decided.value)
        } else if (found.lifecycle.purgeStartedAt === null) {
          const holds = found.lifecycle.suspensions.some((one) => one.reason === reason)
          if (holds) events.push({ type: 'SuspensionLifted', at: found.now, reason })
        }
        await recordLifecycle(tx, found, events, { actor: 'system', realNow }, parts)
      }),
    onEnd: () => {},
  })
}
