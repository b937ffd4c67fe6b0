import { dateText } from '../dates.ts'
import { decimalsOf, withDecimals } from '../decimal.ts'
import { nameIn } from '../resource/name-in.ts'
import { creditText } from '../subscription/credit.ts'
import { type NamedSubscription, titleOf } from '../subscription/find.ts'
import { fields, table } from '../table.ts'

/** What a subscription costs. Amounts: decimal texts in major units of the currency. */
export type Costs = {
  readonly properties: Totals & {
    readonly currency: string
    readonly by: string
    readonly period: 'current' | 'last'
    readonly from: string
    readonly to: string
    readonly asOf: string
    /** At the period's end, if everything that runs now runs on; null for a period that is over. */
    readonly projection: Totals | null
    readonly credit: { readonly left: string; readonly expiresAt: string } | null
  }
  readonly value: readonly CostShare[]
}

type Totals = {
  /** As the lines of the invoice come to. */
  readonly charged: string
  /** By credit and spending limit. */
  readonly takenOff: string
}

export type CostShare = {
  readonly day?: string
  readonly meter?: string
  readonly resourceId?: string | null
  /** Unrounded. */
  readonly cost: string
  readonly rounded: string
  /** Missing for a day, of which an invoice knows none. */
  readonly charged?: string
}

export function costText(subscription: NamedSubscription, { properties, value }: Costs): string {
  const { currency, period, from, to, asOf, projection, credit } = properties
  const isRunning = period === 'current'
  const amount = (text: string): string => `${text} ${currency}`
  const rows: [string, string][] = [
    ['Subscription', titleOf(subscription)],
    ['Period', `${dateText(from)} to ${dateText(to)}`],
    [isRunning ? `By now (${dateText(asOf)})` : 'In all', totalText(properties, amount)],
  ]
  if (projection !== null) {
    rows.push(['At its end, as it runs now', totalText(projection, amount)])
  }
  if (credit !== null) {
    rows.push(['Credit left', creditText({ ...credit, currency }, asOf)])
  }
  return `${fields(rows)}\n\n${sharesText(properties, value)}`
}

function totalText({ charged, takenOff }: Totals, amount: (text: string) => string): string {
  const isReduced = /[1-9]/.test(takenOff)
  const less = isReduced ? `, less ${amount(takenOff)} of credit or above the limit` : ''
  return `${amount(charged)} before tax${less}`
}

function sharesText({ by, currency }: Costs['properties'], value: readonly CostShare[]): string {
  const title = by === 'day' ? 'Day' : by === 'meter' ? 'Meter' : 'Resource'
  const amount = `Cost (${currency})`
  const rows = value.map((share) => [nameOf(share), share.charged ?? unrounded(share)])
  return table([title, amount], rows, 'Nothing was used in it.', [amount])
}

function nameOf({ day, meter, resourceId }: CostShare): string {
  return day ?? (meter === '' ? '-' : meter) ?? nameIn(resourceId ?? null)
}

/** An invoice knows no days: two decimals more than it has, so that small ones are not lost. */
function unrounded({ cost, rounded }: CostShare): string {
  return withDecimals(cost, decimalsOf(rounded) + 2)
}
