import type { Kysely, Transaction } from 'kysely'
import { Type } from 'typebox'
import type { Database } from '../database/connection.ts'
import type { Schema } from '../database/schema.ts'
import type { EventRecorder } from '../events/record.ts'
import { assert } from '../kernel/assert.ts'
import { isUuid, type Random } from '../kernel/ids.ts'
import { formatInstant } from '../kernel/instant.ts'
import {
  type Caller,
  type Operation,
  type OperationRequest,
  type OperationResponse,
  RequestRefused,
  operation,
  refuseRequest,
} from '../pipeline/operation.ts'
import { pageOf, readPage } from '../pipeline/page.ts'
import { idAfter } from '../roles/assignments.http.ts'
import { lifecycleApiVersions } from '../subscriptions/api-versions.ts'
import { beginTenantChange } from './change.ts'
import type { NewSecret } from './create-service-principal.ts'
import { createTenant } from './create-tenant.ts'
import { type Tenant, listTenants, readTenant, renameTenant } from './tenants.store.ts'

export type TenantDependencies = {
  readonly database: Database<Schema>
  readonly events: EventRecorder
  readonly random: Random
}

const path = '/providers/Reprieve.Lifecycle/tenants'
const readAction = 'Reprieve.Lifecycle/tenants/read'
const writeAction = 'Reprieve.Lifecycle/tenants/write'
const common = {
  type: 'Reprieve.Lifecycle/tenants',
  apiVersions: lifecycleApiVersions,
  scope: () => '/',
  whenSuspended: 'not of a subscription',
} as const

type TenantBody = { readonly properties: { readonly displayName: string } }

const bodySchema = Type.Object(
  {
    properties: Type.Object(
      { displayName: Type.String({ minLength: 1, maxLength: 128 }) },
      { additionalProperties: false },
    ),
  },
  { additionalProperties: false },
)

/** Tenants, which the administrators of the operator's own tenant make for others. */
export function tenantOperations(dependencies: TenantDependencies): readonly Operation[] {
  const { database } = dependencies
  return [
    operation<TenantBody>({
      ...common,
      name: 'Tenants_Create',
      method: 'PUT',
      paths: [`${path}/:tenantId`],
      action: writeAction,
      body: bodySchema,
      handle: (request) => putTenant(request, dependencies),
    }),
    operation({
      ...common,
      name: 'Tenants_Get',
      method: 'GET',
      paths: [`${path}/:tenantId`],
      action: readAction,
      handle: async ({ caller, params }) => {
        await requireOperator(database.db, caller, readAction)
        const tenantId = String(params['tenantId']).toLowerCase()
        const tenant = isUuid(tenantId) ? await readTenant(database.db, tenantId) : null
        if (tenant === null) refuseRequest('notFound', { what: `${path}/${tenantId}` })
        return { status: 200, body: showTenant(tenant) }
      },
    }),
    operation({
      ...common,
      name: 'Tenants_List',
      method: 'GET',
      paths: [path],
      action: readAction,
      handle: (request) => answerList(request, dependencies),
    }),
  ]
}

/** A right on one's own tenant is not one on the installation. */
async function requireOperator(
  db: Pick<Kysely<Schema>, 'selectFrom'>,
  caller: Caller,
  action: string,
): Promise<void> {
  const tenant = await readTenant(db, caller.tenantId)
  if (tenant?.isOperator !== true) refuseRequest('operatorOnly', { action })
}

async function putTenant(
  request: OperationRequest<TenantBody>,
  { database, events, random }: TenantDependencies,
): Promise<OperationResponse> {
  const { caller, params, realNow } = request
  const { displayName } = request.body.properties
  const tenantId = String(params['tenantId']).toLowerCase()
  if (!isUuid(tenantId)) {
    const problem = { kind: 'type', expected: 'GUID' } as const
    refuseRequest('invalidParameter', { parameter: 'tenantId', problem })
  }
  const { tenant, first } = await database.transaction(async (tx) => {
    await requireOperator(tx, caller, writeAction)
    const asked = { tenantId, displayName, isOperator: false, principalName: 'administrator' }
    const actor = 'operator'
    const made = await createTenant(tx, { ...asked, actor }, realNow, { events, random })
    const found = await readTenant(tx, tenantId)
    assert(found !== null, 'a tenant is there once it was made')
    const change: TenantRequest = { caller, tenantId, realNow }
    if (made !== null) await recordByOperator(tx, events, change, 'TenantCreated')
    if (made === null && found.displayName !== displayName) {
      const own = tenantId === caller.tenantId
      const by = own ? caller.principalId : actor
      const renaming = await beginTenantChange(tx, events, { tenantId, actor: by, realNow })
      await renameTenant(tx, tenantId, displayName)
      await renaming.record('TenantRenamed', { tenantId })
      if (!own) await recordByOperator(tx, events, change, 'TenantRenamed')
    }
    return { tenant: { ...found, displayName }, first: made }
  }, 'put a tenant')
  if (first === null) return { status: 200, body: showTenant(tenant) }
  const shown = showTenant(tenant)
  const properties = { ...shown.properties, firstServicePrincipal: showNewSecret(first) }
  return { status: 201, body: { ...shown, properties } }
}

type TenantRequest = Pick<OperationRequest, 'caller' | 'realNow'> & { readonly tenantId: string }

/** Who of the operator's it was is told in the operator's own history, and in no other. */
async function recordByOperator(
  tx: Transaction<Schema>,
  events: EventRecorder,
  { caller, tenantId, realNow }: TenantRequest,
  type: string,
): Promise<void> {
  const { tenantId: operatorId, principalId: actor } = caller
  const change = await beginTenantChange(tx, events, { tenantId: operatorId, actor, realNow })
  await change.record(type, { tenantId })
}

async function answerList(
  request: OperationRequest,
  { database }: TenantDependencies,
): Promise<OperationResponse> {
  await requireOperator(database.db, request.caller, readAction)
  const page = readPage(request.query)
  if (!page.accepted) throw new RequestRefused(page.refusal)
  const { limit } = page.value
  const after = idAfter(page.value.after)
  const found = await listTenants(database.db, { after, limit: limit + 1 })
  const asked = { ...request, path }
  const { rows, nextLink } = pageOf(found, page.value, (row) => [row.tenantId], asked)
  return { status: 200, body: { value: rows.map(showTenant), ...(nextLink && { nextLink }) } }
}

function showTenant({ tenantId, displayName, isOperator, createdAt }: Tenant) {
  return {
    id: `${path}/${tenantId}`,
    name: tenantId,
    type: 'Reprieve.Lifecycle/tenants',
    properties: { displayName, isOperator, createdAt: formatInstant(createdAt) },
  }
}

/** The one answer that holds a secret in clear. */
export function showNewSecret(secret: NewSecret) {
  return { ...secret, expiresAt: formatInstant(secret.expiresAt) }
}
