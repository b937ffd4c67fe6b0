import { type Decision, accept, refuse } from '../kernel/decision.ts'
import { cancelAction, deleteAction, enableAction } from './authorise.ts'
import { ownerRole, supportEngineerRole, userAccessAdministratorRole } from './built-in.ts'
import { type Role, roleNames, scopeReaches } from './role.ts'
import type { Scope } from './scope.ts'

/** Three things that together are one right of one principal. */
export type RoleGrant = {
  readonly scopeKey: string
  readonly principalId: string
  readonly roleId: string
}

export type AssignFacts = {
  readonly scope: Scope
  readonly role: Role | null
  readonly principalExists: boolean
  /** What already has the asked id, anywhere in the tenant. */
  readonly ofSameId: RoleGrant | null
  /** The id under which the same right is given already. */
  readonly ofSameGrant: string | null
  /** Whether the caller may do an act that the offer reserves, on this subscription. */
  readonly callerMay: (act: string) => boolean
  /** Whether the caller may give any role at the scope `/`. */
  readonly callerManagesTenant: boolean
}

/** In order of precedence: when several hold, the caller is told the first. */
export type AssignRefusal =
  | { readonly code: 'SameIdDiffers' }
  | { readonly code: 'RoleNotFound' }
  | { readonly code: 'PrincipalNotFound' }
  | { readonly code: 'NeedsTenantScope'; readonly role: Role }
  | { readonly code: 'NotAssignable'; readonly role: Role }
  | { readonly code: 'ReservedAct'; readonly role: Role; readonly action: string }
  | { readonly code: 'Exists'; readonly assignmentId: string }

/**
 * Whether a role may be given. That the caller may give roles at the scope at all was asked before;
 * what is asked here is that no right comes out of it which nobody could give him.
 */
export function decideAssign(
  grant: RoleGrant,
  facts: AssignFacts,
): Decision<{ readonly isNew: boolean }, AssignRefusal> {
  const { role, ofSameId, ofSameGrant } = facts
  if (ofSameId !== null) {
    return isSameGrant(ofSameId, grant)
      ? accept({ isNew: false })
      : refuse({ code: 'SameIdDiffers' })
  }
  if (role === null) return refuse({ code: 'RoleNotFound' })
  if (!facts.principalExists) return refuse({ code: 'PrincipalNotFound' })
  if (role.id === supportEngineerRole.id && facts.scope.kind !== 'tenant') {
    return refuse({ code: 'NeedsTenantScope', role })
  }
  if (!isAssignableAt(role, grant.scopeKey)) return refuse({ code: 'NotAssignable', role })
  const action = forbiddenAct(role, facts)
  if (action !== null) return refuse({ code: 'ReservedAct', role, action })
  if (ofSameGrant !== null) return refuse({ code: 'Exists', assignmentId: ofSameGrant })
  return accept({ isNew: true })
}

function isSameGrant(a: RoleGrant, b: RoleGrant): boolean {
  return a.scopeKey === b.scopeKey && a.principalId === b.principalId && a.roleId === b.roleId
}

/** A role can be held at its assignable scopes and below them. */
export function isAssignableAt(role: Role, scopeKey: string): boolean {
  return role.assignableScopes.some((scope) => scopeReaches(scope.toLowerCase(), scopeKey))
}

/** The acts of the offer's policy that a role names letter by letter, and so would grant. */
export function reservedActsOf(role: Role): readonly string[] {
  return [cancelAction, enableAction, deleteAction].filter((action) => roleNames(role, action))
}

/**
 * The offer says who may cancel, enable and delete. An Owner whom it does not admit must not admit
 * himself by a role of his own making: who gives such a role may do the act, or manages the tenant.
 */
function forbiddenAct(role: Role, facts: AssignFacts): string | null {
  // Below a subscription these acts are not asked; at the tenant's only its managers give roles.
  if (facts.scope.kind !== 'subscription' || facts.callerManagesTenant) return null
  return reservedActsOf(role).find((action) => !facts.callerMay(action)) ?? null
}

/** The roles that can give access back to others when it is lost. */
export const accessManagerRoles: readonly string[] = [ownerRole.id, userAccessAdministratorRole.id]

/**
 * Whether taking an assignment away would leave a tenant or a subscription that nobody can give
 * access to. `otherManagers`: further assignments of such a role at the scope or above it, of
 * principals that are not disabled.
 */
export function decideUnassign(
  assignment: { readonly roleId: string; readonly scopeKind: Scope['kind'] },
  otherManagers: number,
): Decision<null, { readonly code: 'LastAdministrator' }> {
  const { roleId, scopeKind } = assignment
  const isKept = scopeKind === 'tenant' || scopeKind === 'subscription'
  if (isKept && accessManagerRoles.includes(roleId) && otherManagers === 0) {
    return refuse({ code: 'LastAdministrator' })
  }
  return accept(null)
}
