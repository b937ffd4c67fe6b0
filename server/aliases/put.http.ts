import type { Kysely, Transaction } from 'kysely'
import { Type } from 'typebox'
import {
  type BillingAccount,
  accountNameOf,
  readBillingAccount,
} from '../billing-accounts/store.ts'
import type { Database } from '../database/connection.ts'
import type { Schema, Tags } from '../database/schema.ts'
import { type EventRecorder, subscriptionStream } from '../events/record.ts'
import { assert } from '../kernel/assert.ts'
import { type Random, isUuid } from '../kernel/ids.ts'
import { isReprieveName } from '../kernel/names.ts'
import { mayAct, refuseAct } from '../pipeline/authorise.ts'
import {
  type Caller,
  type OperationRequest,
  type OperationResponse,
  refuseRequest,
} from '../pipeline/operation.ts'
import { isVisible } from '../roles/authorise.ts'
import { beginTenantChange } from '../tenants/change.ts'
import { lockSubscription, readSubscription, subscriptionScope } from '../subscriptions/store.ts'
import { chooseOffer, createSubscription, offerTag } from './create.ts'
import { aliasesPath, findVisibleAlias, showAlias } from './show.ts'
import { type Alias, readAlias } from './store.ts'

export type AliasDependencies = {
  readonly database: Database<Schema>
  readonly events: EventRecorder
  readonly random: Random
}

export type AliasBody = {
  readonly properties: {
    readonly displayName?: string
    readonly workload?: string
    readonly billingScope?: string
    readonly subscriptionId?: string | null
    readonly additionalProperties?: {
      readonly subscriptionTenantId?: string
      readonly subscriptionOwnerId?: string
      readonly tags?: Tags
    }
  }
}

const optionalText = Type.Optional(Type.Union([Type.String(), Type.Null()]))
export const aliasBodySchema = Type.Object({
  properties: Type.Object({
    displayName: Type.Optional(Type.String({ minLength: 1, maxLength: 64 })),
    workload: Type.Optional(Type.String({ enum: ['Production', 'DevTest'] })),
    billingScope: Type.Optional(Type.String({ minLength: 1, maxLength: 512 })),
    subscriptionId: optionalText,
    resellerId: optionalText,
    additionalProperties: Type.Optional(
      Type.Object({
        managementGroupId: optionalText,
        subscriptionTenantId: Type.Optional(Type.String()),
        subscriptionOwnerId: Type.Optional(Type.String()),
        tags: Type.Optional(Type.Record(Type.String(), Type.String())),
      }),
    ),
  }),
})

/** Names a subscription: a new one, or one that is there. A repeat is answered, not done again. */
export async function putAlias(
  request: OperationRequest<AliasBody>,
  dependencies: AliasDependencies,
): Promise<OperationResponse> {
  const { caller, params, body } = request
  const { database } = dependencies
  const name = String(params['aliasName'])
  if (!isReprieveName(name)) {
    refuseRequest('invalidName', { field: 'alias name', name, rule: 'alias' })
  }
  const created = await database.transaction(async (tx) => {
    // Two requests for one new name: one makes it, the other then finds it.
    const { tenantId, principalId: actor } = caller
    await beginTenantChange(tx, dependencies.events, { tenantId, actor, realNow: request.realNow })
    const before = await readAlias(tx, caller.tenantId, name)
    if (before !== null) return repeatAlias(tx, caller, before, body)
    const asked = body.properties.subscriptionId ?? null
    const subscriptionId =
      asked === null
        ? await createFromAlias(tx, request, dependencies, name)
        : await adoptSubscription(tx, caller, asked)
    await tx
      .insertInto('subscription_aliases')
      .values({
        tenant_id: caller.tenantId,
        name_key: name.toLowerCase(),
        name,
        subscription_id: subscriptionId,
        created_at: request.realNow,
        created_by: caller.principalId,
      })
      .execute()
    await recordAlias(tx, dependencies, subscriptionId, 'SubscriptionAliasMade', request)
    return true
  })
  const found = await findVisibleAlias(database.db, caller, name)
  const status = created ? 201 : 200
  if (found !== null) return { status, body: showAlias(found.alias, found.subscription) }
  return { status, body: await unseen(database.db, caller, name) }
}

/** Made for another owner: the maker gets the id and no more rights than he has. */
async function unseen(db: Kysely<Schema>, caller: Caller, name: string) {
  const alias = await readAlias(db, caller.tenantId, name)
  // Somebody else's alias of that name: it is not shown, but the name is taken.
  if (alias?.createdBy !== caller.principalId) refuseTaken(name)
  return {
    id: `${aliasesPath}/${name}`,
    name,
    type: 'Microsoft.Subscription/aliases',
    properties: { subscriptionId: alias.subscriptionId, provisioningState: 'Succeeded' },
  }
}

function refuseTaken(name: string): never {
  refuseRequest('nameTaken', { what: 'subscription alias', name })
}

