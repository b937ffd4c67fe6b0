import type { Instant } from '../kernel/instant.ts'
import type { Lifecycle, LifecycleEvent, SuspensionReason } from './subscription.ts'

/**
 * Lifts exactly these suspensions, of those that hold. Nothing is lifted once the data's date has
 * come: the promise to keep it ended there.
 */
export function decideLift(
  lifecycle: Lifecycle,
  reasons: readonly SuspensionReason[],
  now: Instant,
): readonly LifecycleEvent[] {
  const { purgeAt, purgeStartedAt, suspensions } = lifecycle
  if (purgeStartedAt !== null || (purgeAt !== null && purgeAt <= now)) return []
  return suspensions
    .filter(({ reason }) => reasons.includes(reason))
    .map(({ reason }) => ({ type: 'SuspensionLifted', at: now, reason }))
}
