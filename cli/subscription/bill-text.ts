import { count, dateText, dayText } from '../dates.ts'
import { nameIn } from '../resource/name-in.ts'
import { safeText, table } from '../table.ts'

/** What a cancel leaves to be paid. Amounts are decimal texts in major units of the currency. */
export type FinalBill = {
  readonly currency: string
  readonly from: string
  readonly to: string
  readonly lineCount: number
  readonly lines: readonly BillLine[]
  readonly subTotal: string
  /** What credit and spending limit take off. */
  readonly credit: string
  readonly taxRate: string
  readonly tax: string
  readonly total: string
}

type BillLine = {
  readonly resourceId: string | null
  readonly meter: string
  readonly quantity: string
  readonly unit: string
  readonly unitPrice: string
  readonly amount: string
}

/** A support plan of the same billing account, with the months that are left to be invoiced. */
export type Commitment = {
  readonly subscriptionId: string
  readonly displayName: string
  readonly offer: string
  readonly renews: boolean
  readonly endsAt: string
  readonly currency: string
  readonly months: readonly CommittedMonth[]
}

export type CommittedMonth = {
  readonly startsAt: string
  readonly invoiceDate: string
  readonly amount: string
}

/** What was used and is not on an invoice yet, line by line, and what it comes to. */
export function finalBillText(bill: FinalBill): string {
  const since = dateText(bill.from)
  if (bill.lineCount === 0) return `Final bill: nothing was used since ${since}.`
  const rows = bill.lines.map(({ resourceId, meter, quantity, unit, unitPrice, amount }) => [
    nameIn(resourceId),
    meter,
    `${quantity} ${unit}`,
    unitPrice,
    amount,
  ])
  const unnamed = bill.lineCount - bill.lines.length
  if (unnamed > 0) rows.push([`and ${count(unnamed, 'more line')}`])
  for (const [name, amount] of totalsOf(bill)) rows.push(['', '', '', name, amount])
  const amount = `Amount (${bill.currency})`
  return [
    `Final bill, estimated: what was used since ${since} and is not invoiced yet`,
    table(['Resource', 'Meter', 'Quantity', 'Unit price', amount], rows, '', [
      'Quantity',
      'Unit price',
      amount,
    ]),
  ].join('\n')
}

function totalsOf(bill: FinalBill): [string, string][] {
  const isCredited = /[1-9]/.test(bill.credit)
  const credit: [string, string][] = isCredited
    ? [['Credit, or above the limit', `-${bill.credit}`]]
    : []
  return [
    ['Before tax', bill.subTotal],
    ...credit,
    [`Tax (${bill.taxRate} %)`, bill.tax],
    ['Total', bill.total],
  ]
}

/** What no cancel of another subscription ends, and how it is ended. */
export function commitmentsText(commitments: readonly Commitment[]): string {
  if (commitments.length === 0) return 'Nothing is charged after that: not for the data, either.'
  const plans = commitments.map(({ displayName, subscriptionId, offer, renews, endsAt, ...rest }) =>
    [
      `${safeText(displayName)} (${subscriptionId}): ${offer}, serves until ${dateText(endsAt)}, ` +
        (renews ? 'then renews' : 'then ends'),
      monthsText(rest),
      renews ? `To end it: npx reprieve subscription cancel ${subscriptionId}` : '',
    ]
      .filter((line) => line !== '')
      .join('\n'),
  )
  const first = 'What goes on, and is charged (the data is kept for free):'
  return [first, ...plans].join('\n')
}

/** The months of a support plan that are still to be invoiced, one by one. */
export function monthsText({ months, currency }: Pick<Commitment, 'months' | 'currency'>): string {
  const rows = months.map(({ startsAt, invoiceDate, amount }) => [
    dayText(startsAt),
    dayText(invoiceDate),
    `${amount} ${currency}`,
  ])
  const amount = 'Before tax'
  const whenEmpty = 'Every month of its term is invoiced already.'
  return table(['Month from', 'Invoiced on', amount], rows, whenEmpty, [amount])
}
