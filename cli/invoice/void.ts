import { type Command, optionOf, wordOf } from '../command.ts'
import { UsageError } from '../failure.ts'
import {
  accountIn,
  accountOption,
  findInvoice,
  type Invoice,
  invoicesPath,
  numberWord,
  type WholeInvoice,
} from './invoice.ts'

export const reasonOption = ['--reason <text>', 'Kept with the credit note'] as const

export const invoiceVoid: Command = {
  name: 'invoice void',
  summary: 'Takes a whole invoice back, by a credit note',
  words: [numberWord],
  options: [reasonOption, accountOption],
  run: async (call) => {
    const reason = optionOf(call, 'reason')
    if (reason === null) throw new UsageError('Say why: --reason "billed twice".')
    const invoice = await findInvoice(call, wordOf(call, 0))
    const client = await call.client()
    const path = `${invoicesPath(accountIn(invoice))}/${encodeURIComponent(invoice.name)}`
    await client.request<Invoice>('POST', `${path}/void`, { body: { reason } })
    const { body } = await client.request<WholeInvoice>('GET', path)
    const notes = body.properties.creditNotes.join(', ')
    const { total, currency } = body.properties
    const text = `${body.name} is void: ${total} ${currency} are taken back by ${notes}.`
    return { data: body, text }
  },
}
