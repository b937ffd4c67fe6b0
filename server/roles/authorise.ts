import type { Offer } from '../offers/offer.ts'
import { ownerRole, supportEngineerRole } from './built-in.ts'
import { type Grant, roleAllows, roleNames, scopeReaches, tenantScope } from './role.ts'

/** The four acts that no wildcard grants: the offer's policy or a literal grant does. */
export const cancelAction = 'Microsoft.Subscription/cancel/action'
export const enableAction = 'Microsoft.Subscription/enable/action'
export const deleteAction = 'Reprieve.Lifecycle/delete/action'
/** From a trial to what is charged: by whoever may cancel. */
export const upgradeAction = 'Reprieve.Lifecycle/upgrade/action'

const policyActions = [cancelAction, enableAction, deleteAction, upgradeAction].map((a) =>
  a.toLowerCase(),
)

/** What a subscription says of its own: who holds its billing, and under which terms. */
export type SubscriptionPolicy = {
  readonly scopeKey: string
  readonly offer: Offer
  readonly accountAdministrator: string
}

export type AuthorisationRequest = {
  readonly principalId: string
  readonly grants: readonly Grant[]
  readonly action: string
  /** Lower case, without a trailing slash. */
  readonly scopeKey: string
  /** Needed for the three acts of the offer's policy; null where there is no subscription. */
  readonly subscription: SubscriptionPolicy | null
}

/** Whether the caller may. Pure; every plane asks it. */
export function isAuthorised(request: AuthorisationRequest): boolean {
  const { action, subscription } = request
  if (policyActions.includes(action.toLowerCase())) {
    return subscription !== null && isAdmittedByPolicy(request, subscription)
  }
  return reaching(request).some((grant) => roleAllows(grant.role, action))
}

/** Cancel, enable, delete, upgrade: by the offer's policy, or a role that names the act. */
function isAdmittedByPolicy(
  request: AuthorisationRequest,
  subscription: SubscriptionPolicy,
): boolean {
  const { action, principalId } = request
  const { offer } = subscription
  const grants = reaching(request)
  const byTicket = action.toLowerCase() === enableAction.toLowerCase() && offer.wayBack === 'ticket'
  if (byTicket) return isSupport(grants)

  if (action.toLowerCase() === enableAction.toLowerCase() && isSupport(grants)) return true
  if (offer.mayCancel === 'AccountAdministrator') {
    if (principalId === subscription.accountAdministrator) return true
  } else if (grants.some((grant) => grant.role.id === ownerRole.id)) {
    return true
  }
  return grants.some((grant) => roleNames(grant.role, action))
}

/**
 * Support counts from the tenant's scope only: else an Owner would grant himself, on his own
 * subscription, the way back that its offer reserves to a ticket.
 */
function isSupport(grants: readonly Grant[]): boolean {
  return grants.some(
    (grant) =>
      grant.scopeKey === tenantScope &&
      (grant.role.id === supportEngineerRole.id || roleNames(grant.role, enableAction)),
  )
}

function reaching(request: AuthorisationRequest): readonly Grant[] {
  return request.grants.filter((grant) => scopeReaches(grant.scopeKey, request.scopeKey))
}

/** Whether the caller holds anything at, above or below a scope: else it does not exist for him. */
export function isVisible(
  request: Pick<AuthorisationRequest, 'principalId' | 'grants' | 'subscription'> & {
    readonly scopeKey: string
  },
): boolean {
  if (request.principalId === request.subscription?.accountAdministrator) return true
  return request.grants.some(
    (grant) =>
      scopeReaches(grant.scopeKey, request.scopeKey) ||
      scopeReaches(request.scopeKey, grant.scopeKey),
  )
}
