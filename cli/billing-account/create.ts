import { type Command, wordOf } from '../command.ts'
import { CommandRefused } from '../failure.ts'
import { orNull } from '../or-null.ts'
import { accountPath, accountText, type BillingAccount, readAccount } from './account.ts'
import { termOptions, termsOf, textsOf } from './terms.ts'

/** What is fixed when the account is made: what was charged by it must stay true. */
const fixedOptions = [
  ['--currency <code>', 'Such as EUR, USD, CNY or JPY (default: USD)'],
  ['--agreement <type>', 'MicrosoftOnlineServicesProgram (default) or another agreement'],
  ['--price-list <list>', 'A list of your own (default: the usual prices)'],
  ['--test-clock <clock>', 'Lives on this test clock (default: on real time)'],
] as const

export const billingAccountCreate: Command = {
  name: 'billing-account create',
  summary: 'Makes a billing account: who pays, in which currency, on which day',
  words: [['<account>', 'Its name; it stays']],
  options: [...fixedOptions, ...termOptions],
  run: async (call) => {
    const name = wordOf(call, 0)
    const { agreement, ...fixed } = textsOf(call, [
      'currency',
      'agreement',
      'priceList',
      'testClock',
    ])
    const agreementType = agreement === undefined ? {} : { agreementType: agreement }
    const properties = { ...fixed, ...agreementType, ...termsOf(call) }
    const client = await call.client()
    if ((await orNull(readAccount(client, name))) !== null) {
      throw new CommandRefused(
        `There is a billing account '${name}' already; nothing was changed. To change it: ` +
          `npx reprieve billing-account set ${name}`,
      )
    }
    const { body } = await client.request<BillingAccount>('PUT', accountPath(name), {
      body: { properties },
    })
    return { data: body, text: `Created.\n${accountText(body)}` }
  },
}
