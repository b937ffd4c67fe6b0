import { count, dateText, daysFrom } from '../dates.ts'
import { fields } from '../table.ts'
import { monthsText } from './bill-text.ts'
import type { CancelPlan } from './cancel-plan.ts'
import { type NamedSubscription, titleOf } from './find.ts'
import type { Lifecycle } from './lifecycle.ts'
import { whoText } from './who-may.ts'

/** What a cancel of a support plan does: it ends the renewal, not the service. */
export function supportPlanText(properties: CancelPlan['properties']): string[] {
  const { commitments, subscriptionId, finalBill } = properties
  const own = commitments.find((one) => one.subscriptionId === subscriptionId)
  // One that has ended is no commitment any more.
  if (own === undefined) return ['Nothing: its term is over, and it ended with it.']
  const ends = dateText(own.endsAt)
  const last = own.months.at(-1)?.invoiceDate
  return [
    `It serves until ${ends}, and is paid until then, month by month; then it ends instead of ` +
      'renewing. It holds no data: nothing is kept, nothing is deleted.',
    `${count(own.months.length, 'month')} left to be invoiced:\n${monthsText(own)}`,
    fields([
      ['Last invoice', last === undefined ? 'issued already' : dateText(last)],
      ['Tax', `${finalBill.taxRate} % on top`],
      ['To resume it until then', whoText(properties.wayBack)],
    ]),
  ]
}

/** What a support plan commits to that was bought or resumed just now. */
export function commitsText({ commitments, subscriptionId }: CancelPlan['properties']): string {
  const own = commitments.find((one) => one.subscriptionId === subscriptionId)
  if (own === undefined) return ''
  return [
    `It is paid month by month until ${dateText(own.endsAt)}, whether it is cancelled or not, ` +
      'and then renews:',
    monthsText(own),
    `To end it with its term: npx reprieve subscription cancel ${subscriptionId}`,
  ].join('\n')
}

/** Where a support plan stands after a cancel. `now` as its clock has it, null when not known. */
export function endingText(
  subscription: NamedSubscription,
  { term, suspensions }: Lifecycle,
  now: string | null,
): string {
  const title = titleOf(subscription)
  const { subscriptionId } = subscription
  const expired = suspensions.find(({ reason }) => reason === 'Expired')
  if (expired !== undefined) return `${title} ended on ${dateText(expired.effectiveAt)}.`
  if (term === null) return `${title} has no term.`
  const when = now === null ? '' : ` (${daysFrom(now, term.endsAt)})`
  return (
    `${title} does not renew. It serves, and is paid, until ${dateText(term.endsAt)}${when}. ` +
    `Until then it can be resumed: npx reprieve subscription reactivate ${subscriptionId}`
  )
}
