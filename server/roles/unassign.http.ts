import { type Operation, operation, refuseRequest } from '../pipeline/operation.ts'
import { mayAct, refuseAct } from '../pipeline/authorise.ts'
import { isUuid } from '../kernel/ids.ts'
import { beginTenantChange } from '../tenants/change.ts'
import type { AssignDependencies } from './assign.http.ts'
import { decideUnassign } from './assign.ts'
import { showAssignment } from './assignments.http.ts'
import { countAccessManagers, deleteAssignment, readAssignment } from './assignments.store.ts'
import {
  assignmentApiVersions,
  requestScope,
  requestScopeText,
  whenSuspended,
} from './authorization-api.ts'
import { pathsAtScopes, scopeKey, scopeText } from './scope.ts'
import { withGrantsNow } from './store.ts'

const unassignAction = 'Microsoft.Authorization/roleAssignments/delete'

export function unassignOperation({ database, events }: AssignDependencies): Operation {
  return operation({
    name: 'RoleAssignments_Delete',
    method: 'DELETE',
    paths: pathsAtScopes('roleAssignments/:roleAssignmentName'),
    type: 'Microsoft.Authorization/roleAssignments',
    apiVersions: assignmentApiVersions,
    action: unassignAction,
    scope: requestScopeText,
    whenSuspended,
    handle: async ({ caller, params, realNow, subscription }) => {
      const { tenantId, principalId: actor } = caller
      const scope = requestScope(params)
      const name = String(params['roleAssignmentName'])
      if (!isUuid(name)) return { status: 204 }
      const removed = await database.transaction(async (tx) => {
        const change = await beginTenantChange(tx, events, { tenantId, actor, realNow })
        const now = await withGrantsNow(tx, caller)
        if (!mayAct(now, unassignAction, scopeText(scope), subscription)) {
          refuseAct(now, unassignAction, scopeText(scope), subscription)
        }
        const found = await readAssignment(tx, tenantId, name.toLowerCase())
        if (found?.scopeKey !== scopeKey(scope)) return null
        const { assignmentId, roleId, principalId } = found
        const others = await countAccessManagers(tx, tenantId, found.scopeKey, { assignmentId })
        const decision = decideUnassign({ roleId, scopeKind: scope.kind }, others)
        if (!decision.accepted) refuseRequest('lastAdministrator', { scope: scopeText(scope) })
        await deleteAssignment(tx, tenantId, assignmentId)
        await change.record('RoleUnassigned', { assignmentId, principalId, roleId })
        return found
      }, 'take a role away')
      if (removed === null) return { status: 204 }
      return { status: 200, body: showAssignment(removed, scope) }
    },
  })
}
