import { mayAct } from '../pipeline/authorise.ts'
import { orRefuse } from '../pipeline/or-refuse.ts'
import { pageOf, readPage } from '../pipeline/page.ts'
import {
  type Operation,
  type OperationRequest,
  type OperationResponse,
  operation,
  refuseRequest,
} from '../pipeline/operation.ts'
import { subscriptionApiVersions } from '../subscriptions/api-versions.ts'
import { subscriptionScope } from '../subscriptions/store.ts'
import {
  type AliasBody,
  type AliasDependencies,
  aliasBodySchema,
  putAlias,
  recordAlias,
} from './put.http.ts'
import { aliasesPath, findVisibleAlias, showAlias } from './show.ts'

const common = {
  type: 'Microsoft.Subscription/aliases',
  apiVersions: subscriptionApiVersions,
  // An alias may be made by whoever may create in the billing scope; it is asked inside.
  action: null,
  whenSuspended: 'not of a subscription',
} as const

export function aliasOperations(dependencies: AliasDependencies): readonly Operation[] {
  return [
    operation<AliasBody>({
      ...common,
      name: 'Alias_Create',
      method: 'PUT',
      paths: [`${aliasesPath}/:aliasName`],
      body: aliasBodySchema,
      handle: (request) => putAlias(request, dependencies),
    }),
    operation({
      ...common,
      name: 'Alias_Get',
      method: 'GET',
      paths: [`${aliasesPath}/:aliasName`],
      handle: async ({ caller, params }) => {
        const name = String(params['aliasName'])
        const found = await findVisibleAlias(dependencies.database.db, caller, name)
        if (found === null) refuseRequest('notFound', { what: `The alias '${name}'` })
        return { status: 200, body: showAlias(found.alias, found.subscription) }
      },
    }),
    operation({
      ...common,
      name: 'Alias_List',
      method: 'GET',
      paths: [aliasesPath],
      handle: (request) => listAliases(request, dependencies),
    }),
    operation({
      ...common,
      name: 'Alias_Delete',
      method: 'DELETE',
      paths: [`${aliasesPath}/:aliasName`],
      handle: (request) => deleteAlias(request, dependencies),
    }),
  ]
}

/** Those of subscriptions that the caller sees, in pages of what he looks through. */
async function listAliases(
  request: OperationRequest,
  { database }: AliasDependencies,
): Promise<OperationResponse> {
  const { caller } = request
  const asked = orRefuse(readPage(request.query))
  const rows = await database.db
    .selectFrom('subscription_aliases')
    .select(['name', 'name_key'])
    .where('tenant_id', '=', caller.tenantId)
    .where('name_key', '>', asked.after?.[0] ?? '')
    .orderBy('name_key')
    .limit(asked.limit + 1)
    .execute()
  const page = pageOf(rows, asked, (row) => [row.name_key], { ...request, path: aliasesPath })
  const value = []
  for (const { name } of page.rows) {
    const found = await findVisibleAlias(database.db, caller, name)
    if (found !== null) value.push(showAlias(found.alias, found.subscription))
  }
  return {
    status: 200,
    body: page.nextLink === null ? { value } : { value, nextLink: page.nextLink },
  }
}

/** Takes away the name only. The subscription lives, and is charged, on: a header says so. */
async function deleteAlias(
  { caller, params, realNow }: OperationRequest,
  { database, events }: AliasDependencies,
): Promise<OperationResponse> {
  const name = String(params['aliasName'])
  const found = await findVisibleAlias(database.db, caller, name)
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
  await database.transaction(async (tx) => {
    const request = { caller, realNow }
    const removed = await tx
      .deleteFrom('subscription_aliases')
      .where('tenant_id', '=', caller.tenantId)
      .where('name_key', '=', alias.nameKey)
      .executeTakeFirst()
    if (removed.numDeletedRows === 0n) return
    const { subscriptionId } = alias
    await recordAlias(tx, { events }, subscriptionId, 'SubscriptionAliasRemoved', request)
  })
  return {
    status: 200,
    headers: { warning: `299 - "subscription ${alias.subscriptionId} is not cancelled by this"` },
  }
}
