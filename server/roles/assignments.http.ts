import type { Database } from '../database/connection.ts'
import type { Schema } from '../database/schema.ts'
import { isUuid } from '../kernel/ids.ts'
import { formatInstant } from '../kernel/instant.ts'
import {
  type Operation,
  type OperationRequest,
  type OperationResponse,
  RequestRefused,
  operation,
  refuseRequest,
} from '../pipeline/operation.ts'
import { pageOf, readPage } from '../pipeline/page.ts'
import { type Assignment, listAssignments, readAssignment } from './assignments.store.ts'
import {
  assignmentApiVersions,
  requestScope,
  requestScopeText,
  roleDefinitionId,
  whenSuspended,
} from './authorization-api.ts'
import { assignmentFilters, parseAssignmentFilter } from './filter.ts'
import { type Scope, parseScope, pathsAtScopes, scopeKey, scopePrefix, scopeText } from './scope.ts'

export type AssignmentReadDependencies = { readonly database: Database<Schema> }

const common = {
  method: 'GET',
  type: 'Microsoft.Authorization/roleAssignments',
  apiVersions: assignmentApiVersions,
  action: 'Microsoft.Authorization/roleAssignments/read',
  scope: requestScopeText,
  whenSuspended,
} as const

export function getAssignmentOperation({ database }: AssignmentReadDependencies): Operation {
  return operation({
    ...common,
    name: 'RoleAssignments_Get',
    paths: pathsAtScopes('roleAssignments/:roleAssignmentName'),
    handle: async ({ caller, params }) => {
      const scope = requestScope(params)
      const name = String(params['roleAssignmentName'])
      const assignment = isUuid(name)
        ? await readAssignment(database.db, caller.tenantId, name.toLowerCase())
        : null
      // An assignment has the one address at which it was made.
      if (assignment?.scopeKey !== scopeKey(scope)) {
        refuseRequest('roleAssignmentNotFound', { name, scope: scopeText(scope) })
      }
      return { status: 200, body: showAssignment(assignment, scope) }
    },
  })
}

export function listAssignmentsOperation(dependencies: AssignmentReadDependencies): Operation {
  return operation({
    ...common,
    name: 'RoleAssignments_ListForScope',
    paths: pathsAtScopes('roleAssignments'),
    handle: (request) => answerList(request, dependencies),
  })
}

async function answerList(
  request: OperationRequest,
  { database }: AssignmentReadDependencies,
): Promise<OperationResponse> {
  const { caller, params, query } = request
  const scope = requestScope(params)
  const text = query['filter'] ?? ''
  const filter = parseAssignmentFilter(text)
  if (filter === null)
    refuseRequest('invalidFilter', { filter: text, supported: assignmentFilters })
  const page = readPage(query)
  if (!page.accepted) throw new RequestRefused(page.refusal)
  const after = idAfter(page.value.after)
  // Nobody has a principal whose id is no id.
  const found =
    filter.principalId !== null && !isUuid(filter.principalId)
      ? []
      : await listAssignments(database.db, caller.tenantId, scopeKey(scope), {
          ...filter,
          after,
          limit: page.value.limit + 1,
        })
  const path = `${scopePrefix(scope)}/providers/Microsoft.Authorization/roleAssignments`
  const { rows, nextLink } = pageOf(found, page.value, (row) => [row.assignmentId], {
    ...request,
    path: encodeURI(path),
  })
  return {
    status: 200,
    body: {
      value: rows.map((row) => showAssignment(row, scope)),
      ...(nextLink === null ? {} : { nextLink }),
    },
  }
}

/** The id in a page token of ours; what a caller made up himself is refused. */
export function idAfter(after: readonly string[] | null): string | null {
  const [id] = after ?? []
  if (id === undefined) return null
  if (isUuid(id)) return id.toLowerCase()
  const problem = { kind: 'invalid' } as const
  return refuseRequest('invalidParameter', { parameter: '$skiptoken', problem })
}

/** `seenFrom`: the scope of the request, from which ARM writes the id of the role. */
export function showAssignment(assignment: Assignment, seenFrom: Scope) {
  const { assignmentId, createdBy } = assignment
  const at = parseScope(assignment.scope)
  const prefix = at === null ? assignment.scope : scopePrefix(at)
  const createdOn = formatInstant(assignment.createdAt)
  return {
    id: `${prefix}/providers/Microsoft.Authorization/roleAssignments/${assignmentId}`,
    name: assignmentId,
    type: 'Microsoft.Authorization/roleAssignments',
    properties: {
      roleDefinitionId: roleDefinitionId(assignment.roleId, seenFrom),
      principalId: assignment.principalId,
      principalType: assignment.principalType,
      scope: assignment.scope,
      createdOn,
      updatedOn: createdOn,
      createdBy,
      updatedBy: createdBy,
    },
  }
}
