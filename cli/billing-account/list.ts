import type { Command } from '../command.ts'
import { dayText } from '../dates.ts'
import { table } from '../table.ts'
import { type BillingAccount, listAccounts } from './account.ts'

export const billingAccountList: Command = {
  name: 'billing-account list',
  summary: 'Lists the billing accounts that you may see',
  run: async (call) => {
    const accounts = await listAccounts(await call.client())
    const titles = ['Account', 'Name', 'Currency', 'Invoice day', 'Time', 'Owes']
    return {
      data: accounts,
      text: table(titles, accounts.map(rowOf), 'No billing accounts.', ['Invoice day']),
    }
  },
}

function rowOf({ name, properties }: BillingAccount): string[] {
  const { displayName, currency, invoiceDay, testClock, overdueSince, unpaidSince } = properties
  const overdue = overdueSince === null ? '-' : `overdue since ${dayText(overdueSince)}`
  return [
    name,
    displayName,
    currency,
    String(invoiceDay),
    testClock === null ? 'real' : `clock ${testClock}`,
    unpaidSince === null ? overdue : `suspended since ${dayText(unpaidSince)}`,
  ]
}
