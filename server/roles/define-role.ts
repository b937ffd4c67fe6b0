import { type Decision, accept, refuse } from '../kernel/decision.ts'
import { isAssignableAt, reservedActsOf } from './assign.ts'
import { type Role, tenantScope } from './role.ts'
import { type Scope, parseScope, scopeKey } from './scope.ts'

export type RoleContent = Pick<
  Role,
  'name' | 'description' | 'actions' | 'notActions' | 'dataActions' | 'notDataActions'
> & { readonly assignableScopes: readonly Scope[] }

/** What cannot be right whatever is stored. `field` as in the body of the request. */
export type ContentProblem = {
  readonly field: string
  readonly problem:
    | { readonly kind: 'required' }
    | { readonly kind: 'invalid' }
    | { readonly kind: 'count'; readonly max: number }
    | { readonly kind: 'length'; readonly min: number; readonly max: number }
    | { readonly kind: 'pattern'; readonly pattern: string }
}

export const nameLengthMax = 128
export const descriptionLengthMax = 2048
export const patternsMax = 1000
export const patternLengthMax = 512
export const assignableScopesMax = 200

/**
 * `*`, or a namespace and at least one more part; `*` stands for any run of characters in any part.
 * A pattern of another form would match nothing, and its author would not learn of it.
 */
const patternShape = /^(?:\*|[A-Za-z0-9.*_-]+(?:\/[A-Za-z0-9.*_$-]+)+)$/
const patternForm = '* or Namespace/type/.../action'

export const patternLists = ['actions', 'notActions', 'dataActions', 'notDataActions'] as const

export type AskedRole = Omit<RoleContent, 'assignableScopes'> & {
  readonly assignableScopes: readonly string[]
}

/** Reads the content of a custom role, or says what is wrong with it. */
export function readRoleContent(asked: AskedRole): Decision<RoleContent, ContentProblem> {
  const name = asked.name.trim()
  if (name === '' || name.length > nameLengthMax || /\p{Cc}/u.test(name)) {
    const problem = { kind: 'length', min: 1, max: nameLengthMax } as const
    return refuse({ field: 'properties.roleName', problem })
  }
  if (asked.description.length > descriptionLengthMax) {
    const problem = { kind: 'length', min: 0, max: descriptionLengthMax } as const
    return refuse({ field: 'properties.description', problem })
  }
  for (const list of patternLists) {
    const problem = patternProblem(asked[list])
    if (problem !== null) return refuse({ field: `properties.permissions.0.${list}`, problem })
  }
  const scopes = readScopes(asked.assignableScopes)
  return scopes.accepted ? accept({ ...asked, name, assignableScopes: scopes.value }) : scopes
}

function patternProblem(patterns: readonly string[]): ContentProblem['problem'] | null {
  if (patterns.length > patternsMax) return { kind: 'count', max: patternsMax }
  const isWrong = (pattern: string): boolean =>
    pattern.length > patternLengthMax || !patternShape.test(pattern)
  return patterns.some(isWrong) ? { kind: 'pattern', pattern: patternForm } : null
}

function readScopes(texts: readonly string[]): Decision<readonly Scope[], ContentProblem> {
  const field = 'properties.assignableScopes'
  if (texts.length === 0) return refuse({ field, problem: { kind: 'required' } })
  if (texts.length > assignableScopesMax) {
    return refuse({ field, problem: { kind: 'count', max: assignableScopesMax } })
  }
  const scopes = new Map<string, Scope>()
  for (const [index, text] of texts.entries()) {
    const scope = parseScope(text)
    // As in Azure, a single resource is no place to define roles for.
    if (scope === null || scope.kind === 'resource') {
      return refuse({ field: `${field}.${index}`, problem: { kind: 'invalid' } })
    }
    scopes.set(scopeKey(scope), scope)
  }
  return accept([...scopes.values()])
}

export type DefineFacts = {
  readonly isBuiltIn: boolean
  /** The custom role of this id as it is; null: it is to be made. */
  readonly before: Role | null
  /** The id of another role of the same name. */
  readonly ofSameName: string | null
  /** The keys of assignable scopes, old and new, that exist in the tenant. */
  readonly existing: ReadonlySet<string>
  /** Where the role is held. */
  readonly assignedAt: readonly string[]
  readonly callerMayDefine: (scopeKey: string) => boolean
  readonly callerMayAssign: (scopeKey: string) => boolean
  readonly callerManagesTenant: boolean
}

