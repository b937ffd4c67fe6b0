import type { Transaction } from 'kysely'
import { Type } from 'typebox'
import type { Database } from '../database/connection.ts'
import type { Schema } from '../database/schema.ts'
import type { EventRecorder } from '../events/record.ts'
import { assert } from '../kernel/assert.ts'
import { isUuid } from '../kernel/ids.ts'
import { mayAct, refuseAct } from '../pipeline/authorise.ts'
import {
  type Caller,
  type Operation,
  type OperationRequest,
  type OperationResponse,
  operation,
  refuseRequest,
} from '../pipeline/operation.ts'
import { beginTenantChange } from '../tenants/change.ts'
import { findPrincipal } from '../tenants/store.ts'
import { type AssignFacts, type AssignRefusal, type RoleGrant, decideAssign } from './assign.ts'
import { showAssignment } from './assignments.http.ts'
import { findGrant, insertAssignment, readAssignment } from './assignments.store.ts'
import {
  assignmentApiVersions,
  requestScope,
  requestScopeText,
  roleDefinitionId,
  whenSuspended,
} from './authorization-api.ts'
import { tenantScope } from './role.ts'
import { type Scope, pathsAtScopes, scopeKey, scopePrefix, scopeText } from './scope.ts'
import { type FoundScope, holdScope } from './scopes.store.ts'
import { readRole, withGrantsNow } from './store.ts'

export type AssignDependencies = {
  readonly database: Database<Schema>
  readonly events: EventRecorder
}

export const assignAction = 'Microsoft.Authorization/roleAssignments/write'

type AssignBody = {
  readonly properties: {
    readonly roleDefinitionId: string
    readonly principalId: string
    readonly principalType?: string | null
    readonly description?: string | null
    readonly condition?: string | null
    readonly conditionVersion?: string | null
    readonly delegatedManagedIdentityResourceId?: string | null
  }
}

const text = Type.Optional(Type.Union([Type.String(), Type.Null()]))
/** What we answer may come back in a request; it is ours to say. */
const ignored = Type.Optional(Type.Unknown())
const bodySchema = Type.Object(
  {
    id: ignored,
    name: ignored,
    type: ignored,
    properties: Type.Object(
      {
        roleDefinitionId: Type.String(),
        principalId: Type.String(),
        principalType: text,
        description: text,
        condition: text,
        conditionVersion: text,
        delegatedManagedIdentityResourceId: text,
        canDelegate: Type.Optional(Type.Literal(false)),
        scope: ignored,
        createdOn: ignored,
        updatedOn: ignored,
        createdBy: ignored,
        updatedBy: ignored,
      },
      { additionalProperties: false },
    ),
  },
  { additionalProperties: false },
)

export function assignOperation(dependencies: AssignDependencies): Operation {
  return operation<AssignBody>({
    name: 'RoleAssignments_Create',
    method: 'PUT',
    paths: pathsAtScopes('roleAssignments/:roleAssignmentName'),
    type: 'Microsoft.Authorization/roleAssignments',
    apiVersions: assignmentApiVersions,
    action: assignAction,
    scope: requestScopeText,
    whenSuspended,
    body: bodySchema,
    handle: (request) => assign(request, dependencies),
  })
}

async function assign(
  request: OperationRequest<AssignBody>,
  { database, events }: AssignDependencies,
): Promise<OperationResponse> {
  const { realNow } = request
  const { tenantId, principalId: actor } = request.caller
  const scope = requestScope(request.params)
  const asked = readGrant(request, scope)

  const { isNew, assignment } = await database.transaction(async (tx) => {
    // Held before the tenant is locked: whoever deletes a group takes the two in this order too.
    const found = await holdScope(tx, tenantId, scope)
    const change = await beginTenantChange(tx, events, { tenantId, actor, realNow })
    const caller = await withGrantsNow(tx, request.caller)
    const subscription = request.subscription
    if (!mayAct(caller, assignAction, scopeText(scope), subscription)) {
      refuseAct(caller, assignAction, scopeText(scope), subscription)
    }
    const live = requireLive(found, scope)
    const facts = await readFacts(tx, { ...request, caller }, asked, scope)
    const decision = decideAssign(asked.grant, facts)
    if (!decision.accepted) return refuseAssign(decision.refusal, asked, scope)
    if (decision.value.isNew) {
      await insertAssignment(tx, tenantId, {
        ...asked.grant,
        assignmentId: asked.assignmentId,
        scope: scopeText(live.scope),
        createdAt: change.now,
        createdBy: actor,
      })
      const { principalId, roleId } = asked.grant
      const at = live.reference
      const data = { assignmentId: asked.assignmentId, principalId, roleId, at }
      await change.record('RoleAssigned', data)
    }
    const stored = await readAssignment(tx, tenantId, asked.assignmentId)
    assert(stored !== null, 'an assignment is there once it was made')
    return { isNew: decision.value.isNew, assignment: stored }
  }, 'assign a role')
  return { status: isNew ? 201 : 200, body: showAssignment(assignment, scope) }
}

type Asked = {
  readonly assignmentId: string
  readonly grant: RoleGrant
  readonly principalType: string | null
}

