import type { WhoMay } from '../../api/refusals.ts'
import { invoiceDateAfter } from '../billing-accounts/invoice-date.ts'
import { type Instant, addDays, formatInstant, later } from '../kernel/instant.ts'
import type { ResourceProvider } from '../providers/contract.ts'
import { whoMay } from '../subscriptions/read-only.ts'
import type { Subscription } from '../subscriptions/store.ts'

/** How long a plan can be confirmed. Real time: it is a promise to somebody at a screen. */
export const planLifetimeMs = 60 * 60 * 1000

/** The plan lists so many resources by name, and counts all. */
export const plannedResourcesMax = 1000

export type PlannedResource = {
  readonly resourceId: string
  readonly type: string
  readonly madeBySystem: boolean
}

/**
 * The dry run of a cancel: what stops, what stays, what is lost, when. Instants are ISO 8601 UTC.
 */
export type CancelPlanBody = {
  readonly subscriptionId: string
  readonly offer: string
  readonly cancelAt: string
  readonly resourceCount: number
  readonly resources: readonly {
    readonly resourceId: string
    readonly type: string
    readonly whatStops: string
    readonly whatStays: string
    readonly whatIsLost: readonly string[]
  }[]
  readonly dates: {
    readonly billingStops: string
    readonly finalInvoice: string
    readonly deletableFrom: string
    readonly readableUntil: string
    readonly purge: string
  }
  readonly charges: { readonly afterCancel: 'none'; readonly retention: 'free' }
  readonly wayBack: WhoMay
  readonly whoMayDeleteEarly: WhoMay
}

export type PlanFacts = {
  readonly subscription: Subscription
  readonly invoiceDay: number
  readonly resources: readonly PlannedResource[]
  readonly resourceCount: number
  /** What each type says of its own end, by type in lower case. */
  readonly endings: ReadonlyMap<string, ResourceProvider['ending']>
}

export function planCancel(facts: PlanFacts, now: Instant): CancelPlanBody {
  const { subscription, resources, endings } = facts
  const { offer, lifecycle } = subscription
  const dates = datesOf(subscription, now)
  const administrator = lifecycle.accountAdministrator
  return {
    subscriptionId: subscription.subscriptionId,
    offer: offer.name,
    cancelAt: formatInstant(dates.cancelAt),
    resourceCount: facts.resourceCount,
    resources: resources.map(({ resourceId, type }) => {
      const ending = endings.get(type.toLowerCase())
      return {
        resourceId,
        type,
        whatStops: ending?.stops ?? 'it is stopped',
        whatStays: ending?.stays ?? 'its data is kept',
        whatIsLost: ending?.loses ?? [],
      }
    }),
    dates: {
      billingStops: formatInstant(dates.billingStops),
      finalInvoice: formatInstant(invoiceDateAfter(dates.billingStops, facts.invoiceDay)),
      deletableFrom: formatInstant(dates.deletableFrom),
      readableUntil: formatInstant(dates.purgeAt),
      purge: formatInstant(dates.purgeAt),
    },
    charges: { afterCancel: 'none', retention: 'free' },
    wayBack: whoMay('reactivate', offer, administrator),
    whoMayDeleteEarly: whoMay('delete', offer, administrator),
  }
}

/**
 * The dates that hold once the cancel is done. A second cancel moves none, so those of the first
 * stand; billing stopped with the suspension that came first, whatever its reason.
 */
function datesOf({ offer, lifecycle }: Subscription, now: Instant) {
  const { cancelledAt, deletableFrom, purgeAt, suspendedSince } = lifecycle
  return {
    cancelAt: cancelledAt ?? now,
    billingStops: suspendedSince ?? now,
    deletableFrom:
      cancelledAt !== null && deletableFrom !== null
        ? deletableFrom
        : addDays(now, offer.deletableAfterDays),
    purgeAt:
      cancelledAt !== null && purgeAt !== null
        ? purgeAt
        : later(purgeAt ?? now, addDays(now, offer.retentionDays)),
  }
}
