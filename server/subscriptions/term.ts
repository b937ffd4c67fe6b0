import { addMonths } from '../kernel/calendar.ts'
import { type Decision, accept, refuse } from '../kernel/decision.ts'
import { type Instant, addDays } from '../kernel/instant.ts'
import type { Offer } from '../offers/offer.ts'
import type { Lifecycle, LifecycleEvent, SubscriptionTerm } from './subscription.ts'
import { decideSuspend } from './suspend.ts'

/** The term that a new subscription of an offer begins; null: it has no end of its own. */
export function firstTerm(
  { term }: Pick<Offer, 'term'>,
  startsAt: Instant,
): SubscriptionTerm | null {
  if (term === null) return null
  return term.kind === 'trial'
    ? { endsAt: addDays(startsAt, term.days), renews: false }
    : { endsAt: addMonths(startsAt, term.months), renews: true }
}

/**
 * A support plan that is cancelled serves, and is paid, to the end of its commitment (seeds: "you
 * are still billed each month for the rest of the 6-month term"). Nothing is suspended.
 */
export function decideEndRenewal(
  lifecycle: Lifecycle,
  now: Instant,
): Decision<readonly LifecycleEvent[], { readonly code: 'SubscriptionNotFound' }> {
  if (lifecycle.purgeStartedAt !== null) return refuse({ code: 'SubscriptionNotFound' })
  if (lifecycle.term?.renews !== true) return accept([])
  return accept([{ type: 'RenewalChanged', at: now, renews: false }])
}

/** A cancelled support plan can be resumed as long as it serves. */
export function decideResume(
  { term, suspensions }: Lifecycle,
  now: Instant,
): Decision<readonly LifecycleEvent[], { readonly code: 'TermEnded'; readonly endedAt: Instant }> {
  if (term === null || term.renews) return accept([])
  if (term.endsAt <= now || suspensions.some(({ reason }) => reason === 'Expired')) {
    return refuse({ code: 'TermEnded', endedAt: term.endsAt })
  }
  return accept([{ type: 'RenewalChanged', at: now, renews: true }])
}

export type TermEndRefusal =
  | { readonly code: 'NoTerm' }
  | { readonly code: 'NotYetDue'; readonly endsAt: Instant }

/**
 * The end of a term: a commitment that renews goes on for another, unless the plan is suspended;
 * all else has expired. A trial's days run on while it is suspended.
 */
export function decideTermEnd(
  lifecycle: Lifecycle,
  offer: Offer,
  since: { readonly createdAt: Instant; readonly now: Instant },
): Decision<readonly LifecycleEvent[], TermEndRefusal> {
  const { term, suspensions } = lifecycle
  const hasEnded = suspensions.some(({ reason }) => reason === 'Expired')
  if (term === null || hasEnded || lifecycle.purgeStartedAt !== null) {
    return refuse({ code: 'NoTerm' })
  }
  if (since.now < term.endsAt) return refuse({ code: 'NotYetDue', endsAt: term.endsAt })
  if (term.renews && suspensions.length === 0 && offer.term?.kind === 'commitment') {
    const endsAt = nextTermEnd(since.createdAt, offer.term.months, since.now)
    return accept([{ type: 'TermRenewed', at: since.now, endsAt }])
  }
  const suspended = decideSuspend(lifecycle, 'Expired', offer, since.now)
  return suspended.accepted ? suspended : accept([])
}

/** Counted from the day it was bought, so that the 31st comes back after February. */
function nextTermEnd(boughtAt: Instant, months: number, now: Instant): Instant {
  let terms = 1
  while (addMonths(boughtAt, terms * months) <= now) terms += 1
  return addMonths(boughtAt, terms * months)
}

/**
 * When each month of a support plan falls due: at its start, from the first to the last that begins
 * before the plan's end. Dates are clamped to short months.
 */
export function monthStarts(
  plan: { readonly boughtAt: Instant; readonly endsAt: Instant },
  before: Instant,
): readonly Instant[] {
  const starts: Instant[] = []
  for (let month = 0; ; month += 1) {
    const start = addMonths(plan.boughtAt, month)
    if (start >= plan.endsAt || start >= before) return starts
    starts.push(start)
  }
}
