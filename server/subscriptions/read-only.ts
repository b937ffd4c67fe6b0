import type { Refusal, WhoMay } from '../../api/refusals.ts'
import { formatInstant } from '../kernel/instant.ts'
import type { Offer } from '../offers/offer.ts'
import { cancelAction, deleteAction, enableAction, upgradeAction } from '../roles/authorise.ts'
import type { Subscription } from './store.ts'

/**
 * Why a write is refused while a subscription is suspended: since when, until when, the way back.
 */
export function readOnlyRefusal(subscription: Subscription): Refusal {
  const { lifecycle, offer, subscriptionId } = subscription
  return {
    name: 'readOnlySubscription',
    facts: {
      subscriptionId,
      suspensions: lifecycle.suspensions.map(({ reason, effectiveAt }) => ({
        reason,
        since: formatInstant(effectiveAt),
      })),
      until: lifecycle.purgeAt === null ? '' : formatInstant(lifecycle.purgeAt),
      wayBack: whoMay('reactivate', offer, lifecycle.accountAdministrator),
    },
  }
}

/**
 * Who an offer admits to one of its acts: for the text of a refusal and for the cancel plan.
 */
export function whoMay(act: WhoMay['act'], offer: Offer, accountAdministrator: string): WhoMay {
  const action = {
    cancel: cancelAction,
    reactivate: enableAction,
    delete: deleteAction,
    upgrade: upgradeAction,
  }[act]
  if (act === 'reactivate' && offer.wayBack === 'ticket') {
    return { act, by: 'supportEngineers', objectId: null, action }
  }
  return offer.mayCancel === 'Owner'
    ? { act, by: 'owners', objectId: null, action }
    : { act, by: 'accountAdministrator', objectId: accountAdministrator, action }
}
