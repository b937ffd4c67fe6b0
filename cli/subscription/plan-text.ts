import type { WhoMay } from '../../api/refusals.ts'
import { count, dateText, daysBetween } from '../dates.ts'
import { fields, safeText } from '../table.ts'
import { type NamedSubscription, titleOf } from './find.ts'
import { whoText } from './who-may.ts'

/** A cancel plan, as the API shows it. */
export type CancelPlan = {
  readonly name: string
  readonly properties: {
    readonly expiresAt: string
    readonly offer: string
    readonly cancelAt: string
    readonly resourceCount: number
    readonly resources: readonly PlannedResource[]
    readonly dates: {
      readonly billingStops: string
      readonly finalInvoice: string
      readonly deletableFrom: string
      readonly readableUntil: string
      readonly purge: string
    }
    readonly wayBack: WhoMay
    readonly whoMayDeleteEarly: WhoMay
  }
}

type PlannedResource = {
  readonly resourceId: string
  readonly type: string
  readonly whatStops: string
  readonly whatStays: string
  readonly whatIsLost: readonly string[]
}

/** What a cancel will do, for somebody who is about to decide. */
export function planText(subscription: NamedSubscription, plan: CancelPlan): string {
  const { properties } = plan
  return [
    `If ${safeText(titleOf(subscription))} is cancelled now:`,
    '',
    resourcesText(properties.resources, properties.resourceCount),
    '',
    datesText(properties),
    '',
    fields([
      ['To bring it back', whoText(properties.wayBack)],
      ['To delete it early', whoText(properties.whoMayDeleteEarly)],
    ]),
    '',
    `Plan ${plan.name}, good until ${dateText(properties.expiresAt)} (real time).`,
  ].join('\n')
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
  const days = daysBetween(cancelAt, dates.purge)
  return fields([
    ['Billing stops', dateText(dates.billingStops)],
    ['Final invoice', dateText(dates.finalInvoice)],
    ['Data can be read until', `${dateText(dates.readableUntil)} (${count(days, 'day')}, free)`],
    ['Early deletion from', dateText(dates.deletableFrom)],
    ['Deleted for good', dateText(dates.purge)],
  ])
}
