import { recordLifecycle } from '../../server/subscriptions/record-lifecycle.ts'
import { lockSubscription } from '../../server/subscriptions/store.ts'
import type { LifecycleEvent, SuspensionReason } from '../../server/subscriptions/subscription.ts'
import { decideSuspend } from '../../server/subscriptions/suspend.ts'
import type { Core } from './core.ts'
import { enable } from './lifecycle-commands.ts'
import { type SubscriptionModel, isSupport } from './model.ts'
import type { On } from './request.ts'
import { startTask } from './task.ts'

/** Suspensions that neither a request nor an account's money makes, and their way back. */
export function bySystem(
  { core, node, model }: On,
  kind: 'suspend' | 'lift',
  reason: SuspensionReason = anyReason(core, model),
): void {
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

function anyReason({ dice }: Core, model: SubscriptionModel): SuspensionReason {
  // Only its term's end ends a support plan.
  if (isSupport(model)) return 'PolicyViolation'
  return dice.pick<SuspensionReason>(['PolicyViolation', 'PolicyViolation', 'Expired'])
}

/** All that is not for money is lifted, by whoever may. */
export function comeBack(on: On): void {
  const { core, model } = on
  for (const reason of ['PolicyViolation', 'Expired'] as const) {
    const ended = reason === 'Expired' && isSupport(model)
    if (model.suspensions.has(reason) && !ended) bySystem(on, 'lift', reason)
  }
  const tenant = core.tenants.find(({ tenantId }) => tenantId === model.tenantId)
  const supporter = tenant?.people.find(({ name }) => name === 'supporter')
  const person = { tenantId: model.tenantId, principalId: supporter?.principalId ?? '' }
  if (model.suspensions.has('Cancelled')) enable({ ...on, person })
}
