import type { Database } from '../database/connection.ts'
import type { Schema } from '../database/schema.ts'
import { isUuid } from '../kernel/ids.ts'
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
import { idAfter } from './assignments.http.ts'
import { isVisible } from './authorise.ts'
import {
  definitionApiVersions,
  requestScope,
  requestScopeText,
  roleDefinitionId,
  whenSuspended,
} from './authorization-api.ts'
import { builtInRoles } from './built-in.ts'
import { type CustomRole, listCustomRoles, readCustomRole } from './definitions.store.ts'
import { type DefinitionFilter, definitionFilters, parseDefinitionFilter } from './filter.ts'
import { type Role, scopeReaches } from './role.ts'
import { type Scope, pathsAtScopes, scopeKey, scopePrefix, scopeText } from './scope.ts'

export type DefinitionReadDependencies = { readonly database: Database<Schema> }

const common = {
  method: 'GET',
  type: 'Microsoft.Authorization/roleDefinitions',
  apiVersions: definitionApiVersions,
  // Roles are no secret; a custom one is shown to whoever sees a place that it is for.
  action: null,
  scope: requestScopeText,
  whenSuspended,
} as const

export function getDefinitionOperation({ database }: DefinitionReadDependencies): Operation {
  return operation({
    ...common,
    name: 'RoleDefinitions_Get',
    paths: pathsAtScopes('roleDefinitions/:roleDefinitionId'),
    handle: async ({ caller, params }) => {
      const scope = requestScope(params)
      const roleId = String(params['roleDefinitionId']).toLowerCase()
      const found = await findDefinition(database, caller.tenantId, roleId)
      if (found === null || !isShown(found.role, scope, true, caller)) {
        refuseRequest('roleDefinitionNotFound', { roleId, scope: scopeText(scope) })
      }
      return { status: 200, body: showDefinition(found, scope) }
    },
  })
}

/** A role with its dates, if it is one that somebody made. */
type Shown = Pick<CustomRole, 'role'> & Partial<CustomRole>

async function findDefinition(
  { db }: Database<Schema>,
  tenantId: string,
  roleId: string,
): Promise<Shown | null> {
  const role = builtInRoles.find(({ id }) => id === roleId)
  if (role !== undefined) return { role }
  return isUuid(roleId) ? readCustomRole(db, tenantId, roleId) : null
}

export function listDefinitionsOperation(dependencies: DefinitionReadDependencies): Operation {
  return operation({
    ...common,
    name: 'RoleDefinitions_List',
    paths: pathsAtScopes('roleDefinitions'),
    handle: (request) => answerList(request, dependencies),
  })
}

async function answerList(
  request: OperationRequest,
  { database }: DefinitionReadDependencies,
): Promise<OperationResponse> {
  const { caller, params, query } = request
  const scope = requestScope(params)
  const text = query['filter'] ?? ''
  const filter = parseDefinitionFilter(text)
  if (filter === null)
    refuseRequest('invalidFilter', { filter: text, supported: definitionFilters })
  const page = readPage(query)
  if (!page.accepted) throw new RequestRefused(page.refusal)
  const after = idAfter(page.value.after)
  const limit = page.value.limit + 1
  const custom = await listCustomRoles(database.db, caller.tenantId, { after, limit })
  const path = `${scopePrefix(scope)}/providers/Microsoft.Authorization/roleDefinitions`
  const { rows, nextLink } = pageOf(custom, page.value, (row) => [row.role.id], {
    ...request,
    path: encodeURI(path),
  })
  // The built-in ones come before the first page; a page may be short, or even empty.
  const builtIn: readonly Shown[] = after === null ? builtInRoles.map((role) => ({ role })) : []
  const shown = [...builtIn, ...rows].filter(
    ({ role }) => matches(role, filter) && isShown(role, scope, filter.below, caller),
  )
  return {
    status: 200,
    body: {
      value: shown.map((one) => showDefinition(one, scope)),
      ...(nextLink === null ? {} : { nextLink }),
    },
  }
}

function matches(role: Role, { nameKey, type }: DefinitionFilter): boolean {
  if (nameKey !== null && role.name.toLowerCase() !== nameKey) return false
  return type === null || role.kind === type
}

/** Whether a role is for a scope (`below`: or for one below it) that the caller may know of. */
function isShown(role: Role, scope: Scope, below: boolean, caller: Caller): boolean {
  if (role.kind === 'BuiltInRole') return true
  const key = scopeKey(scope)
  return role.assignableScopes
    .map((text) => text.toLowerCase())
    .filter((at) => scopeReaches(at, key) || (below && scopeReaches(key, at)))
    .some((at) => isVisible({ ...caller, subscription: null, scopeKey: at }))
}

export function showDefinition(found: Shown, seenFrom: Scope) {
  const { role, createdAt, updatedAt, createdBy } = found
  const { actions, notActions, dataActions, notDataActions } = role
  return {
    id: roleDefinitionId(role.id, seenFrom),
    name: role.id,
    type: 'Microsoft.Authorization/roleDefinitions',
    properties: {
      roleName: role.name,
      type: role.kind,
      description: role.description,
      assignableScopes: role.assignableScopes,
      permissions: [{ actions, notActions, dataActions, notDataActions }],
      ...(createdAt === undefined ? {} : { createdOn: formatInstant(createdAt) }),
      ...(updatedAt === undefined ? {} : { updatedOn: formatInstant(updatedAt) }),
      ...(createdBy === undefined ? {} : { createdBy, updatedBy: createdBy }),
    },
  }
}
