import { type Command, optionOf, wordOf } from '../command.ts'
import { CommandRefused } from '../failure.ts'
import {
  accountIn,
  accountOption,
  findInvoice,
  invoicesPath,
  numberWord,
  type Payment,
  type WholeInvoice,
} from './invoice.ts'

export const invoicePay: Command = {
  name: 'invoice pay',
  summary: 'Records that money came in for an invoice; what was unpaid is lifted at once',
  words: [numberWord],
  options: [
    ['--amount <amount>', 'In the currency of the invoice (default: all that is due)'],
    ['--name <name>', 'Names the payment, so that it can be repeated (default: payment-<n>)'],
    accountOption,
  ],
  run: async (call) => {
    const invoice = await findInvoice(call, wordOf(call, 0))
    const { payments, amountDue, currency, status } = invoice.properties
    refuseOther(invoice)
    const [given, named] = [optionOf(call, 'amount'), optionOf(call, 'name')]
    if (status === 'Paid' && given === null && named === null) {
      return { data: invoice, text: `${invoice.name} is paid already; nothing was recorded.` }
    }
    // By its place: should the answer be lost, the same line again finds it recorded.
    const name = named ?? `payment-${payments.length + 1}`
    const client = await call.client()
    const path = `${invoicesPath(accountIn(invoice))}/${encodeURIComponent(invoice.name)}`
    const { status: code, body } = await client.request<Payment>(
      'PUT',
      `${path}/payments/${encodeURIComponent(name)}`,
      { body: { properties: { amount: given ?? amountDue, currency } } },
    )
    const after = await client.request<WholeInvoice>('GET', path)
    const done = code === 201 ? 'Recorded' : 'Recorded before'
    const left = `${after.body.properties.amountDue} ${currency}`
    const text =
      `${done}: ${body.properties.amount} ${currency} for ${invoice.name} (${body.name}). ` +
      `Still to pay: ${left}.`
    return { data: after.body, text }
  },
}

/** A credit note and a void invoice owe nothing, and never will. */
function refuseOther({ name, properties }: WholeInvoice): void {
  if (properties.documentType === 'CreditNote') {
    const of = properties.creditFor ?? 'an invoice'
    throw new CommandRefused(`${name} is a credit note for ${of}: it is not to be paid.`)
  }
  if (properties.status !== 'Void') return
  const notes = properties.creditNotes.join(', ')
  throw new CommandRefused(`${name} is void (${notes}): nothing is owed on it.`)
}
