import type { Transaction } from 'kysely'
import { Type } from 'typebox'
import type { Schema } from '../database/schema.ts'
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
import { type AssignDependencies, assignAction } from './assign.http.ts'
import { scopesOfRole } from './assignments.store.ts'
import {
  definitionApiVersions,
  requestScope,
  requestScopeText,
  roleDefinitionId,
  whenSuspended,
} from './authorization-api.ts'
import { isVisible } from './authorise.ts'
import { builtInRoles } from './built-in.ts'
import {
  type DefineFacts,
  type DefineRefusal,
  type RoleContent,
  decideDefine,
  patternLists,
  readRoleContent,
} from './define-role.ts'
import { showDefinition } from './definitions.http.ts'
import {
  type CustomRole,
  findCustomRoleByName,
  readCustomRole,
  saveCustomRole,
} from './definitions.store.ts'
import { type Role, tenantScope } from './role.ts'
import { type Scope, parseScope, pathsAtScopes, scopeKey, scopeText } from './scope.ts'
import { type FoundScope, findScopes } from './scopes.store.ts'
import { withGrantsNow } from './store.ts'

export const defineAction = 'Microsoft.Authorization/roleDefinitions/write'

type DefineBody = {
  readonly properties: {
    readonly roleName: string
    readonly description?: string | null
    readonly type?: string
    readonly permissions?: readonly {
      readonly actions?: readonly string[]
      readonly notActions?: readonly string[]
      readonly dataActions?: readonly string[]
      readonly notDataActions?: readonly string[]
    }[]
    readonly assignableScopes: readonly string[]
  }
}

