import { type Command, optionOf, wordOf } from '../command.ts'
import { UsageError } from '../failure.ts'
import { findSubscription, titleOf } from '../subscription/find.ts'
import { createAccount, grantBlobAccess } from './account.ts'

export const storageCreate: Command = {
  name: 'storage create',
  summary: 'Creates a storage account that you can read and write',
  words: [['<account>', 'Its name: 3 to 24 lower-case letters and digits, unique here']],
  options: [
    ['--subscription <subscription>', 'Its id or its name'],
    ['--group <group>', 'Resource group; made if it is missing (default: storage)'],
    ['--location <location>', 'Where (default: local)'],
  ],
  run: async (call) => {
    const named = optionOf(call, 'subscription')
    if (named === null) throw new UsageError('Say in which subscription: --subscription <name>.')
    const client = await call.client()
    const subscription = await findSubscription(client, named)
    const account = await createAccount(client, {
      subscriptionId: subscription.subscriptionId,
      group: optionOf(call, 'group') ?? 'storage',
      name: wordOf(call, 0),
      location: optionOf(call, 'location') ?? 'local',
    })
    await grantBlobAccess(client, account.id)
    const { blob } = account.properties.primaryEndpoints
    const text = `${account.name} is in ${titleOf(subscription)}. Its blobs: ${blob}`
    return { data: account, text }
  },
}
