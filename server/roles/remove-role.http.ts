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
import type { AssignDependencies } from './assign.http.ts'
import { scopesOfRole } from './assignments.store.ts'
import {
  definitionApiVersions,
  requestScope,
  requestScopeText,
  roleDefinitionId,
  whenSuspended,
} from './authorization-api.ts'
import { builtInRoles } from './built-in.ts'
import { type RemoveRefusal, decideRemove } from './define-role.ts'
import { nameOfBuiltIn, shownScope } from './define-role.http.ts'
import { showDefinition } from './definitions.http.ts'
import { deleteCustomRole, readCustomRole } from './definitions.store.ts'
import { type Scope, parseScope, pathsAtScopes, scopeText } from './scope.ts'
import { findScopes } from './scopes.store.ts'
import { withGrantsNow } from './store.ts'

const removeAction = 'Microsoft.Authorization/roleDefinitions/delete'

export function removeRoleOperation(dependencies: AssignDependencies): Operation {
  return operation({
    name: 'RoleDefinitions_Delete',
    method: 'DELETE',
    paths: pathsAtScopes('roleDefinitions/:roleDefinitionId'),
    type: 'Microsoft.Authorization/roleDefinitions',
    apiVersions: definitionApiVersions,
    action: removeAction,
    scope: requestScopeText,
    whenSuspended,
    handle: (request) => removeRole(request, dependencies),
  })
}

async function removeRole(
  request: OperationRequest,
  { database, events }: AssignDependencies,
): Promise<OperationResponse> {
  const { params, realNow } = request
  const { tenantId, principalId: actor } = request.caller
  const scope = requestScope(params)
  const roleId = String(params['roleDefinitionId']).toLowerCase()
  if (builtInRoles.some(({ id }) => id === roleId)) {
    refuseRequest('builtInRole', { role: nameOfBuiltIn(roleId) })
  }
  if (!isUuid(roleId)) return { status: 204 }

  const removed = await database.transaction(async (tx) => {
    const change = await beginTenantChange(tx, events, { tenantId, actor, realNow })
    const caller = await withGrantsNow(tx, request.caller)
    if (!mayAct(caller, removeAction, scopeText(scope), null)) {
      refuseAct(caller, removeAction, scopeText(scope), null)
    }
    const found = await readCustomRole(tx, tenantId, roleId)
    if (found === null) return null
    const asked = found.role.assignableScopes.flatMap((text) => parseScope(text) ?? [])
    const decision = decideRemove(found.role, {
      isBuiltIn: false,
      existing: new Set((await findScopes(tx, tenantId, asked)).keys()),
      callerMayDefine: (key) => mayAct(caller, removeAction, key, null),
      assignments: (await scopesOfRole(tx, tenantId, roleId)).length,
    })
    if (!decision.accepted) return refuseRemove(decision.refusal, roleId, caller, scope)
    await deleteCustomRole(tx, tenantId, roleId)
    await change.record('RoleRemoved', { roleId })
    return found
  }, 'remove a role')
  if (removed === null) return { status: 204 }
  return { status: 200, body: showDefinition(removed, scope) }
}

function refuseRemove(refusal: RemoveRefusal, roleId: string, caller: Caller, scope: Scope): never {
  switch (refusal.code) {
    case 'BuiltIn':
      return refuseRequest('builtInRole', { role: nameOfBuiltIn(roleId) })
    case 'MayNotDefine':
      return refuseAct(caller, removeAction, shownScope(caller, refusal.scopeKey, scope), null)
    case 'InUse': {
      const shownId = roleDefinitionId(roleId, scope)
      return refuseRequest('roleInUse', { roleId: shownId, count: refusal.count })
    }
  }
}
