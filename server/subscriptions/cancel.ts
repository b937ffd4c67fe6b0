import { type Decision, accept, refuse } from '../kernel/decision.ts'
import type { Instant } from '../kernel/instant.ts'
import { type Offer, isSupportPlan } from '../offers/offer.ts'
import type { Lifecycle, LifecycleEvent } from './subscription.ts'
import { decideSuspend } from './suspend.ts'
import { decideEndRenewal } from './term.ts'

/**
 * A plan that the caller was shown: the cancel is exactly that, or nothing. Instants: real time.
 */
export type ShownPlan = {
  readonly name: string
  readonly planVersion: number
  /** Of the billing account: prices, tax, commitments. */
  readonly billingVersion: number
  readonly expiresAt: Instant
}

export type CancelCommand = {
  /** Null: cancelled without having asked for a plan. */
  readonly plan: ShownPlan | null
  readonly ignoreResourceCheck: boolean
}

/** In order of precedence: when several hold, the caller is told the first. */
export type CancelRefusal =
  | { readonly code: 'SubscriptionNotFound' }
  | { readonly code: 'PlanExpired'; readonly plan: string; readonly expiredAt: Instant }
  | { readonly code: 'PlanChanged'; readonly plan: string }
  | { readonly code: 'ResourcesExist' }

/**
 * A cancel is the suspension `Cancelled`. Who cancels twice is answered as the first time: neither
 * the plan nor the resources matter any more, and no date moves.
 */
export function decideCancel(
  lifecycle: Lifecycle,
  command: CancelCommand,
  facts: {
    readonly offer: Offer
    readonly planVersion: number
    readonly billingVersion: number
    /** Whether there are resources that a person made; what the system made never blocks. */
    readonly hasResources: boolean
  },
  times: { readonly now: Instant; readonly realNow: Instant },
): Decision<readonly LifecycleEvent[], CancelRefusal> {
  const isPlan = isSupportPlan(facts.offer)
  const suspended = isPlan
    ? decideEndRenewal(lifecycle, times.now)
    : decideSuspend(lifecycle, 'Cancelled', facts.offer, times.now)
  if (!suspended.accepted || suspended.value.length === 0) return suspended

  const { plan } = command
  if (plan !== null && plan.expiresAt <= times.realNow) {
    return refuse({ code: 'PlanExpired', plan: plan.name, expiredAt: plan.expiresAt })
  }
  if (
    plan !== null &&
    (plan.planVersion !== facts.planVersion || plan.billingVersion !== facts.billingVersion)
  ) {
    return refuse({ code: 'PlanChanged', plan: plan.name })
  }
  // A plan names every resource: who confirms it has seen them.
  if (facts.hasResources && plan === null && !command.ignoreResourceCheck) {
    return refuse({ code: 'ResourcesExist' })
  }
  return accept(suspended.value)
}