/** In order of precedence. */
export type DefineRefusal =
  | { readonly code: 'BuiltIn' }
  | { readonly code: 'ScopeNotFound'; readonly scopeKey: string }
  | { readonly code: 'MayNotDefine'; readonly scopeKey: string }
  | { readonly code: 'MayNotAssign'; readonly scopeKey: string }
  | { readonly code: 'ReservedAct'; readonly action: string; readonly scopeKey: string }
  | { readonly code: 'HeldOutside'; readonly count: number }
  | { readonly code: 'NameTaken'; readonly roleId: string }

/**
 * Whether a custom role may be made or changed so. A role reaches every scope that it can be
 * assigned at, so its author must have the say at all of them, those that it leaves included.
 */
export function decideDefine(after: Role, facts: DefineFacts): Decision<null, DefineRefusal> {
  if (facts.isBuiltIn) return refuse({ code: 'BuiltIn' })
  const keysBefore = (facts.before?.assignableScopes ?? []).map((scope) => scope.toLowerCase())
  const keysAfter = after.assignableScopes.map((scope) => scope.toLowerCase())
  const isGone = (key: string): boolean => !facts.existing.has(key)
  // One that the role had already may have been purged since: that alone spoils no later change.
  const missing = keysAfter.find((key) => isGone(key) && !keysBefore.includes(key))
  if (missing !== undefined) return refuse({ code: 'ScopeNotFound', scopeKey: missing })

  const asked = [...new Set([...keysBefore, ...keysAfter])].filter((key) => !isGone(key))
  const closed = asked.find((key) => !facts.callerMayDefine(key))
  if (closed !== undefined) return refuse({ code: 'MayNotDefine', scopeKey: closed })
  // All that it was for is gone, so nobody but a manager of the tenant has the say over it.
  const isOrphan = keysBefore.length > 0 && keysBefore.every(isGone)
  if (isOrphan && !facts.callerMayDefine(tenantScope)) {
    return refuse({ code: 'MayNotDefine', scopeKey: tenantScope })
  }
  const grant = decideChangeOfHeld(after, facts)
  if (!grant.accepted) return grant
  if (facts.ofSameName !== null) return refuse({ code: 'NameTaken', roleId: facts.ofSameName })
  return accept(null)
}

/** To change a role that somebody holds is to give or take rights: what that needs, this needs. */
function decideChangeOfHeld(after: Role, facts: DefineFacts): Decision<null, DefineRefusal> {
  const { assignedAt, before, callerManagesTenant } = facts
  const closed = assignedAt.find((key) => !facts.callerMayAssign(key))
  if (closed !== undefined) return refuse({ code: 'MayNotAssign', scopeKey: closed })
  const had = before === null ? [] : reservedActsOf(before)
  const added = reservedActsOf(after).find((action) => !had.includes(action))
  const [scopeKeyHeld] = assignedAt
  if (added !== undefined && scopeKeyHeld !== undefined && !callerManagesTenant) {
    return refuse({ code: 'ReservedAct', action: added, scopeKey: scopeKeyHeld })
  }
  // Else whoever has the say at the scopes that are left could change what is held at the others.
  const outside = assignedAt.filter((key) => !isAssignableAt(after, key))
  if (outside.length > 0) return refuse({ code: 'HeldOutside', count: outside.length })
  return accept(null)
}

export type RemoveFacts = Pick<DefineFacts, 'isBuiltIn' | 'existing' | 'callerMayDefine'> & {
  readonly assignments: number
}

export type RemoveRefusal =
  | { readonly code: 'BuiltIn' }
  | { readonly code: 'MayNotDefine'; readonly scopeKey: string }
  | { readonly code: 'InUse'; readonly count: number }

/** Whether a role may be removed; `callerMayDefine` asks for the right to delete. */
export function decideRemove(role: Role, facts: RemoveFacts): Decision<null, RemoveRefusal> {
  if (facts.isBuiltIn) return refuse({ code: 'BuiltIn' })
  const keys = role.assignableScopes.map((scope) => scope.toLowerCase())
  const there = keys.filter((key) => facts.existing.has(key))
  const asked = there.length === 0 ? [tenantScope] : there
  const closed = asked.find((key) => !facts.callerMayDefine(key))
  if (closed !== undefined) return refuse({ code: 'MayNotDefine', scopeKey: closed })
  if (facts.assignments > 0) return refuse({ code: 'InUse', count: facts.assignments })
  return accept(null)
}
