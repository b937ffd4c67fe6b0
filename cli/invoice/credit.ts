import { type Command, optionOf, wordOf } from '../command.ts'
import { UsageError } from '../failure.ts'
import {
  accountIn,
  accountOption,
  findInvoice,
  type Invoice,
  invoicesPath,
  numberWord,
} from './invoice.ts'
import { reasonOption } from './void.ts'

export const invoiceCredit: Command = {
  name: 'invoice credit',
  summary: 'Takes a part of one line of an invoice back, with its tax, by a credit note',
  words: [numberWord],
  options: [
    ['--line <number>', 'The line, as invoice show numbers it'],
    ['--amount <amount>', 'Before tax, in the currency of the invoice'],
    reasonOption,
    [
      '--name <name>',
      'Names the request, so that it can be repeated (default: line-<number>-<amount>)',
    ],
    accountOption,
  ],
  run: async (call) => {
    const [lineText, amount, reason] = [
      optionOf(call, 'line'),
      optionOf(call, 'amount'),
      optionOf(call, 'reason'),
    ]
    if (lineText === null || amount === null || reason === null) {
      throw new UsageError('Say which line, how much and why: --line 1 --amount 1.50 --reason ...')
    }
    if (!/^[1-9]\d{0,9}$/.test(lineText)) {
      throw new UsageError(`--line must be the number of a line, such as 1, not '${lineText}'.`)
    }
    const invoice = await findInvoice(call, wordOf(call, 0))
    const client = await call.client()
    const path = `${invoicesPath(accountIn(invoice))}/${encodeURIComponent(invoice.name)}`
    // By what it takes back: should the answer be lost, the same line again makes no second note.
    const name = optionOf(call, 'name') ?? `line-${lineText}-${amount}`
    const { status, body } = await client.request<Invoice>('POST', `${path}/creditNotes`, {
      body: { line: Number(lineText), amount, reason, name },
    })
    const { total, currency } = body.properties
    const text =
      `${body.name}: ${total} ${currency}, tax included, for ${invoice.name}.` +
      (status === 201 ? '' : ' It was made before; another one like it takes another --name.')
    return { data: body, text }
  },
}
