import { hasCode } from '../../api/client-error.ts'
import { type Client, collect } from '../../api/client.ts'
import { CommandRefused } from '../failure.ts'

/** A subscription as `GET /subscriptions` shows it. */
export type ListedSubscription = {
  readonly subscriptionId: string
  readonly displayName: string
  readonly state: string
  readonly subscriptionPolicies?: { readonly quotaId?: string }
}

export type NamedSubscription = {
  readonly subscriptionId: string
  /** Null for one that was purged: its name went with it. */
  readonly displayName: string | null
}

const uuidShape = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i

export function listSubscriptions(client: Client): Promise<ListedSubscription[]> {
  return collect(client.pages<ListedSubscription>('/subscriptions'))
}

/** The subscription that a person names by its id or by its name, whatever the case. */
export async function findSubscription(client: Client, named: string): Promise<NamedSubscription> {
  if (uuidShape.test(named)) return readSubscription(client, named.toLowerCase())
  return chooseSubscription(await listSubscriptions(client), named)
}

/** An exact name wins over one that differs in case only; what is left must be one. */
export function chooseSubscription(
  subscriptions: readonly ListedSubscription[],
  named: string,
): NamedSubscription {
  const exact = subscriptions.filter(({ displayName }) => displayName === named)
  const key = named.toLowerCase()
  const alike = subscriptions.filter(({ displayName }) => displayName.toLowerCase() === key)
  const [found, ...others] = exact.length > 0 ? exact : alike
  if (found === undefined) {
    throw new CommandRefused(
      `There is no subscription named '${named}' that you may see. List them: npx reprieve ` +
        'subscription list. One that was purged has no name any more: use its id.',
    )
  }
  if (others.length > 0) {
    const ids = [found, ...others].map(
      ({ subscriptionId, state }) => `${subscriptionId} (${state})`,
    )
    throw new CommandRefused(
      `${others.length + 1} subscriptions are named '${named}': ${ids.join(', ')}. Use the id.`,
    )
  }
  return { subscriptionId: found.subscriptionId, displayName: found.displayName }
}

async function readSubscription(
  client: Client,
  subscriptionId: string,
): Promise<NamedSubscription> {
  try {
    const path = `/subscriptions/${subscriptionId}`
    const { body } = await client.request<ListedSubscription>('GET', path)
    return { subscriptionId, displayName: body.displayName }
  } catch (error) {
    // What is left of a purged one answers to its id alone; the next call says what there is.
    if (hasCode(error, 'SubscriptionNotFound')) return { subscriptionId, displayName: null }
    throw error
  }
}

/** How a person is told which one is meant. */
export function titleOf({ displayName, subscriptionId }: NamedSubscription): string {
  return displayName === null ? subscriptionId : `${displayName} (${subscriptionId})`
}
