import { unreachable } from '../kernel/assert.ts'
import type { Instant } from '../kernel/instant.ts'
import type { OfferName } from '../offers/offer.ts'

/** Why a subscription is disabled. Several can hold at once; each has its own way back. */
export type SuspensionReason =
  | 'Cancelled'
  | 'Expired'
  | 'SpendingLimitReached'
  | 'Unpaid'
  | 'PolicyViolation'

export type Suspension = { readonly reason: SuspensionReason; readonly effectiveAt: Instant }

/** A time in which usage is charged: from `openedAt` up to, not including, `closedAt`. */
export type BillableInterval = { readonly openedAt: Instant; readonly closedAt: Instant | null }

/** The facts of a subscription's life. What is published is derived from them, never stored. */
export type Lifecycle = {
  readonly offer: OfferName
  readonly accountAdministrator: string
  /** Rises with every change of what its resources should be. */
  readonly generation: number
  readonly suspensions: readonly Suspension[]
  /** Start of the unbroken time in which at least one suspension held. */
  readonly suspendedSince: Instant | null
  /** When the suspension's effects were first all confirmed. */
  readonly confirmedAt: Instant | null
  readonly cancelledAt: Instant | null
  readonly deletableFrom: Instant | null
  readonly purgeAt: Instant | null
  readonly purgeStartedAt: Instant | null
  readonly purgedAt: Instant | null
  readonly billable: readonly BillableInterval[]
  /** A trial's days or a support plan's commitment; null: it has no end of its own. */
  readonly term: SubscriptionTerm | null
}

/** Until when, and whether the next term follows unless it is cancelled. */
export type SubscriptionTerm = { readonly endsAt: Instant; readonly renews: boolean }

export type LifecycleEvent =
  | {
      readonly type: 'SubscriptionCreated'
      readonly at: Instant
      readonly offer: OfferName
      readonly accountAdministrator: string
      readonly term: SubscriptionTerm | null
    }
  | {
      readonly type: 'SubscriptionSuspended'
      readonly at: Instant
      readonly reason: SuspensionReason
      readonly deletableFrom: Instant | null
      readonly purgeAt: Instant | null
    }
  | { readonly type: 'SuspensionLifted'; readonly at: Instant; readonly reason: SuspensionReason }
  | { readonly type: 'SubscriptionDisabled'; readonly at: Instant }
  | { readonly type: 'TermRenewed'; readonly at: Instant; readonly endsAt: Instant }
  | { readonly type: 'RenewalChanged'; readonly at: Instant; readonly renews: boolean }
  | { readonly type: 'OfferChanged'; readonly at: Instant; readonly offer: OfferName }
  | { readonly type: 'SubscriptionPurgeStarted'; readonly at: Instant; readonly early: boolean }
  | { readonly type: 'SubscriptionPurged'; readonly at: Instant }

/** A subscription's row equals the fold of its events through this function. */
export function evolve(before: Lifecycle | null, event: LifecycleEvent): Lifecycle {
  if (event.type === 'SubscriptionCreated') return created(event)
  if (before === null) throw new Error(`${event.type} without SubscriptionCreated`)
  switch (event.type) {
    case 'SubscriptionSuspended':
      return suspended(before, event)
    case 'SuspensionLifted':
      return lifted(before, event)
    case 'SubscriptionDisabled':
      return { ...before, confirmedAt: event.at }
    case 'TermRenewed':
      return { ...before, term: { endsAt: event.endsAt, renews: true } }
    case 'RenewalChanged':
      return before.term === null
        ? before
        : { ...before, term: { ...before.term, renews: event.renews } }
    case 'OfferChanged':
      return { ...before, offer: event.offer, term: null }
    case 'SubscriptionPurgeStarted':
      return { ...before, generation: before.generation + 1, purgeStartedAt: event.at }
    case 'SubscriptionPurged':
      return { ...before, purgedAt: event.at }
    default:
      return unreachable(event)
  }
}

function created(event: LifecycleEvent & { type: 'SubscriptionCreated' }): Lifecycle {
  return {
    offer: event.offer,
    accountAdministrator: event.accountAdministrator,
    generation: 1,
    suspensions: [],
    suspendedSince: null,
    confirmedAt: null,
    cancelledAt: null,
    deletableFrom: null,
    purgeAt: null,
    purgeStartedAt: null,
    purgedAt: null,
    billable: [{ openedAt: event.at, closedAt: null }],
    term: event.term,
  }
}

function suspended(
  before: Lifecycle,
  event: LifecycleEvent & { type: 'SubscriptionSuspended' },
): Lifecycle {
  const first = before.suspensions.length === 0
  return {
    ...before,
    suspensions: [...before.suspensions, { reason: event.reason, effectiveAt: event.at }],
    generation: first ? before.generation + 1 : before.generation,
    suspendedSince: first ? event.at : before.suspendedSince,
    cancelledAt: event.reason === 'Cancelled' ? event.at : before.cancelledAt,
    deletableFrom: event.deletableFrom,
    purgeAt: event.purgeAt,
    billable: first
      ? before.billable.map((interval) =>
          interval.closedAt === null ? { ...interval, closedAt: event.at } : interval,
        )
      : before.billable,
  }
}

function lifted(
  before: Lifecycle,
  event: LifecycleEvent & { type: 'SuspensionLifted' },
): Lifecycle {
  const left = before.suspensions.filter((suspension) => suspension.reason !== event.reason)
  const cancelLifted = event.reason === 'Cancelled'
  const remaining = {
    ...before,
    suspensions: left,
    cancelledAt: cancelLifted ? null : before.cancelledAt,
    deletableFrom: cancelLifted ? null : before.deletableFrom,
  }
  if (left.length > 0) return remaining
  return {
    ...remaining,
    generation: before.generation + 1,
    suspendedSince: null,
    confirmedAt: null,
    deletableFrom: null,
    purgeAt: null,
    billable: [...before.billable, { openedAt: event.at, closedAt: null }],
  }
}

/** What ARM publishes as `state`. The first that matches wins (design: lifecycle). */
export type SubscriptionState = 'Enabled' | 'PastDue' | 'Warned' | 'Disabled' | 'Deleted'

/** @param pastDue an invoice of its billing account is overdue, within its grace. */
export function publishedState(lifecycle: Lifecycle, pastDue = false): SubscriptionState {
  // From the first destroyed byte there is no way back; the receipt says when the last one went.
  if (lifecycle.purgeStartedAt !== null) return 'Deleted'
  if (lifecycle.suspensions.length === 0) return pastDue ? 'PastDue' : 'Enabled'
  return lifecycle.confirmedAt === null ? 'Warned' : 'Disabled'
}

export function isSuspended(lifecycle: Lifecycle): boolean {
  return lifecycle.suspensions.length > 0 || lifecycle.purgeStartedAt !== null
}
