import { Type } from 'typebox'
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
import { countAccessManagers } from '../roles/assignments.store.ts'
import { tenantScope } from '../roles/role.ts'
import { lifecycleApiVersions } from '../subscriptions/api-versions.ts'
import { type TenantChange, beginTenantChange } from './change.ts'
import { createServicePrincipal } from './create-service-principal.ts'
import { type Secret, decideDisable } from './principal.ts'
import { nameIn, refuseUnknown, requireSay, servicePrincipalsPath } from './principals.http.ts'
import {
  type ServicePrincipal,
  isNameInUse,
  listServicePrincipals,
  readSecrets,
  readServicePrincipal,
  updateServicePrincipal,
} from './principals.store.ts'
import { secretOperations } from './secrets.http.ts'
import type { TenantDependencies } from './tenants.http.ts'

const common = {
  type: 'Reprieve.Lifecycle/servicePrincipals',
  apiVersions: lifecycleApiVersions,
  scope: () => '/',
  whenSuspended: 'not of a subscription',
} as const

type PrincipalBody = {
  readonly properties?: { readonly displayName?: string; readonly disabled?: boolean }
}

const bodySchema = Type.Object(
  {
    properties: Type.Optional(
      Type.Object(
        {
          displayName: Type.Optional(Type.String({ minLength: 1, maxLength: 128 })),
          disabled: Type.Optional(Type.Boolean()),
        },
        { additionalProperties: false },
      ),
    ),
  },
  { additionalProperties: false },
)

/** The service principals of the caller's tenant, and their secrets. */
export function servicePrincipalOperations(dependencies: TenantDependencies): readonly Operation[] {
  const one = [`${servicePrincipalsPath}/:servicePrincipalName`]
  return [
    operation<PrincipalBody>({
      ...common,
      name: 'ServicePrincipals_Create',
      method: 'PUT',
      paths: one,
      action: 'Reprieve.Lifecycle/servicePrincipals/write',
      body: bodySchema,
      handle: (request) => putPrincipal(request, dependencies),
    }),
    operation({
      ...common,
      name: 'ServicePrincipals_Get',
      method: 'GET',
      paths: one,
      action: 'Reprieve.Lifecycle/servicePrincipals/read',
      handle: (request) => answerOne(request, dependencies),
    }),
    operation({
      ...common,
      name: 'ServicePrincipals_List',
      method: 'GET',
      paths: [servicePrincipalsPath],
      action: 'Reprieve.Lifecycle/servicePrincipals/read',
      handle: (request) => answerList(request, dependencies),
    }),
    operation({
      ...common,
      name: 'ServicePrincipals_Disable',
      method: 'DELETE',
      paths: one,
      action: 'Reprieve.Lifecycle/servicePrincipals/delete',
      handle: (request) => disablePrincipal(request, dependencies),
    }),
    ...secretOperations(dependencies),
  ]
}

async function putPrincipal(
  request: OperationRequest<PrincipalBody>,
  { database, events, random }: TenantDependencies,
): Promise<OperationResponse> {
  const { caller, body, realNow } = request
  const { tenantId, principalId: actor } = caller
  const name = nameIn(request.params)
  const asked = body.properties ?? {}
  const isNew = await database.transaction(async (tx) => {
    const change = await beginTenantChange(tx, events, { tenantId, actor, realNow })
    const before = await readServicePrincipal(tx, tenantId, name)
    if (before !== null) {
      await changePrincipal(change, before, { ...before, ...asked }, caller)
      return false
    }
    if (await isNameInUse(tx, tenantId, name))
      refuseRequest('nameTaken', { what: 'principal', name })
    const names = { name, displayName: asked.displayName ?? name }
    await createServicePrincipal(change, { ...names, disabled: asked.disabled ?? false }, random)
    return true
  }, 'put a service principal')
  return { ...(await answerOne(request, { database })), status: isNew ? 201 : 200 }
}

