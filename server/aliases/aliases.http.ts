import { Type } from 'typebox'
import type { Kysely, Transaction } from 'kysely'
import {
  type BillingAccount,
  accountNameOf,
  readBillingAccount,
} from '../billing-accounts/store.ts'
import type { Database } from '../database/connection.ts'
import type { Schema, Tags } from '../database/schema.ts'
import type { EventRecorder } from '../events/record.ts'
import { isUuid, type Random } from '../kernel/ids.ts'
import { formatInstant } from '../kernel/instant.ts'
import { isReprieveName } from '../kernel/names.ts'
import { mayAct } from '../pipeline/authorise.ts'
import {
  type Caller,
  type Operation,
  type OperationRequest,
  type OperationResponse,
  operation,
  refuseRequest,
} from '../pipeline/operation.ts'
import { isVisible } from '../roles/authorise.ts'
import { subscriptionApiVersions } from '../subscriptions/api-versions.ts'
import { type Subscription, readSubscription, subscriptionScope } from '../subscriptions/store.ts'
import { chooseOffer, createSubscription, offerTag } from './create.ts'
import { type Alias, readAlias } from './store.ts'

export type AliasDependencies = {
  readonly database: Database<Schema>
  readonly events: EventRecorder
  readonly random: Random
}

const path = '/providers/Microsoft.Subscription/aliases'
const common = {
  type: 'Microsoft.Subscription/aliases',
  apiVersions: subscriptionApiVersions,
  // An alias may be made by whoever may create in the billing scope; it is asked inside.
  action: null,
  whenSuspended: 'not of a subscription',
} as const