/** What we answer may come back in a request; it is ours to say. */
const ignored = Type.Optional(Type.Unknown())
const texts = Type.Optional(Type.Array(Type.String()))
const permission = Type.Object(
  { actions: texts, notActions: texts, dataActions: texts, notDataActions: texts },
  { additionalProperties: false },
)
const bodySchema = Type.Object(
  {
    id: ignored,
    name: ignored,
    type: ignored,
    properties: Type.Object(
      {
        roleName: Type.String(),
        description: Type.Optional(Type.Union([Type.String(), Type.Null()])),
        type: Type.Optional(Type.String()),
        permissions: Type.Optional(Type.Array(permission)),
        assignableScopes: Type.Array(Type.String()),
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

export function defineRoleOperation(dependencies: AssignDependencies): Operation {
  return operation<DefineBody>({
    name: 'RoleDefinitions_CreateOrUpdate',
    method: 'PUT',
    paths: pathsAtScopes('roleDefinitions/:roleDefinitionId'),
    type: 'Microsoft.Authorization/roleDefinitions',
    apiVersions: definitionApiVersions,
    action: defineAction,
    scope: requestScopeText,
    whenSuspended,
    body: bodySchema,
    handle: (request) => defineRole(request, dependencies),
  })
}

async function defineRole(
  request: OperationRequest<DefineBody>,
  { database, events }: AssignDependencies,
): Promise<OperationResponse> {
  const { params, realNow } = request
  const { tenantId, principalId: actor } = request.caller
  const scope = requestScope(params)
  const roleId = readRoleId(params)
  const content = readContent(request.body)

  const saved = await database.transaction(async (tx) => {
    const change = await beginTenantChange(tx, events, { tenantId, actor, realNow })
    const caller = await withGrantsNow(tx, request.caller)
    if (!mayAct(caller, defineAction, scopeText(scope), null)) {
      refuseAct(caller, defineAction, scopeText(scope), null)
    }
    const before = await readCustomRole(tx, tenantId, roleId)
    const scopes = await scopesOf(tx, tenantId, before, content)
    const role = roleOf(roleId, content, scopes)
    const facts = await readFacts(tx, caller, { role, before, scopes })
    const decision = decideDefine(role, facts)
    if (!decision.accepted) return refuseDefine(decision.refusal, role, caller, scope)
    const after: CustomRole = {
      role,
      createdAt: before?.createdAt ?? change.now,
      createdBy: before?.createdBy ?? actor,
      updatedAt: change.now,
    }
    // A repeat that changes nothing is no event, and moves no date.
    if (before !== null && isSame(before.role, role)) return before
    await saveCustomRole(tx, tenantId, after)
    await change.record('RoleDefined', eventData(role, scopes))
    return after
  }, 'define a role')
  // The published description knows no 200 here: a changed role is answered like a new one.
  return { status: 201, body: showDefinition(saved, scope) }
}

export function readRoleId(params: OperationRequest['params']): string {
  const roleId = String(params['roleDefinitionId'])
  if (isUuid(roleId)) return roleId.toLowerCase()
  const problem = { kind: 'type', expected: 'GUID' } as const
  return refuseRequest('invalidParameter', { parameter: 'roleDefinitionId', problem })
}

function readContent({ properties }: DefineBody): RoleContent {
  const { roleName, description, type, permissions = [], assignableScopes } = properties
  if (type !== undefined && type.toLowerCase() !== 'customrole') {
    const problem = { kind: 'oneOf', values: ['CustomRole'] } as const
    refuseRequest('invalidContent', { field: 'properties.type', problem })
  }
  if (permissions.length > 1) {
    const problem = { kind: 'count', max: 1 } as const
    refuseRequest('invalidContent', { field: 'properties.permissions', problem })
  }
  const [{ actions = [], notActions = [], dataActions = [], notDataActions = [] } = {}] =
    permissions
  const read = readRoleContent({
    name: roleName,
    description: description ?? '',
    actions,
    notActions,
    dataActions,
    notDataActions,
    assignableScopes,
  })
  if (!read.accepted) refuseRequest('invalidContent', read.refusal)
  return read.value
}

/** The scopes of the role as it was and as it is to be, as far as they exist. */
async function scopesOf(
  tx: Transaction<Schema>,
  tenantId: string,
  before: CustomRole | null,
  content: RoleContent,
): Promise<ReadonlyMap<string, FoundScope>> {
  const old = (before?.role.assignableScopes ?? []).flatMap((text) => parseScope(text) ?? [])
  return findScopes(tx, tenantId, [...old, ...content.assignableScopes])
}

function roleOf(
  roleId: string,
  content: RoleContent,
  scopes: ReadonlyMap<string, FoundScope>,
): Role {
  const assignableScopes = content.assignableScopes.map((asked) =>
    scopeText(scopes.get(scopeKey(asked))?.scope ?? asked),
  )
  return { ...content, id: roleId, kind: 'CustomRole', assignableScopes }
}

async function readFacts(
  tx: Transaction<Schema>,
  caller: Caller,
  what: {
    readonly role: Role
    readonly before: CustomRole | null
    readonly scopes: ReadonlyMap<string, FoundScope>
  },
): Promise<DefineFacts> {
  const { role, before, scopes } = what
  const nameKey = role.name.toLowerCase()
  const builtIn = builtInRoles.find(({ name }) => name.toLowerCase() === nameKey)
  const custom = await findCustomRoleByName(tx, caller.tenantId, nameKey)
  const namesake = builtIn ?? (custom?.role.id === role.id ? undefined : custom?.role)
  return {
    isBuiltIn: builtInRoles.some(({ id }) => id === role.id),
    before: before?.role ?? null,
    ofSameName: namesake?.id ?? null,
    existing: new Set(scopes.keys()),
    assignedAt: await scopesOfRole(tx, caller.tenantId, role.id),
    callerMayDefine: (key) => mayAct(caller, defineAction, key, null),
    callerMayAssign: (key) => mayAct(caller, assignAction, key, null),
    callerManagesTenant: mayAct(caller, assignAction, tenantScope, null),
  }
}

function refuseDefine(refusal: DefineRefusal, role: Role, caller: Caller, scope: Scope): never {
  switch (refusal.code) {
    case 'BuiltIn':
      return refuseRequest('builtInRole', { role: nameOfBuiltIn(role.id) })
    case 'ScopeNotFound':
      return refuseRequest('assignableScopeNotFound', { scope: refusal.scopeKey })
    case 'MayNotDefine': {
      const { scopeKey: closed } = refusal
      const isAsked = role.assignableScopes.some((text) => text.toLowerCase() === closed)
      // One that he may not see is answered like one that there is not.
      if (isAsked && !sees(caller, closed)) {
        return refuseRequest('assignableScopeNotFound', { scope: closed })
      }
      return refuseAct(caller, defineAction, shownScope(caller, closed, scope), null)
    }
    case 'MayNotAssign':
      return refuseAct(caller, assignAction, shownScope(caller, refusal.scopeKey, scope), null)
    case 'ReservedAct': {
      const heldAt = shownScope(caller, refusal.scopeKey, scope)
      return refuseRequest('reservedAct', {
        role: role.name,
        action: refusal.action,
        scope: heldAt,
      })
    }
    case 'HeldOutside': {
      const roleId = roleDefinitionId(role.id, scope)
      return refuseRequest('roleInUse', { roleId, count: refusal.count })
    }
    case 'NameTaken': {
      const roleId = roleDefinitionId(refusal.roleId, scope)
      return refuseRequest('roleNameTaken', { name: role.name, roleId })
    }
  }
}

/** The scope that a refusal is about, or the request's own if the caller may not know of it. */
export function shownScope(caller: Caller, key: string, asked: Scope): string {
  return sees(caller, key) ? key : scopeText(asked)
}

function sees(caller: Caller, key: string): boolean {
  return isVisible({ ...caller, subscription: null, scopeKey: key })
}

export function nameOfBuiltIn(roleId: string): string {
  return builtInRoles.find(({ id }) => id === roleId)?.name ?? roleId
}

function isSame(a: Role, b: Role): boolean {
  const lists = [...patternLists, 'assignableScopes'] as const
  return (
    a.name === b.name &&
    a.description === b.description &&
    lists.every((list) => JSON.stringify(a[list]) === JSON.stringify(b[list]))
  )
}

/** What the role allows and where; its name and description are names, and stay out of history. */
function eventData(role: Role, scopes: ReadonlyMap<string, FoundScope>): object {
  const { id, actions, notActions, dataActions, notDataActions } = role
  const assignableAt = role.assignableScopes.flatMap(
    (text) => scopes.get(text.toLowerCase())?.reference ?? [],
  )
  return { roleId: id, actions, notActions, dataActions, notDataActions, assignableAt }
}
