import { dateText, daysFrom } from '../dates.ts'
import { fields } from '../table.ts'
import { type NamedSubscription, titleOf } from './find.ts'
import { stuckText } from './follow.ts'
import type { Lifecycle } from './lifecycle.ts'
import { whoText } from './who-may.ts'

/** Where a subscription stands. `now`: the time that counts for it, null when it is not known. */
export function showText(
  subscription: NamedSubscription,
  lifecycle: Lifecycle,
  now: string | null,
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
      ['Resources', `${effects.done} of ${effects.total} ${wanted(lifecycle)}`],
      ...peopleOf(lifecycle),
    ]),
    stuckText(effects.stuck),
  ]
    .filter((part) => part !== '')
    .join('\n')
}

/** What becomes of resources in this state, as the end of a count. */
function wanted({ state }: Lifecycle): string {
  return state === 'Deleted' ? 'gone' : 'as they should be'
}

function stateText({ state, suspensions }: Lifecycle): string {
  const reasons = suspensions.map(
    ({ reason, effectiveAt }) => `${reason} since ${dateText(effectiveAt)}`,
  )
  return reasons.length === 0 || state === 'Deleted' ? state : `${state}: ${reasons.join('; ')}`
}

function datesOf(lifecycle: Lifecycle, now: string | null): [string, string][] {
  const { state, cancelledAt, deletableFrom, purgeAt, purgeStartedAt, purgedAt } = lifecycle
  const relative = (at: string): string =>
    now === null ? dateText(at) : `${dateText(at)} (${daysFrom(now, at)})`
  const rows: [string, string | null][] = [['Cancelled', cancelledAt]]
  if (state === 'Deleted') {
    rows.push(['Purge began', purgeStartedAt], ['Gone', purgedAt])
  } else {
    rows.push(['Early deletion from', deletableFrom], ['Readable until', purgeAt])
  }
  return rows.flatMap(([name, at]) => (at === null ? [] : [[name, relative(at)]]))
}

function peopleOf(lifecycle: Lifecycle): [string, string][] {
  const { wayBack, state, suspensions, accountAdministrator } = lifecycle
  const administrator: [string, string] = ['Account administrator', accountAdministrator]
  // Nothing is to be brought back from where nothing was suspended.
  if (wayBack === null || state === 'Deleted' || suspensions.length === 0) return [administrator]
  return [administrator, ['May reactivate', whoText(wayBack)]]
}

/** One line after an act: what is so now. */
export function outcomeText(
  subscription: NamedSubscription,
  lifecycle: Lifecycle,
  now: string | null,
): string {
  const { state, effects, purgeAt } = lifecycle
  const until =
    purgeAt === null || state === 'Deleted'
      ? ''
      : ` Its data can be read until ${dateText(purgeAt)}` +
        `${now === null ? '' : ` (${daysFrom(now, purgeAt)})`}.`
  const drained =
    effects.total === 0
      ? ''
      : ` ${effects.done} of ${effects.total} resources are ${wanted(lifecycle)}.`
  return [`${titleOf(subscription)} is ${state}.${until}${drained}`, stuckText(effects.stuck)]
    .filter((part) => part !== '')
    .join('\n')
}
