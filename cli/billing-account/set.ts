import { type Command, wordOf } from '../command.ts'
import { UsageError } from '../failure.ts'
import { accountPath, accountText, type BillingAccount, readAccount } from './account.ts'
import { termOptions, termsOf } from './terms.ts'

export const billingAccountSet: Command = {
  name: 'billing-account set',
  summary: 'Changes what may change of a billing account; what is not named stays',
  words: [['<account>', 'Its name']],
  options: termOptions,
  run: async (call) => {
    const name = wordOf(call, 0)
    const properties = termsOf(call)
    if (Object.keys(properties).length === 0) {
      throw new UsageError('Say what is to change, such as --tax-rate 19. Options: --help.')
    }
    const client = await call.client()
    // A PUT would make one that is not there.
    await readAccount(client, name)
    const { body } = await client.request<BillingAccount>('PUT', accountPath(name), {
      body: { properties },
    })
    return { data: body, text: accountText(body) }
  },
}
