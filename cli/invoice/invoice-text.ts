import { count, dateText, dayText } from '../dates.ts'
import { decimalsOf, withDecimals } from '../decimal.ts'
import { nameIn } from '../resource/name-in.ts'
import { fields, safeText, table } from '../table.ts'
import {
  type Invoice,
  type InvoiceLine,
  type Party,
  type WholeInvoice,
  accountIn,
} from './invoice.ts'

/** One line for each invoice and credit note. */
export function invoicesText(invoices: readonly Invoice[], whenEmpty: string): string {
  const rows = invoices.map((invoice) => {
    const { currency, issuedAt, dueAt, total, amountDue, status, period } = invoice.properties
    return [
      invoice.name,
      accountIn(invoice),
      dayText(issuedAt),
      `${dayText(period.from)} to ${dayText(period.to)}`,
      `${total} ${currency}`,
      status === null ? '-' : `${amountDue} ${currency}`,
      status ?? `for ${invoice.properties.creditFor ?? '-'}`,
      status === 'Due' || status === 'OverDue' ? dayText(dueAt) : '-',
    ]
  })
  const titles = ['Number', 'Account', 'Issued', 'Period', 'Total', 'To pay', 'Status', 'Due']
  return table(titles, rows, whenEmpty, ['Total', 'To pay'])
}

/** Everything on an invoice, and what became of it since. */
export function invoiceText(invoice: WholeInvoice): string {
  const { name, properties } = invoice
  const { documentType, creditFor, reason, status, test, period, dueAt, issuedAt } = properties
  const isInvoice = documentType === 'Invoice'
  const head: [string, string | null][] = [
    [isInvoice ? 'Invoice' : 'Credit note', test ? `${name} (TEST: nobody owes it)` : name],
    ['For invoice', creditFor],
    ['Reason', reason],
    ['Billing account', accountIn(invoice)],
    ['Status', status],
    ['Issued', dateText(issuedAt)],
    ['Due', isInvoice ? dateText(dueAt) : null],
    ['Period', `${dateText(period.from)} to ${dateText(period.to)}`],
    ['Seller', partyText(properties.seller)],
    ['Buyer', partyText(properties.buyer)],
  ]
  return [
    fields(head.flatMap(([title, value]) => (value === null ? [] : [[title, value] as const]))),
    linesText(properties),
    standingText(properties),
  ]
    .filter((part) => part !== '')
    .join('\n\n')
}

function partyText({ name, address, country, taxId }: Party): string {
  const place = [...address, country].filter((part) => part !== '')
  return [name, ...place, ...(taxId === null ? [] : [`tax id ${taxId}`])].join(', ')
}

function linesText(properties: WholeInvoice['properties']): string {
  const { currency, lines, linesLink, subTotal, taxRate, tax, total } = properties
  const rows = lines.map(rowOf)
  if (linesLink !== null) rows.push(['', 'and more: the PDF has all lines'])
  rows.push(['', '', '', '', '', 'Before tax', subTotal])
  rows.push(['', '', '', '', '', `Tax (${taxRate} %)`, tax])
  rows.push(['', '', '', '', '', 'Total', total])
  const amount = `Amount (${currency})`
  const numbers = ['Line', 'Quantity', 'Unit price', amount]
  const titles = ['Line', 'Subscription', 'Resource', 'Meter', 'Quantity', 'Unit price', amount]
  return table(titles, rows, '', numbers)
}

function rowOf(line: InvoiceLine): string[] {
  const { number, kind, subscriptionName, resourceId, meter, quantity, unit, unitPrice } = line
  return [
    String(number),
    subscriptionName,
    nameIn(resourceId),
    kind === 'credit' ? 'credit' : kind === 'overLimit' ? 'above the limit' : (meter ?? '-'),
    quantity === null ? '' : `${shortQuantity(quantity)} ${unit ?? ''}`,
    unitPrice ?? '',
    line.cost,
  ]
}

/** Six decimals are enough for people; the API has all. */
function shortQuantity(quantity: string): string {
  return decimalsOf(quantity) > 6 ? withDecimals(quantity, 6) : quantity
}

function standingText(properties: WholeInvoice['properties']): string {
  const { payments, creditNotes, currency, amountDue, status, credited } = properties
  const paid = payments.map(
    ({ name, properties: { amount, receivedAt } }) =>
      `${safeText(name)}: ${amount} ${currency} on ${dayText(receivedAt)}`,
  )
  const rows: [string, string][] = []
  if (paid.length > 0) rows.push([`Paid (${count(paid.length, 'payment')})`, paid.join('; ')])
  if (creditNotes.length > 0) {
    rows.push(['Credited', `${credited} ${currency} (${creditNotes.join(', ')})`])
  }
  if (status !== null) rows.push(['Still to pay', `${amountDue} ${currency}`])
  return rows.length === 0 ? '' : fields(rows)
}