/** A repeated PUT is answered; one that would need another subscription is a conflict. */
async function repeatAlias(
  tx: Transaction<Schema>,
  caller: Caller,
  before: Alias,
  body: AliasBody,
): Promise<boolean> {
  const asked = body.properties.subscriptionId ?? null
  if (asked === null || asked.toLowerCase() === before.subscriptionId) return false
  const knows = before.createdBy === caller.principalId
  // The conflict names the subscription, which is not for everybody to know.
  if (!knows && (await findVisibleAlias(tx, caller, before.name)) === null) refuseTaken(before.name)
  refuseRequest('aliasConflict', { alias: before.name, subscriptionId: before.subscriptionId })
}

/** Who names a subscription changes it: seeing it is not enough. */
async function adoptSubscription(
  tx: Transaction<Schema>,
  caller: Caller,
  subscriptionId: string,
): Promise<string> {
  if (!isUuid(subscriptionId)) refuseRequest('invalidSubscriptionId', { subscriptionId })
  const found = await readSubscription(tx, caller.tenantId, subscriptionId.toLowerCase())
  const scope = subscriptionScope(subscriptionId)
  const administrates = caller.principalId === found?.lifecycle.accountAdministrator
  const seen = administrates || isVisible({ ...caller, subscription: null, scopeKey: scope })
  if (found === null || !seen || found.lifecycle.purgeStartedAt !== null) {
    refuseRequest('subscriptionNotFound', { subscriptionId })
  }
  const action = 'Microsoft.Subscription/aliases/write'
  if (!administrates && !mayAct(caller, action, scope, found)) {
    refuseAct(caller, action, scope, found)
  }
  return found.subscriptionId
}

async function createFromAlias(
  tx: Transaction<Schema>,
  { caller, body, realNow }: OperationRequest<AliasBody>,
  { events, random }: AliasDependencies,
  name: string,
): Promise<string> {
  const asked = body.properties
  const account = await findBillingScope(tx, caller, asked.billingScope)
  const { [offerTag]: offerName, ...tags } = asked.additionalProperties?.tags ?? {}
  const accountAdministrator = await findOwner(tx, caller, asked.additionalProperties ?? {})
  return createSubscription(
    tx,
    {
      tenantId: caller.tenantId,
      account,
      offer: chooseOffer(account, offerName),
      displayName: asked.displayName ?? name,
      workload: asked.workload ?? 'Production',
      tags,
      accountAdministrator,
      createdBy: caller.principalId,
    },
    realNow,
    { events, random },
  )
}

/** A billing scope in which the caller may not create does not exist for him. */
async function findBillingScope(
  tx: Transaction<Schema>,
  caller: Caller,
  billingScope: string | undefined,
): Promise<BillingAccount> {
  if (billingScope === undefined) {
    const field = 'properties.billingScope'
    refuseRequest('invalidContent', { field, problem: { kind: 'required' } })
  }
  const accountName = accountNameOf(billingScope)
  const account =
    accountName === null ? null : await readBillingAccount(tx, caller.tenantId, accountName)
  const action = 'Microsoft.Billing/billingAccounts/createSubscription/action'
  const scope = `/providers/Microsoft.Billing/billingAccounts/${accountName}`
  if (account === null || !mayAct(caller, action, scope, null)) {
    refuseRequest('billingScopeNotFound', { billingScope })
  }
  return account
}

async function findOwner(
  tx: Transaction<Schema>,
  caller: Caller,
  asked: { readonly subscriptionTenantId?: string; readonly subscriptionOwnerId?: string },
): Promise<string> {
  const tenant = asked.subscriptionTenantId
  if (tenant !== undefined && tenant.toLowerCase() !== caller.tenantId) {
    refuseRequest('invalidContent', {
      field: 'properties.additionalProperties.subscriptionTenantId',
      problem: { kind: 'mismatch', expected: caller.tenantId },
    })
  }
  const owner = asked.subscriptionOwnerId?.toLowerCase()
  if (owner === undefined) return caller.principalId
  const principal = isUuid(owner)
    ? await tx
        .selectFrom('principals')
        .select('principal_id')
        .where('tenant_id', '=', caller.tenantId)
        .where('principal_id', '=', owner)
        .executeTakeFirst()
    : undefined
  if (principal === undefined) refuseRequest('principalNotFound', { principalId: owner })
  return principal.principal_id
}

/** An alias is a fact of its subscription; its name is not for the history. */
export async function recordAlias(
  tx: Transaction<Schema>,
  { events }: Pick<AliasDependencies, 'events'>,
  subscriptionId: string,
  type: 'SubscriptionAliasMade' | 'SubscriptionAliasRemoved',
  { caller, realNow }: Pick<OperationRequest, 'caller' | 'realNow'>,
): Promise<void> {
  const locked = await lockSubscription(tx, subscriptionId, realNow)
  assert(locked !== null, 'a subscription is never removed, only purged')
  const draft = { type, at: locked.now, actor: caller.principalId, data: {} }
  await events.record(tx, subscriptionStream(locked.tenantId, subscriptionId), [draft], realNow)
}
