import type { Client } from '../../api/client.ts'
import { listAccounts } from '../billing-account/account.ts'
import { type Call, isGiven, optionOf } from '../command.ts'
import { UsageError } from '../failure.ts'
import { findSubscription, listSubscriptions, titleOf } from '../subscription/find.ts'

/** A stream of events: where it is read, and what its events must say that they belong to. */
export type History = {
  readonly title: string
  readonly path: string
  readonly stream: string
}

/** What `events list` and `events verify` can be asked about. */
export const historyOptions = [
  ['--billing-account <name>', 'The history of a billing account'],
  ['--tenant', 'The history of the tenant'],
] as const

/** The histories that are asked for; an empty list when none is. */
export async function askedHistories(call: Call): Promise<History[]> {
  const named = call.words[0]
  const account = optionOf(call, 'billingAccount')
  const tenant = isGiven(call, 'tenant')
  if ([named !== undefined, account !== null, tenant].filter(Boolean).length > 1) {
    throw new UsageError(
      'Name a subscription, or give --billing-account, or --tenant: one of them.',
    )
  }
  if (account !== null) return [historyOfAccount(account)]
  if (tenant) return [historyOfTenant]
  if (named === undefined) return []
  const subscription = await findSubscription(await call.client(), named)
  return [historyOfSubscription(subscription.subscriptionId, titleOf(subscription))]
}

/** Every history that the caller can find by a list. A purged subscription's is found by its id. */
export async function allHistories(client: Client): Promise<History[]> {
  const accounts = await listAccounts(client)
  const subscriptions = await listSubscriptions(client)
  return [
    historyOfTenant,
    ...accounts.map(({ name }) => historyOfAccount(name)),
    ...subscriptions.map((one) => historyOfSubscription(one.subscriptionId, titleOf(one))),
  ]
}

/** The history that a stream's name stands for; null: no such form. */
export function historyOfStream(stream: string): History | null {
  const [kind, name] = stream.split('/')
  if (name === undefined || name === '') return null
  if (kind === 'account') return historyOfAccount(name)
  return kind === 'subscription' ? historyOfSubscription(name, `Subscription ${name}`) : null
}

export const historyOfTenant: History = {
  title: 'Tenant',
  path: '/providers/Reprieve.Lifecycle/events',
  stream: 'tenant',
}

function historyOfAccount(name: string): History {
  const encoded = encodeURIComponent(name)
  return {
    title: `Billing account ${name}`,
    path: `/providers/Reprieve.Lifecycle/billingAccounts/${encoded}/events`,
    stream: `account/${name.toLowerCase()}`,
  }
}

function historyOfSubscription(subscriptionId: string, title: string): History {
  return {
    title,
    path: `/subscriptions/${subscriptionId}/providers/Reprieve.Lifecycle/events`,
    stream: `subscription/${subscriptionId}`,
  }
}
