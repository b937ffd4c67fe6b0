import type { Database } from '../database/connection.ts'
import type { Schema } from '../database/schema.ts'
import type { EventRecorder } from '../events/record.ts'
import type { Random } from '../kernel/ids.ts'
import {
  type Operation,
  type OperationRequest,
  type OperationResponse,
  operation,
  refuseRequest,
} from '../pipeline/operation.ts'
import { mayAct } from '../pipeline/authorise.ts'
import { orRefuse } from '../pipeline/or-refuse.ts'
import { pageOf, readPage } from '../pipeline/page.ts'
import { lifecycleApiVersions } from '../subscriptions/api-versions.ts'
import { type AccountBody, accountBodySchema, putAccount } from './put.http.ts'
import { accountsPath, showAccount } from './show.ts'
import { readBillingAccount } from './store.ts'

export type BillingAccountDependencies = {
  readonly database: Database<Schema>
  readonly events: EventRecorder
  readonly random: Random
}

const common = {
  type: 'Reprieve.Lifecycle/billingAccounts',
  apiVersions: lifecycleApiVersions,
  whenSuspended: 'not of a subscription',
} as const

const readAction = 'Reprieve.Lifecycle/billingAccounts/read'

function scopeOfAccount(name: string): string {
  return `/providers/Microsoft.Billing/billingAccounts/${name}`
}

export function billingAccountOperations(
  dependencies: BillingAccountDependencies,
): readonly Operation[] {
  const { database } = dependencies
  return [
    operation<AccountBody>({
      ...common,
      name: 'BillingAccounts_CreateOrUpdate',
      method: 'PUT',
      paths: [`${accountsPath}/:billingAccountName`],
      action: 'Reprieve.Lifecycle/billingAccounts/write',
      scope: (params) => scopeOfAccount(String(params['billingAccountName'])),
      body: accountBodySchema,
      handle: (request) => putAccount(request, dependencies),
    }),
    operation({
      ...common,
      name: 'BillingAccounts_Get',
      method: 'GET',
      paths: [`${accountsPath}/:billingAccountName`],
      action: readAction,
      scope: (params) => scopeOfAccount(String(params['billingAccountName'])),
      handle: async ({ caller, params }) => {
        const name = String(params['billingAccountName'])
        const account = await readBillingAccount(database.db, caller.tenantId, name)
        if (account === null) refuseRequest('notFound', { what: `The billing account '${name}'` })
        return { status: 200, body: showAccount(account) }
      },
    }),
    operation({
      ...common,
      name: 'BillingAccounts_List',
      method: 'GET',
      paths: [accountsPath],
      action: null,
      handle: (request) => listAccounts(request, dependencies),
    }),
  ]
}

/** Those that the caller may read, in pages of what he looks through. */
async function listAccounts(
  request: OperationRequest,
  { database }: BillingAccountDependencies,
): Promise<OperationResponse> {
  const { caller } = request
  const asked = orRefuse(readPage(request.query))
  const rows = await database.db
    .selectFrom('billing_accounts')
    .select(['name', 'name_key'])
    .where('tenant_id', '=', caller.tenantId)
    .where('name_key', '>', asked.after?.[0] ?? '')
    .orderBy('name_key')
    .limit(asked.limit + 1)
    .execute()
  const page = pageOf(rows, asked, (row) => [row.name_key], { ...request, path: accountsPath })
  const value = []
  for (const { name } of page.rows) {
    if (!mayAct(caller, readAction, scopeOfAccount(name), null)) continue
    const account = await readBillingAccount(database.db, caller.tenantId, name)
    if (account !== null) value.push(showAccount(account))
  }
  return { status: 200, body: { value, nextLink: page.nextLink } }
}
