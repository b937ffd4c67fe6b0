import type { WhoMay } from '../../api/refusals.ts'
import type { BillingAccount } from '../billing-accounts/store.ts'
import { closeAfterMs } from '../invoices/close-cycle.ts'
import { invoiceDateOf } from '../invoices/plan-invoice.ts'
import { type Instant, addDays, addMs, earlier, formatInstant, later } from '../kernel/instant.ts'
import type { Commitment, FinalBill } from './final-bill.ts'
import type { ResourceProvider } from '../providers/contract.ts'
import { isSupportPlan } from '../offers/offer.ts'
import { whoMay } from '../subscriptions/read-only.ts'
import { monthStarts } from '../subscriptions/term.ts'
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
    /** Null, as the next two: it holds no data that would be kept or deleted. */
    readonly deletableFrom: string | null
    readonly readableUntil: string | null
    readonly purge: string | null
  }
  readonly charges: {
    /** `commitments`: what is listed there goes on, and nothing else. */
    readonly afterCancel: 'none' | 'commitments'
    readonly retention: 'free'
  }
  readonly finalBill: FinalBill
  readonly commitments: readonly Commitment[]
  readonly wayBack: WhoMay
  readonly whoMayDeleteEarly: WhoMay
}

export type PlanFacts = {
  readonly subscription: Subscription
  readonly account: Pick<
    BillingAccount,
    'invoiceDay' | 'billedUntil' | 'periodEndsAt' | 'lastSubscriptionInvoice'
  >
  /** No other subscription of the account is charged. */
  readonly isLast: boolean
  readonly finalBill: FinalBill
  readonly commitments: readonly Commitment[]
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
      finalInvoice: formatInstant(finalInvoiceDate(facts, dates.billingStops)),
      deletableFrom: textOf(dates.deletableFrom),
      readableUntil: textOf(dates.purgeAt),
      purge: textOf(dates.purgeAt),
    },
    charges: {
      afterCancel: facts.commitments.length === 0 ? 'none' : 'commitments',
      retention: 'free',
    },
    finalBill: facts.finalBill,
    commitments: facts.commitments,
    wayBack: whoMay('reactivate', offer, administrator),
    whoMayDeleteEarly: whoMay('delete', offer, administrator),
  }
}

/**
 * The usual date; with the policy `atClose`, an account whose last subscription is cancelled is
 * closed and invoiced sooner.
 */
function finalInvoiceDate(
  { account, isLast, subscription }: PlanFacts,
  billingStops: Instant,
): Instant {
  const { offer, lifecycle, createdAt } = subscription
  if (isSupportPlan(offer) && lifecycle.term !== null) {
    const plan = { boughtAt: createdAt, endsAt: lifecycle.term.endsAt }
    const lastMonth = monthStarts(plan, plan.endsAt).at(-1) ?? createdAt
    return invoiceDateOf(account, lastMonth)
  }
  const usual = invoiceDateOf(account, billingStops)
  if (account.lastSubscriptionInvoice === 'usualDate' || !isLast) return usual
  return earlier(usual, addMs(billingStops, closeAfterMs))
}

/**
 * The dates that hold once the cancel is done. A second cancel moves none, so those of the first
 * stand; billing stopped with the suspension that came first, whatever its reason. A support plan
 * is paid to the end of its commitment.
 */
export function datesOf(
  { offer, lifecycle }: Pick<Subscription, 'offer' | 'lifecycle'>,
  now: Instant,
): {
  readonly cancelAt: Instant
  readonly billingStops: Instant
  readonly deletableFrom: Instant | null
  readonly purgeAt: Instant | null
} {
  const { cancelledAt, deletableFrom, purgeAt, suspendedSince, term } = lifecycle
  const cancelAt = cancelledAt ?? now
  if (offer.retentionDays === null) {
    const ends = suspendedSince ?? term?.endsAt ?? now
    return { cancelAt, billingStops: ends, deletableFrom: null, purgeAt: null }
  }
  return {
    cancelAt,
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

function textOf(at: Instant | null): string | null {
  return at === null ? null : formatInstant(at)
}
