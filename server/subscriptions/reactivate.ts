import { type Decision, accept, refuse } from '../kernel/decision.ts'
import type { Instant } from '../kernel/instant.ts'
import { isSupportPlan, offers } from '../offers/offer.ts'
import { decideResume } from './term.ts'
import type { Lifecycle, LifecycleEvent } from './subscription.ts'

export type ReactivateRefusal =
  | { readonly code: 'SubscriptionNotFound' }
  /** Past its date, although the purge has not begun yet: the promise to keep it ended there. */
  | { readonly code: 'RetentionEnded'; readonly purgeAt: Instant }
  | { readonly code: 'TermEnded'; readonly endedAt: Instant }

/**
 * Lifts the suspension `Cancelled` and no other; of a support plan, turns its renewal on again. The
 * rest, if any, stays and the answer names it.
 */
export function decideReactivate(
  lifecycle: Lifecycle,
  now: Instant,
): Decision<readonly LifecycleEvent[], ReactivateRefusal> {
  if (lifecycle.purgeStartedAt !== null) return refuse({ code: 'SubscriptionNotFound' })
  if (lifecycle.purgeAt !== null && lifecycle.purgeAt <= now) {
    return refuse({ code: 'RetentionEnded', purgeAt: lifecycle.purgeAt })
  }
  if (isSupportPlan(offers[lifecycle.offer])) return decideResume(lifecycle, now)
  if (!lifecycle.suspensions.some((suspension) => suspension.reason === 'Cancelled')) {
    return accept([])
  }
  return accept([{ type: 'SuspensionLifted', at: now, reason: 'Cancelled' }])
}
