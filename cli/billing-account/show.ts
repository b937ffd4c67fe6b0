import { type Command, wordOf } from '../command.ts'
import { accountText, readAccount } from './account.ts'

export const billingAccountShow: Command = {
  name: 'billing-account show',
  summary: 'Who pays, in which currency, on which day, and what is overdue',
  words: [['<account>', 'Its name']],
  run: async (call) => {
    const account = await readAccount(await call.client(), wordOf(call, 0))
    return { data: account, text: accountText(account) }
  },
}
