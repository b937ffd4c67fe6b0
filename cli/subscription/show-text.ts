import { dateText, daysFrom } from '../dates.ts'
import { fields } from '../table.ts'
import { type Credit, creditText } from './credit.ts'
import { type NamedSubscription, titleOf } from './find.ts'
import { stuckText } from './follow.ts'
import { hasSuspension, isSupportPlan, type Lifecycle } from './lifecycle.ts'
import { whoText } from './who-may.ts'

/** Where a subscription stands. `now`: the time that counts for it, null when it is not known. */
export function showText(
  subscription: NamedSubscription,
  lifecycle: Lifecycle,
  now: string | null,
  credit: Credit | null = null,
): string {
  const { effects, testClock } = lifecycle
  const clock = testClock === null ? 'real time' : `test clock ${testClock}`
  return [
    fields([
      ['Subscription', titleOf(subscription)],
      ['State', stateText(lifecycle)],
      ['Offer', lifecycle.offer],
      ['Billing account', lifecycle.billingAccount],
      ['Time', now === null ? clock : `${dateText(now)} (${clock})`],
      ...datesOf(lifecycle, now),
      ...(credit === null ? [] : [['Credit left', creditText(credit, now)] as const]),
      ['Resources', `${effects.done} of ${effects.total} ${wanted(lifecycle)}`],
      ...peopleOf(lifecycle),
      ...waysOn(subscription, lifecycle),
    ]),
    stuckText(effects.stuck),
  ]
    .filter((part) => part !== '')
    .join('\n')
}

/** What becomes of resources in this state, as the end of a count. */
export function wanted({ state }: Lifecycle): string {
  return state === 'Deleted' ? 'gone' : 'as they should be'
}

function stateText({ state, suspensions }: Lifecycle): string {
  const reasons = suspensions.map(
    ({ reason, effectiveAt }) => `${reason} since ${dateText(effectiveAt)}`,
  )
  if (state === 'PastDue') return 'PastDue: an invoice of its billing account is overdue'
  return reasons.length === 0 || state === 'Deleted' ? state : `${state}: ${reasons.join('; ')}`
}

function datesOf(lifecycle: Lifecycle, now: string | null): [string, string][] {
  const { state, cancelledAt, deletableFrom, purgeAt, purgeStartedAt, purgedAt } = lifecycle
  const relative = (at: string): string =>
    now === null ? dateText(at) : `${dateText(at)} (${daysFrom(now, at)})`
  const rows: [string, string | null][] = [['Cancelled', cancelledAt], ...termOf(lifecycle)]
  if (state === 'Deleted') {
    rows.push(['Purge began', purgeStartedAt], ['Gone', purgedAt])
  } else {
    rows.push(['Early deletion from', deletableFrom], ['Readable until', purgeAt])
  }
  return rows.flatMap(([name, at]) => (at === null ? [] : [[name, relative(at)]]))
}

function termOf(lifecycle: Lifecycle): [string, string][] {
  const { term, offer, state } = lifecycle
  if (term === null || state === 'Deleted') return []
  if (isSupportPlan(lifecycle) && hasSuspension(lifecycle, 'Expired')) {
    return [['Ended', term.endsAt]]
  }
  if (offer === 'FreeTrial') return [['Trial until', term.endsAt]]
  return [[term.renews ? 'Renews' : 'Serves until', term.endsAt]]
}

/** What is to be done about what stands in the way. */
function waysOn(
  { subscriptionId }: NamedSubscription,
  lifecycle: Lifecycle,
): (readonly [string, string])[] {
  const { state, billingAccount } = lifecycle
  if (state === 'Deleted') return []
  const rows: (readonly [string, string])[] = []
  if (state === 'PastDue' || hasSuspension(lifecycle, 'Unpaid')) {
    const overdue = `npx reprieve invoice list --billing-account ${billingAccount}`
    rows.push(['To pay what is overdue', overdue])
  }
  const isTrialOver =
    lifecycle.offer === 'FreeTrial' &&
    (hasSuspension(lifecycle, 'Expired') || hasSuspension(lifecycle, 'SpendingLimitReached'))
  if (isTrialOver) rows.push(['To go on', `npx reprieve subscription upgrade ${subscriptionId}`])
  return rows
}

function peopleOf(lifecycle: Lifecycle): [string, string][] {
  const { wayBack, state, suspensions, accountAdministrator } = lifecycle
  const administrator: [string, string] = ['Account administrator', accountAdministrator]
  // A cancel is taken back; every other suspension has a way of its own.
  const isCancelled = suspensions.some(({ reason }) => reason === 'Cancelled')
  if (wayBack === null || state === 'Deleted' || !isCancelled) return [administrator]
  return [administrator, ['May reactivate', whoText(wayBack)]]
}
