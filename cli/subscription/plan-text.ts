import { count, dateText, daysBetween } from '../dates.ts'
import { fields, safeText } from '../table.ts'
import { commitmentsText, finalBillText } from './bill-text.ts'
import type { CancelPlan, PlannedResource } from './cancel-plan.ts'
import { type NamedSubscription, titleOf } from './find.ts'
import { isSupportPlan } from './lifecycle.ts'
import { supportPlanText } from './support-text.ts'
import { whoText } from './who-may.ts'

/** What a cancel will do, for somebody who is about to decide. */
export function planText(subscription: NamedSubscription, plan: CancelPlan): string {
  const { properties } = plan
  const parts = isSupportPlan(properties)
    ? supportPlanText(properties)
    : [
        resourcesText(properties.resources, properties.resourceCount),
        datesText(properties),
        finalBillText(properties.finalBill),
        commitmentsText(properties.commitments),
        fields([
          ['To bring it back', whoText(properties.wayBack)],
          ['To delete it early', whoText(properties.whoMayDeleteEarly)],
        ]),
      ]
  return [
    `If ${safeText(titleOf(subscription))} is cancelled now:`,
    ...parts,
    `Plan ${plan.name}, good until ${dateText(properties.expiresAt)} (real time).`,
  ].join('\n\n')
}

function resourcesText(resources: readonly PlannedResource[], total: number): string {
  if (total === 0) return 'It holds no resources: nothing stops but the subscription itself.'
  const lines = resources.flatMap(({ resourceId, whatStops, whatStays, whatIsLost }) => [
    safeText(resourceId),
    `  stops: ${safeText(whatStops)}`,
    `  stays: ${safeText(whatStays)}`,
    `  lost:  ${whatIsLost.length === 0 ? 'nothing' : safeText(whatIsLost.join('; '))}`,
  ])
  const unnamed = total - resources.length
  const more = unnamed > 0 ? [`and ${count(unnamed, 'more resource')}, each treated alike`] : []
  return [`${count(total, 'resource')}:`, ...lines, ...more].join('\n')
}

function datesText({ dates, cancelAt }: CancelPlan['properties']): string {
  const { billingStops, finalInvoice, readableUntil, deletableFrom, purge } = dates
  const days = purge === null ? '' : ` (${count(daysBetween(cancelAt, purge), 'day')}, free)`
  return fields([
    ['Billing stops', dateText(billingStops)],
    ['Final invoice', dateText(finalInvoice)],
    ['Data can be read until', `${dateText(readableUntil)}${days}`],
    ['Early deletion from', dateText(deletableFrom)],
    ['Deleted for good', dateText(purge)],
  ])
}
