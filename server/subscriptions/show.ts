import type { Offer } from '../offers/offer.ts'
import type { Tags } from '../tags/tags.ts'
import { type Lifecycle, publishedState } from './subscription.ts'

/** A subscription as ARM shows it, alike to everybody who may see it. */
export function showSubscription(subscription: {
  readonly subscriptionId: string
  readonly tenantId: string
  readonly displayName: string
  readonly offer: Offer
  readonly tags: Tags
  readonly lifecycle: Lifecycle
  readonly pastDue: boolean
}): object {
  const { subscriptionId, tenantId, displayName, offer, tags, lifecycle, pastDue } = subscription
  return {
    id: `/subscriptions/${subscriptionId}`,
    authorizationSource: 'RoleBased',
    managedByTenants: [],
    tags,
    subscriptionId,
    tenantId,
    displayName,
    state: publishedState(lifecycle, pastDue),
    subscriptionPolicies: {
      locationPlacementId: 'Public_2014-09-01',
      quotaId: offer.quotaId,
      spendingLimit: offer.spendingLimit,
    },
  }
}
