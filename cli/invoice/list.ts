import { collect } from '../../api/client.ts'
import { type Command, optionOf } from '../command.ts'
import { orNull } from '../or-null.ts'
import { accountsOf, type Invoice, invoicesPath } from './invoice.ts'
import { invoicesText } from './invoice-text.ts'

export const invoiceList: Command = {
  name: 'invoice list',
  summary: 'Lists invoices and credit notes, the newest first',
  options: [['--billing-account <account>', 'Only of this one (default: all that you may see)']],
  run: async (call) => {
    const client = await call.client()
    const isNamed = optionOf(call, 'billingAccount') !== null
    const invoices: Invoice[] = []
    for (const account of await accountsOf(call, client)) {
      const asked = collect(client.pages<Invoice>(invoicesPath(account)))
      // Who sees an account does not always see its invoices.
      invoices.push(...(isNamed ? await asked : ((await orNull(asked)) ?? [])))
    }
    // Each account's are sorted already; what was issued at one instant stays in that order.
    const newest = invoices.toSorted(
      (a, b) => Date.parse(b.properties.issuedAt) - Date.parse(a.properties.issuedAt),
    )
    const whenEmpty = 'No invoices yet: each is issued when its period ends.'
    return { data: newest, text: invoicesText(newest, whenEmpty) }
  },
}
