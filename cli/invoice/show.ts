import { type Command, wordOf } from '../command.ts'
import { accountOption, findInvoice, numberWord } from './invoice.ts'
import { invoiceText } from './invoice-text.ts'

export const invoiceShow: Command = {
  name: 'invoice show',
  summary: 'What an invoice or credit note charges, line by line, and what is paid of it',
  words: [numberWord],
  options: [accountOption],
  run: async (call) => {
    const invoice = await findInvoice(call, wordOf(call, 0))
    return { data: invoice, text: invoiceText(invoice) }
  },
}
