import { type Command, optionOf, wordOf } from '../command.ts'
import { table } from '../table.ts'
import { findAccount } from './account.ts'

type Keys = {
  readonly keys: readonly {
    readonly keyName: string
    readonly value: string
    readonly permissions: string
  }[]
}

export const storageKeys: Command = {
  name: 'storage keys',
  summary: 'Shows the keys of a storage account',
  words: [['<account>', 'Its name']],
  options: [['--subscription <subscription>', 'Where it is (default: wherever it is found)']],
  run: async (call) => {
    const client = await call.client()
    const account = await findAccount(client, wordOf(call, 0), optionOf(call, 'subscription'))
    const { body } = await client.request<Keys>('POST', `${account.id}/listKeys`)
    const rows = body.keys.map(({ keyName, value }) => [keyName, value])
    return { data: body.keys, text: table(['Key', 'Value'], rows, 'No keys.') }
  },
}
