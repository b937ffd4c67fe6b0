import { type Decision, accept, refuse } from '../kernel/decision.ts'
import type { Instant } from '../kernel/instant.ts'
import { type OfferName, offers } from '../offers/offer.ts'
import { decideLift } from './lift.ts'
import type { Lifecycle, LifecycleEvent } from './subscription.ts'

export type UpgradeRefusal =
  | { readonly code: 'SubscriptionNotFound' }
  | { readonly code: 'RetentionEnded'; readonly purgeAt: Instant }
  | { readonly code: 'NotATrial'; readonly offer: OfferName }
  /** A cancel is lifted by a support ticket, which then names the upgrade as well. */
  | { readonly code: 'Cancelled' }

/**
 * From a trial to pay-as-you-go: its end and its spending limit are gone, and with them the two
 * suspensions that they had caused. Others stay. Asked again it is done already.
 */
export function decideUpgrade(
  lifecycle: Lifecycle,
  to: OfferName,
  now: Instant,
): Decision<readonly LifecycleEvent[], UpgradeRefusal> {
  if (lifecycle.purgeStartedAt !== null) return refuse({ code: 'SubscriptionNotFound' })
  if (lifecycle.offer === to) return accept([])
  if (offers[lifecycle.offer].term?.kind !== 'trial') {
    return refuse({ code: 'NotATrial', offer: lifecycle.offer })
  }
  if (lifecycle.purgeAt !== null && lifecycle.purgeAt <= now) {
    return refuse({ code: 'RetentionEnded', purgeAt: lifecycle.purgeAt })
  }
  if (lifecycle.suspensions.some(({ reason }) => reason === 'Cancelled')) {
    return refuse({ code: 'Cancelled' })
  }
  return accept([
    { type: 'OfferChanged', at: now, offer: to },
    ...decideLift(lifecycle, ['Expired', 'SpendingLimitReached'], now),
  ])
}
