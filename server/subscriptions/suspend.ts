import { type Decision, accept, refuse } from '../kernel/decision.ts'
import { type Instant, addDays, later } from '../kernel/instant.ts'
import type { Offer } from '../offers/offer.ts'
import type { Lifecycle, LifecycleEvent, SuspensionReason } from './subscription.ts'

export type SuspendRefusal = { readonly code: 'SubscriptionNotFound' }

/**
 * Puts a suspension on a subscription: a cancel is the suspension `Cancelled`. Billing stops at
 * `now`; the data outlives it for as long as the offer retains it.
 */
export function decideSuspend(
  lifecycle: Lifecycle,
  reason: SuspensionReason,
  offer: Offer,
  now: Instant,
): Decision<readonly LifecycleEvent[], SuspendRefusal> {
  if (lifecycle.purgeStartedAt !== null) return refuse({ code: 'SubscriptionNotFound' })

  // A second cancel is a retry, not a mistake: it must not restart the retention.
  if (lifecycle.suspensions.some((suspension) => suspension.reason === reason)) return accept([])

  const cancel = reason === 'Cancelled'
  const { retentionDays } = offer
  return accept([
    {
      type: 'SubscriptionSuspended',
      at: now,
      reason,
      deletableFrom: cancel ? addDays(now, offer.deletableAfterDays) : lifecycle.deletableFrom,
      purgeAt:
        retentionDays === null ? null : purgeDate(lifecycle, cancel, addDays(now, retentionDays)),
    },
  ])
}

/**
 * A cancel during another suspension starts the retention anew; nothing brings the date forward.
 */
function purgeDate(lifecycle: Lifecycle, cancel: boolean, fullRetention: Instant): Instant {
  if (lifecycle.purgeAt === null) return fullRetention
  return cancel ? later(lifecycle.purgeAt, fullRetention) : lifecycle.purgeAt
}
