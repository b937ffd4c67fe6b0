import { type Command, optionOf } from '../command.ts'
import { filterOf, groupOf, listResources } from '../resource/list.ts'
import { findSubscription, listSubscriptions } from '../subscription/find.ts'
import { table } from '../table.ts'
import { storageType } from './account.ts'

export const storageList: Command = {
  name: 'storage list',
  summary: 'Lists storage accounts',
  options: [['--subscription <subscription>', 'Its id or its name (default: all)']],
  run: async (call) => {
    const client = await call.client()
    const named = optionOf(call, 'subscription')
    const subscriptions =
      named === null ? await listSubscriptions(client) : [await findSubscription(client, named)]
    const found = []
    for (const { subscriptionId, displayName } of subscriptions) {
      const filter = filterOf({ resourceType: storageType })
      const accounts = await listResources(client, subscriptionId, filter)
      found.push(...accounts.map((account) => ({ ...account, subscription: displayName })))
    }
    const rows = found.map(({ id, name, subscription }) => [name, groupOf(id), subscription ?? ''])
    const text = table(['Account', 'Group', 'Subscription'], rows, 'No storage accounts.')
    return { data: found, text }
  },
}
