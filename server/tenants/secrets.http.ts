import { Type } from 'typebox'
import { isUuid } from '../kernel/ids.ts'
import {
  type Operation,
  type OperationRequest,
  type OperationResponse,
  operation,
  refuseRequest,
} from '../pipeline/operation.ts'
import { countAccessManagers } from '../roles/assignments.store.ts'
import { tenantScope } from '../roles/role.ts'
import { lifecycleApiVersions } from '../subscriptions/api-versions.ts'
import { beginTenantChange } from './change.ts'
import { addSecret } from './create-service-principal.ts'
import {
  decideAddSecret,
  decideRemoveSecret,
  secretLifetimeDaysDefault,
  secretLifetimeDaysMax,
  secretsMax,
} from './principal.ts'
import { nameIn, refuseUnknown, requireSay, servicePrincipalsPath } from './principals.http.ts'
import { deleteSecret, readSecrets, readServicePrincipal } from './principals.store.ts'
import { type TenantDependencies, showNewSecret } from './tenants.http.ts'

const one = `${servicePrincipalsPath}/:servicePrincipalName`
const common = {
  type: 'Reprieve.Lifecycle/servicePrincipals',
  apiVersions: lifecycleApiVersions,
  scope: () => '/',
  whenSuspended: 'not of a subscription',
} as const

type SecretBody = { readonly properties?: { readonly expiresInDays?: number } } | undefined

const bodySchema = Type.Object(
  {
    properties: Type.Optional(
      Type.Object(
        {
          expiresInDays: Type.Optional(
            Type.Integer({ minimum: 1, maximum: secretLifetimeDaysMax }),
          ),
        },
        { additionalProperties: false },
      ),
    ),
  },
  { additionalProperties: false },
)

export function secretOperations(dependencies: TenantDependencies): readonly Operation[] {
  return [
    operation<SecretBody>({
      ...common,
      name: 'ServicePrincipals_AddSecret',
      method: 'POST',
      paths: [`${one}/addSecret`],
      action: 'Reprieve.Lifecycle/servicePrincipals/addSecret/action',
      body: bodySchema,
      bodyOptional: true,
      handle: (request) => postSecret(request, dependencies),
    }),
    operation({
      ...common,
      name: 'ServicePrincipals_DeleteSecret',
      method: 'DELETE',
      paths: [`${one}/secrets/:secretId`],
      action: 'Reprieve.Lifecycle/servicePrincipals/secrets/delete',
      handle: (request) => removeSecret(request, dependencies),
    }),
  ]
}

/** Not idempotent, as no making of a secret can be: a repeat makes another, and both are listed. */
async function postSecret(
  { caller, params, body, realNow }: OperationRequest<SecretBody>,
  { database, events, random }: TenantDependencies,
): Promise<OperationResponse> {
  const { tenantId, principalId: actor } = caller
  const name = nameIn(params)
  const lifetimeDays = body?.properties?.expiresInDays ?? secretLifetimeDaysDefault
  const secret = await database.transaction(async (tx) => {
    const change = await beginTenantChange(tx, events, { tenantId, actor, realNow })
    const principal = await readServicePrincipal(tx, tenantId, name)
    if (principal === null) return refuseUnknown(name)
    await requireSay(change, caller, principal.principalId)
    const secrets = await readSecrets(tx, tenantId, [principal.principalId])
    const decision = decideAddSecret(secrets.get(principal.principalId) ?? [])
    if (!decision.accepted) {
      refuseRequest('tooManySecrets', { principal: principal.name, max: secretsMax })
    }
    return addSecret(change, principal, lifetimeDays, random)
  }, 'add a secret')
  return { status: 200, body: showNewSecret(secret) }
}

async function removeSecret(
  { caller, params, realNow }: OperationRequest,
  { database, events }: TenantDependencies,
): Promise<OperationResponse> {
  const { tenantId, principalId: actor } = caller
  const name = nameIn(params)
  const secretId = String(params['secretId']).toLowerCase()
  if (!isUuid(secretId)) return { status: 204 }
  const removed = await database.transaction(async (tx) => {
    const change = await beginTenantChange(tx, events, { tenantId, actor, realNow })
    const principal = await readServicePrincipal(tx, tenantId, name)
    if (principal === null) return refuseUnknown(name)
    const { principalId } = principal
    await requireSay(change, caller, principalId)
    const secrets = (await readSecrets(tx, tenantId, [principalId])).get(principalId) ?? []
    if (!secrets.some((secret) => secret.secretId === secretId)) return false
    const otherManagers = await countAccessManagers(tx, tenantId, tenantScope, { principalId })
    const decision = decideRemoveSecret(secretId, { otherManagers, secrets }, change.now)
    if (!decision.accepted) refuseRequest('lastAdministrator', { scope: tenantScope })
    await deleteSecret(tx, tenantId, { principalId, secretId })
    await change.record('SecretRemoved', { principalId, secretId })
    return true
  }, 'remove a secret')
  return { status: removed ? 200 : 204 }
}