type AliasBody = {
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
const bodySchema = Type.Object({
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

export function aliasOperations(dependencies: AliasDependencies): readonly Operation[] {
  return [
    operation<AliasBody>({
      ...common,
      name: 'Alias_Create',
      method: 'PUT',
      paths: [`${path}/:aliasName`],
      body: bodySchema,
      handle: (request) => putAlias(request, dependencies),
    }),
    operation({
      ...common,
      name: 'Alias_Get',
      method: 'GET',
      paths: [`${path}/:aliasName`],
      handle: async ({ caller, params }) => {
        const name = String(params['aliasName'])
        const found = await findVisible(dependencies.database.db, caller, name)
        if (found === null) refuseRequest('notFound', { what: `The alias '${name}'` })
        return { status: 200, body: show(found.alias, found.subscription) }
      },
    }),
    operation({
      ...common,
      name: 'Alias_List',
      method: 'GET',
      paths: [path],
      handle: (request) => listAliases(request, dependencies),
    }),
    operation({
      ...common,
      name: 'Alias_Delete',
      method: 'DELETE',
      paths: [`${path}/:aliasName`],
      handle: (request) => deleteAlias(request, dependencies),
    }),
  ]
}

function show(alias: Alias, subscription: Subscription) {
  return {
    id: `${path}/${alias.name}`,
    name: alias.name,
    type: 'Microsoft.Subscription/aliases',
    properties: {
      subscriptionId: alias.subscriptionId,
      displayName: subscription.displayName,
      provisioningState: 'Succeeded',
      acceptOwnershipState: 'Completed',
      billingScope: `/providers/Microsoft.Billing/billingAccounts/${subscription.billingAccountKey}`,
      workload: subscription.workload,
      subscriptionOwnerId: subscription.lifecycle.accountAdministrator,
      createdTime: formatInstant(subscription.createdAt),
      tags: subscription.tags,
    },
  }
}

/** An alias is seen by whoever sees its subscription. */
async function findVisible(
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

async function putAlias(
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
    const before = await readAlias(tx, caller.tenantId, name)
    if (before !== null) return repeatAlias(before, body)
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
    return true
  })
  const found = await findVisible(database.db, caller, name)
  if (found === null) {
    // Somebody else's alias of that name: it is not shown, but the name is taken.
    const subscriptionOwnerId = body.properties.additionalProperties?.subscriptionOwnerId
    if (!created || subscriptionOwnerId === undefined) {
      refuseRequest('nameTaken', { what: 'subscription alias', name })
    }
    return { status: 201, body: { ...(await unseen(database.db, caller, name)) } }
  }
  return { status: created ? 201 : 200, body: show(found.alias, found.subscription) }
}

/** Made for another owner: the maker gets the id and no more rights than he has. */
async function unseen(db: Kysely<Schema>, caller: Caller, name: string) {
  const alias = await readAlias(db, caller.tenantId, name)
  return {
    id: `${path}/${name}`,
    name,
    type: 'Microsoft.Subscription/aliases',
    properties: { subscriptionId: alias?.subscriptionId, provisioningState: 'Succeeded' },
  }
}

/** A repeated PUT is answered; one that would need another subscription is a conflict. */
function repeatAlias(before: Alias, body: AliasBody): boolean {
  const asked = body.properties.subscriptionId ?? null
  if (asked !== null && asked.toLowerCase() !== before.subscriptionId) {
    refuseRequest('aliasConflict', { alias: before.name, subscriptionId: before.subscriptionId })
  }
  return false
}

async function adoptSubscription(
  tx: Transaction<Schema>,
  caller: Caller,
  subscriptionId: string,
): Promise<string> {
  if (!isUuid(subscriptionId)) refuseRequest('invalidSubscriptionId', { subscriptionId })
  const found = await readSubscription(tx, caller.tenantId, subscriptionId.toLowerCase())
  const scopeKey = subscriptionScope(subscriptionId)
  const seen = found !== null && isVisible({ ...caller, subscription: null, scopeKey })
  if (!seen || found.lifecycle.purgeStartedAt !== null) {
    refuseRequest('subscriptionNotFound', { subscriptionId })
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

const pageMax = 200

async function listAliases(
  { caller, query, publicUrl, apiVersion }: OperationRequest,
  { database }: AliasDependencies,
): Promise<OperationResponse> {
  const rows = await database.db
    .selectFrom('subscription_aliases')
    .select(['name', 'name_key'])
    .where('tenant_id', '=', caller.tenantId)
    .where('name_key', '>', query['skiptoken'] ?? '')
    .orderBy('name_key')
    .limit(pageMax)
    .execute()
  const value = []
  for (const { name } of rows) {
    const found = await findVisible(database.db, caller, name)
    if (found !== null) value.push(show(found.alias, found.subscription))
  }
  const next = rows.length < pageMax ? null : (rows.at(-1)?.name_key ?? null)
  const nextLink =
    next === null
      ? undefined
      : `${publicUrl}${path}?api-version=${apiVersion}&$skiptoken=${encodeURIComponent(next)}`
  return { status: 200, body: nextLink === undefined ? { value } : { value, nextLink } }
}

/** Takes away the name only. The subscription lives, and is charged, on: a header says so. */
async function deleteAlias(
  { caller, params }: OperationRequest,
  { database }: AliasDependencies,
): Promise<OperationResponse> {
  const name = String(params['aliasName'])
  const found = await findVisible(database.db, caller, name)
  if (found === null) return { status: 204 }
  const { subscription, alias } = found
  const scope = subscriptionScope(subscription.subscriptionId)
  const action = 'Microsoft.Subscription/aliases/delete'
  const owns = caller.principalId === alias.createdBy
  if (!owns && !mayAct(caller, action, scope, subscription)) {
    refuseRequest('authorisationFailed', {
      client: caller.name,
      objectId: caller.principalId,
      action,
      scope,
      roles: ['Owner', 'Contributor', 'who made the alias'],
    })
  }
  await database.db
    .deleteFrom('subscription_aliases')
    .where('tenant_id', '=', caller.tenantId)
    .where('name_key', '=', alias.nameKey)
    .execute()
  return {
    status: 200,
    headers: { warning: `299 - "subscription ${alias.subscriptionId} is not cancelled by this"` },
  }
}
