import type { Kysely, Transaction } from 'kysely'
import type { Schema } from '../database/schema.ts'
import { type Scope, scopeKey } from './scope.ts'

type Reader = Pick<Kysely<Schema>, 'selectFrom'>

/** What an event says of a scope: ids, which stay true when names are used again. */
export type ScopeReference =
  | { readonly scope: 'tenant' }
  | { readonly scope: 'billingAccount'; readonly billingAccount: string }
  | { readonly scope: 'subscription'; readonly subscriptionId: string }
  | {
      readonly scope: 'resourceGroup' | 'resource' | 'insideResource'
      readonly subscriptionId: string
      readonly uid: string
    }

export type FoundScope = {
  /** With the names in the case in which they are stored. */
  readonly scope: Scope
  readonly reference: ScopeReference
  /** On its way out: nothing more can be given at it. */
  readonly isBeingDeleted: boolean
}

/**
 * The thing that a scope names, of this tenant only; null when there is none. Held: it cannot be
 * deleted before the transaction ends, so that no right outlives what it was given on.
 */
export async function findScope(
  db: Reader,
  tenantId: string,
  scope: Scope,
): Promise<FoundScope | null> {
  return find(db, tenantId, scope, false)
}

export async function holdScope(
  tx: Transaction<Schema>,
  tenantId: string,
  scope: Scope,
): Promise<FoundScope | null> {
  return find(tx, tenantId, scope, true)
}

async function find(
  db: Reader,
  tenantId: string,
  scope: Scope,
  held: boolean,
): Promise<FoundScope | null> {
  switch (scope.kind) {
    case 'tenant':
      return { scope, reference: { scope: 'tenant' }, isBeingDeleted: false }
    case 'billingAccount':
      return findAccount(db, tenantId, scope.account)
    case 'subscription':
      return findSubscription(db, tenantId, scope.subscriptionId)
    case 'resourceGroup':
      return findGroup(db, tenantId, scope, held)
    case 'resource':
      return findResource(db, tenantId, scope, held)
  }
}

async function findAccount(
  db: Reader,
  tenantId: string,
  account: string,
): Promise<FoundScope | null> {
  const row = await db
    .selectFrom('billing_accounts')
    .select(['name', 'name_key'])
    .where('tenant_id', '=', tenantId)
    .where('name_key', '=', account.toLowerCase())
    .executeTakeFirst()
  if (row === undefined) return null
  return {
    scope: { kind: 'billingAccount', account: row.name },
    reference: { scope: 'billingAccount', billingAccount: row.name_key },
    isBeingDeleted: false,
  }
}

async function findSubscription(
  db: Reader,
  tenantId: string,
  id: string,
): Promise<FoundScope | null> {
  const row = await db
    .selectFrom('subscriptions')
    .select('subscription_id')
    .where('subscription_id', '=', id.toLowerCase())
    .where('tenant_id', '=', tenantId)
    .where('purge_started_at', 'is', null)
    .executeTakeFirst()
  if (row === undefined) return null
  const subscriptionId = row.subscription_id
  return {
    scope: { kind: 'subscription', subscriptionId },
    reference: { scope: 'subscription', subscriptionId },
    isBeingDeleted: false,
  }
}

async function findGroup(
  db: Reader,
  tenantId: string,
  scope: Extract<Scope, { kind: 'resourceGroup' }>,
  held: boolean,
): Promise<FoundScope | null> {
  const row = await db
    .selectFrom('resource_groups')
    .select(['name', 'uid', 'subscription_id', 'provisioning_state'])
    .where('subscription_id', '=', scope.subscriptionId.toLowerCase())
    .where('tenant_id', '=', tenantId)
    .where('name_key', '=', scope.group.toLowerCase())
    .$if(held, (query) => query.forShare())
    .executeTakeFirst()
  if (row === undefined) return null
  const { subscription_id: subscriptionId, uid } = row
  return {
    scope: { kind: 'resourceGroup', subscriptionId, group: row.name },
    reference: { scope: 'resourceGroup', subscriptionId, uid },
    isBeingDeleted: row.provisioning_state === 'Deleting',
  }
}

async function findResource(
  db: Reader,
  tenantId: string,
  scope: Extract<Scope, { kind: 'resource' }>,
  held: boolean,
): Promise<FoundScope | null> {
  const { subscriptionId, group } = scope
  const above = await findGroup(
    db,
    tenantId,
    { kind: 'resourceGroup', subscriptionId, group },
    held,
  )
  if (above?.scope.kind !== 'resourceGroup') return null
  const row = await db
    .selectFrom('resources')
    .select(['type', 'name', 'uid'])
    .where('subscription_id', '=', above.scope.subscriptionId)
    .where('group_key', '=', scope.group.toLowerCase())
    .where('type_key', '=', scope.type.toLowerCase())
    .where('name_key', '=', scope.name.toLowerCase())
    .where('deleted_at', 'is', null)
    .$if(held, (query) => query.forShare())
    .executeTakeFirst()
  if (row === undefined) return null
  const kind = scope.inside.length === 0 ? 'resource' : 'insideResource'
  return {
    scope: { ...above.scope, kind: 'resource', ...row, inside: scope.inside },
    reference: { scope: kind, subscriptionId: above.scope.subscriptionId, uid: row.uid },
    isBeingDeleted: above.isBeingDeleted,
  }
}

/** Those of the scopes that exist in the tenant, by key, with what events say of them. */
export async function findScopes(
  db: Reader,
  tenantId: string,
  scopes: readonly Scope[],
): Promise<ReadonlyMap<string, FoundScope>> {
  const found = new Map<string, FoundScope>()
  for (const scope of scopes) {
    const one = await findScope(db, tenantId, scope)
    if (one !== null) found.set(scopeKey(scope), one)
  }
  return found
}