/** What the body leaves out stays as it is: a repeated PUT without it must not enable anybody. */
async function changePrincipal(
  change: TenantChange,
  before: ServicePrincipal,
  after: Pick<ServicePrincipal, 'displayName' | 'disabled'>,
  caller: Caller,
): Promise<void> {
  const { displayName, disabled } = after
  const { tx, tenantId } = change
  const { principalId } = before
  if (before.displayName === displayName && before.disabled === disabled) return
  await requireSay(change, caller, principalId)
  if (disabled && !before.disabled) await requireOtherManager(change, principalId)
  await updateServicePrincipal(tx, tenantId, principalId, { displayName, disabled })
  if (before.displayName !== displayName) {
    await change.record('ServicePrincipalRenamed', { principalId })
  }
  if (before.disabled !== disabled) {
    const type = disabled ? 'ServicePrincipalDisabled' : 'ServicePrincipalEnabled'
    await change.record(type, { principalId })
  }
}

async function requireOtherManager(change: TenantChange, principalId: string): Promise<void> {
  const { tx, tenantId } = change
  const otherManagers = await countAccessManagers(tx, tenantId, tenantScope, { principalId })
  const decision = decideDisable({ otherManagers })
  if (!decision.accepted) refuseRequest('lastAdministrator', { scope: tenantScope })
}

async function disablePrincipal(
  request: OperationRequest,
  { database, events }: TenantDependencies,
): Promise<OperationResponse> {
  const { caller, realNow } = request
  const { tenantId, principalId: actor } = caller
  const name = nameIn(request.params)
  const isThere = await database.transaction(async (tx) => {
    const change = await beginTenantChange(tx, events, { tenantId, actor, realNow })
    const before = await readServicePrincipal(tx, tenantId, name)
    if (before === null) return false
    await changePrincipal(change, before, { ...before, disabled: true }, caller)
    return true
  }, 'disable a service principal')
  return isThere ? answerOne(request, { database }) : { status: 204 }
}

async function answerOne(
  { caller, params }: Pick<OperationRequest, 'caller' | 'params'>,
  { database }: Pick<TenantDependencies, 'database'>,
): Promise<OperationResponse> {
  const { tenantId } = caller
  const name = nameIn(params)
  const found = await readServicePrincipal(database.db, tenantId, name)
  if (found === null) return refuseUnknown(name)
  const secrets = await readSecrets(database.db, tenantId, [found.principalId])
  return { status: 200, body: show(found, secrets.get(found.principalId) ?? [], tenantId) }
}

async function answerList(
  request: OperationRequest,
  { database }: TenantDependencies,
): Promise<OperationResponse> {
  const { tenantId } = request.caller
  const page = readPage(request.query)
  if (!page.accepted) throw new RequestRefused(page.refusal)
  const limit = page.value.limit + 1
  const after = page.value.after?.[0] ?? null
  const found = await listServicePrincipals(database.db, tenantId, { after, limit })
  const { rows, nextLink } = pageOf(found, page.value, (row) => [row.name.toLowerCase()], {
    ...request,
    path: servicePrincipalsPath,
  })
  const ids = rows.map((row) => row.principalId)
  const secrets = await readSecrets(database.db, tenantId, ids)
  const value = rows.map((row) => show(row, secrets.get(row.principalId) ?? [], tenantId))
  return { status: 200, body: { value, ...(nextLink && { nextLink }) } }
}

function show(principal: ServicePrincipal, secrets: readonly Secret[], tenantId: string) {
  return {
    id: `${servicePrincipalsPath}/${principal.name}`,
    name: principal.name,
    type: 'Reprieve.Lifecycle/servicePrincipals',
    properties: {
      displayName: principal.displayName,
      tenantId,
      objectId: principal.principalId,
      clientId: principal.appId,
      disabled: principal.disabled,
      createdAt: formatInstant(principal.createdAt),
      secrets: secrets.map(({ secretId, createdAt, expiresAt }) => ({
        secretId,
        createdAt: formatInstant(createdAt),
        expiresAt: formatInstant(expiresAt),
      })),
    },
  }
}