function readGrant({ params, body }: OperationRequest<AssignBody>, scope: Scope): Asked {
  const { properties } = body
  refuseUnsupported(properties)
  const name = String(params['roleAssignmentName'])
  const problem = { kind: 'type', expected: 'GUID' } as const
  if (!isUuid(name)) refuseRequest('invalidParameter', { parameter: 'roleAssignmentName', problem })
  if (!isUuid(properties.principalId)) {
    refuseRequest('invalidContent', { field: 'properties.principalId', problem })
  }
  return {
    assignmentId: name.toLowerCase(),
    grant: {
      scopeKey: scopeKey(scope),
      principalId: properties.principalId.toLowerCase(),
      roleId: roleIdIn(properties.roleDefinitionId),
    },
    principalType: properties.principalType ?? null,
  }
}

/**
 * What cannot be kept is refused, not dropped: an assignment without its condition would give more
 * than was asked.
 */
function refuseUnsupported(properties: AssignBody['properties']): void {
  const unsupported = [
    'description',
    'condition',
    'conditionVersion',
    'delegatedManagedIdentityResourceId',
  ] as const
  const asked = unsupported.find((name) => (properties[name] ?? '') !== '')
  if (asked === undefined) return
  refuseRequest('invalidContent', { field: `properties.${asked}`, problem: { kind: 'unknown' } })
}

const roleDefinitionShape =
  /^(?:\/[^/]+)*?\/?providers\/Microsoft\.Authorization\/roleDefinitions\/([^/]+)$/i

function roleIdIn(id: string): string {
  const roleId = roleDefinitionShape.exec(id)?.[1]
  if (roleId === undefined || !isUuid(roleId)) refuseRequest('roleNotFound', { roleId: id })
  return roleId.toLowerCase()
}

function requireLive(found: FoundScope | null, scope: Scope): FoundScope {
  if (found === null) return refuseMissingScope(scope)
  if (!found.isBeingDeleted) return found
  const group = 'group' in scope ? scope.group : ''
  return refuseRequest('groupBeingDeleted', { group })
}

/** For a caller who has the right at the scope, so that it tells him nothing of another's. */
export function refuseMissingScope(scope: Scope): never {
  switch (scope.kind) {
    case 'tenant':
      return refuseRequest('notFound', { what: tenantScope })
    case 'billingAccount':
      return refuseRequest('notFound', { what: scopeText(scope) })
    case 'subscription':
      return refuseRequest('subscriptionNotFound', { subscriptionId: scope.subscriptionId })
    case 'resourceGroup':
      return refuseRequest('resourceGroupNotFound', { name: scope.group })
    case 'resource': {
      const resource = `${scope.type}/${scope.name}`
      return refuseRequest('resourceNotFound', { resource, group: scope.group })
    }
  }
}

async function readFacts(
  tx: Transaction<Schema>,
  request: { readonly caller: Caller; readonly subscription: OperationRequest['subscription'] },
  { assignmentId, grant, principalType }: Asked,
  scope: Scope,
): Promise<AssignFacts> {
  const { caller, subscription } = request
  const { tenantId } = caller
  const principal = await findPrincipal(tx, tenantId, grant.principalId)
  if (principal !== null && (principalType ?? principal.kind) !== principal.kind) {
    const problem = { kind: 'oneOf', values: [principal.kind] } as const
    refuseRequest('invalidContent', { field: 'properties.principalType', problem })
  }
  return {
    scope,
    role: await readRole(tx, tenantId, grant.roleId),
    principalExists: principal !== null,
    ofSameId: await readAssignment(tx, tenantId, assignmentId),
    ofSameGrant: await findGrant(tx, tenantId, grant),
    callerMay: (act) => mayAct(caller, act, scopeText(scope), subscription),
    callerManagesTenant: mayAct(caller, assignAction, tenantScope, null),
  }
}

function refuseAssign(refusal: AssignRefusal, asked: Asked, scope: Scope): never {
  const { grant } = asked
  switch (refusal.code) {
    case 'SameIdDiffers':
      // The id as it was sent, and not where it is used: the caller may not see that place.
      return refuseRequest('roleAssignmentConflict', { assignmentId: asked.assignmentId })
    case 'RoleNotFound':
      return refuseRequest('roleNotFound', { roleId: roleDefinitionId(grant.roleId, scope) })
    case 'PrincipalNotFound':
      return refuseRequest('principalNotFound', { principalId: grant.principalId })
    case 'NeedsTenantScope':
      return refuseRequest('roleNeedsTenantScope', { role: refusal.role.name })
    case 'NotAssignable': {
      const { name, assignableScopes } = refusal.role
      const shown = { assignableScopes: assignableScopes.slice(0, 20), scope: scopeText(scope) }
      return refuseRequest('roleNotAssignable', { role: name, ...shown })
    }
    case 'ReservedAct': {
      const { role, action } = refusal
      return refuseRequest('reservedAct', { role: role.name, action, scope: scopeText(scope) })
    }
    case 'Exists': {
      const path = `${scopePrefix(scope)}/providers/Microsoft.Authorization/roleAssignments`
      return refuseRequest('roleAssignmentExists', {
        assignmentId: `${path}/${refusal.assignmentId}`,
      })
    }
  }
}
