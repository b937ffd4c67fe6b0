import { type Client, collect } from '../../api/client.ts'
import { type Command, optionOf } from '../command.ts'
import {
  findSubscription,
  listSubscriptions,
  type NamedSubscription,
} from '../subscription/find.ts'
import { table } from '../table.ts'

export type ListedResource = {
  readonly id: string
  readonly name: string
  readonly type: string
  readonly location: string
}

export const resourceList: Command = {
  name: 'resource list',
  summary: 'Lists what subscriptions hold',
  options: [
    ['--subscription <subscription>', 'Its id or its name (default: all that you may see)'],
    ['--group <group>', 'Only what is in this resource group'],
    ['--type <type>', 'Only this type, such as Microsoft.Storage/storageAccounts'],
  ],
  run: async (call) => {
    const client = await call.client()
    const named = optionOf(call, 'subscription')
    const subscriptions =
      named === null ? await listSubscriptions(client) : [await findSubscription(client, named)]
    const filter = filterOf({
      resourceGroup: optionOf(call, 'group'),
      resourceType: optionOf(call, 'type'),
    })
    const found = []
    for (const subscription of subscriptions) {
      const resources = await listResources(client, subscription.subscriptionId, filter)
      found.push(...resources.map((resource) => ({ subscription, resource })))
    }
    return {
      data: found.map(({ resource }) => resource),
      text: table(
        ['Name', 'Type', 'Group', 'Subscription'],
        found.map(({ subscription, resource }) => rowOf(subscription, resource)),
        'No resources.',
      ),
    }
  },
}

function rowOf(subscription: NamedSubscription, { id, name, type }: ListedResource): string[] {
  return [name, type, groupOf(id), subscription.displayName ?? subscription.subscriptionId]
}

/** The resource group in a resource's id; empty when there is none. */
export function groupOf(id: string): string {
  return /\/resourceGroups\/([^/]+)/i.exec(id)?.[1] ?? ''
}

export function listResources(
  client: Client,
  subscriptionId: string,
  filter: string,
): Promise<ListedResource[]> {
  const query: { readonly [name: string]: string } = filter === '' ? {} : { $filter: filter }
  const path = `/subscriptions/${subscriptionId}/resources`
  return collect(client.pages<ListedResource>(path, { query }))
}

/** ARM's `$filter` for what is given. */
export function filterOf(wanted: { readonly [field: string]: string | null }): string {
  return Object.entries(wanted)
    .flatMap(([field, value]) =>
      value === null ? [] : [`${field} eq '${value.replaceAll("'", "''")}'`],
    )
    .join(' and ')
}
