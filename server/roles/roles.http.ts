import type { Operation } from '../pipeline/operation.ts'
import { type AssignDependencies, assignOperation } from './assign.http.ts'
import { getAssignmentOperation, listAssignmentsOperation } from './assignments.http.ts'
import { defineRoleOperation } from './define-role.http.ts'
import { getDefinitionOperation, listDefinitionsOperation } from './definitions.http.ts'
import { permissionsOperation } from './permissions.http.ts'
import { removeRoleOperation } from './remove-role.http.ts'
import { unassignOperation } from './unassign.http.ts'

/** Microsoft.Authorization: who has access to what. */
export function roleOperations(dependencies: AssignDependencies): readonly Operation[] {
  return [
    assignOperation(dependencies),
    unassignOperation(dependencies),
    getAssignmentOperation(dependencies),
    listAssignmentsOperation(dependencies),
    defineRoleOperation(dependencies),
    removeRoleOperation(dependencies),
    getDefinitionOperation(dependencies),
    listDefinitionsOperation(dependencies),
    permissionsOperation(),
  ]
}
