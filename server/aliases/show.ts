import type { Kysely } from 'kysely'
import type { Schema } from '../database/schema.ts'
import { formatInstant } from '../kernel/instant.ts'
import type { Caller } from '../pipeline/operation.ts'
import { isVisible } from '../roles/authorise.ts'
import { type Subscription, readSubscription, subscriptionScope } from '../subscriptions/store.ts'
import { type Alias, readAlias } from './store.ts'

export const aliasesPath = '/providers/Microsoft.Subscription/aliases'
const accountsPath = '/providers/Microsoft.Billing/billingAccounts'

export function showAlias(alias: Alias, subscription: Subscription) {
  return {
    id: `${aliasesPath}/${alias.name}`,
    name: alias.name,
    type: 'Microsoft.Subscription/aliases',
    properties: {
      subscriptionId: alias.subscriptionId,
      displayName: subscription.displayName,
      provisioningState: 'Succeeded',
      acceptOwnershipState: 'Completed',
      billingScope: `${accountsPath}/${subscription.billingAccountKey}`,
      workload: subscription.workload,
      subscriptionOwnerId: subscription.lifecycle.accountAdministrator,
      createdTime: formatInstant(subscription.createdAt),
      tags: subscription.tags,
    },
  }
}

/** An alias is seen by whoever sees its subscription. */
export async function findVisibleAlias(
  db: Pick<Kysely<Schema>, 'selectFrom'>,
  caller: Caller,
  name: string,
): Promise<{ alias: Alias; subscription: Subscription } | null> {
  const alias = await readAlias(db, caller.tenantId, name)
  if (alias === null) return null
  const subscription = await readSubscription(db, caller.tenantId, alias.subscriptionId)
  if (subscription === null || subscription.lifecycle.purgeStartedAt !== null) return null
  const administrates = caller.principalId === subscription.lifecycle.accountAdministrator
  const scopeKey = subscriptionScope(subscription.subscriptionId)
  if (!administrates && !isVisible({ ...caller, subscription: null, scopeKey })) return null
  return { alias, subscription }
}
