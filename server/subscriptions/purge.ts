import { type Decision, accept, refuse } from '../kernel/decision.ts'
import type { Instant } from '../kernel/instant.ts'
import type { Lifecycle, LifecycleEvent } from './subscription.ts'

export type PurgeRefusal =
  | { readonly code: 'NotSuspended' }
  | { readonly code: 'NotYetDue'; readonly purgeAt: Instant }

/** Whether the data's date has come. Asked again by every worker that wants to act on it. */
export function decidePurge(
  lifecycle: Lifecycle,
  now: Instant,
): Decision<readonly LifecycleEvent[], PurgeRefusal> {
  if (lifecycle.purgeStartedAt !== null) return accept([])
  if (lifecycle.suspensions.length === 0 || lifecycle.purgeAt === null) {
    return refuse({ code: 'NotSuspended' })
  }
  if (now < lifecycle.purgeAt) return refuse({ code: 'NotYetDue', purgeAt: lifecycle.purgeAt })
  return accept([{ type: 'SubscriptionPurgeStarted', at: now, early: false }])
}

/** In order of precedence: when several hold, the caller is told the first. */
export type DeleteRefusal =
  | { readonly code: 'SubscriptionNotCancelled' }
  | { readonly code: 'NotYetDeletable'; readonly deletableFrom: Instant }
  | { readonly code: 'SubscriptionNameMismatch' }

/** The early deletion that a person with the right asks for by typing the subscription's name. */
export function decideDelete(
  lifecycle: Lifecycle,
  names: { readonly typed: string; readonly actual: string },
  now: Instant,
): Decision<readonly LifecycleEvent[], DeleteRefusal> {
  if (lifecycle.purgeStartedAt !== null) return accept([])
  if (lifecycle.cancelledAt === null || lifecycle.deletableFrom === null) {
    return refuse({ code: 'SubscriptionNotCancelled' })
  }
  if (now < lifecycle.deletableFrom) {
    return refuse({ code: 'NotYetDeletable', deletableFrom: lifecycle.deletableFrom })
  }
  if (names.typed !== names.actual) return refuse({ code: 'SubscriptionNameMismatch' })
  return accept([{ type: 'SubscriptionPurgeStarted', at: now, early: true }])
}

/** Closes a purge when every store was read back as gone. Said once, however often it is asked. */
export function decidePurged(
  lifecycle: Lifecycle,
  remaining: number,
  now: Instant,
): readonly LifecycleEvent[] {
  if (lifecycle.purgeStartedAt === null || lifecycle.purgedAt !== null || remaining > 0) return []
  return [{ type: 'SubscriptionPurged', at: now }]
}

/** Latches `Disabled` once every resource was seen as the suspension wants it. */
export function decideDisabled(
  lifecycle: Lifecycle,
  unconfirmed: number,
  now: Instant,
): readonly LifecycleEvent[] {
  if (lifecycle.suspensions.length === 0 || lifecycle.purgeStartedAt !== null) return []
  if (lifecycle.confirmedAt !== null || unconfirmed > 0) return []
  return [{ type: 'SubscriptionDisabled', at: now }]
}
