import type { Client } from '../../api/client.ts'
import { type Command, isGiven, optionOf, wordOf } from '../command.ts'
import { UsageError } from '../failure.ts'
import { findSubscription } from '../subscription/find.ts'
import { subscriptionWord } from '../subscription/show.ts'
import { type CostShare, type Costs, costText } from './cost-text.ts'

const groupings = ['day', 'resource', 'meter']

export const cost: Command = {
  name: 'cost',
  summary: 'What a subscription costs in the running period, before tax, and what it will come to',
  words: [subscriptionWord],
  options: [
    ['--by <what>', 'By day (default), resource or meter'],
    ['--last', 'Of the period before the running one'],
  ],
  run: async (call) => {
    const by = optionOf(call, 'by') ?? 'day'
    if (!groupings.includes(by)) {
      throw new UsageError(`--by must be ${groupings.join(', ')}, not '${by}'.`)
    }
    const client = await call.client()
    const subscription = await findSubscription(client, wordOf(call, 0))
    const { subscriptionId } = subscription
    const query = { by, period: isGiven(call, 'last') ? 'last' : 'current' }
    const costs = await readCosts(client, subscriptionId, query)
    return { data: { ...subscription, ...costs }, text: costText(subscription, costs) }
  },
}

/** The totals of the first page are those of the whole; its shares go on page by page. */
async function readCosts(
  client: Client,
  subscriptionId: string,
  query: { readonly [name: string]: string },
): Promise<Costs> {
  type Page = {
    readonly properties: Costs['properties']
    readonly value: readonly CostShare[]
    readonly nextLink: string | null
  }
  const path = `/subscriptions/${subscriptionId}/providers/Reprieve.Lifecycle/costs`
  const { body: first } = await client.request<Page>('GET', path, { query })
  const value = [...first.value]
  for (let next = first.nextLink; next !== null; ) {
    const { body }: { readonly body: Page } = await client.request<Page>('GET', next)
    value.push(...body.value)
    next = body.nextLink
  }
  return { properties: first.properties, value }
}
