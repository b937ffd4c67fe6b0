import type { WhoMay } from '../../api/refusals.ts'
import {
  type SubscriptionPolicy,
  cancelAction,
  deleteAction,
  enableAction,
  isAuthorised,
  upgradeAction,
} from '../roles/authorise.ts'
import { accountAdministratorRights, builtInRoles } from '../roles/built-in.ts'
import { type Grant, roleAllows, tenantScope } from '../roles/role.ts'
import { whoMay } from '../subscriptions/read-only.ts'
import { type Subscription, subscriptionScope } from '../subscriptions/store.ts'
import { billingScope } from './find-subject.ts'
import { type Caller, type Operation, refuseRequest } from './operation.ts'

/** Asks the action at the scope of the operation; a refusal names who may. */
export function authorise(
  operation: Operation,
  request: {
    readonly caller: Caller
    readonly params: { readonly [name: string]: string }
    readonly subscription: Subscription | null
  },
): void {
  const { action } = operation
  if (action === null) return
  const { caller, subscription } = request
  const scope = operation.scope?.(request.params) ?? scopeOf(subscription)
  if (mayAct(caller, action, scope, subscription)) return
  // What is left of a purged subscription answers to the readers of its billing account.
  if (operation.afterPurge === true && subscription !== null) {
    if (mayAct(caller, action, billingScope(subscription), subscription)) return
  }
  refuseAct(caller, action, scope, subscription)
}

/**
 * Whether a caller may do an action at a scope; for the request path and for rules inside handlers.
 */
export function mayAct(
  caller: Caller,
  action: string,
  scope: string,
  subscription: Subscription | null,
): boolean {
  return isAuthorised({
    principalId: caller.principalId,
    grants: [...caller.grants, ...accountGrants(caller, subscription)],
    action,
    scopeKey: scope.toLowerCase(),
    subscription: subscription === null ? null : policyOf(subscription),
  })
}

export function refuseAct(
  caller: Caller,
  action: string,
  scope: string,
  subscription: Subscription | null,
): never {
  const client = { client: caller.name, objectId: caller.principalId, action, scope }
  const act = actOf(action)
  if (act !== null && subscription !== null) {
    const { offer, lifecycle } = subscription
    const who = whoMay(act, offer, lifecycle.accountAdministrator)
    refuseRequest('lifecycleActForbidden', { ...client, offer: offer.name, who })
  }
  const roles = builtInRoles.filter((role) => roleAllows(role, action)).map((role) => role.name)
  refuseRequest('authorisationFailed', { ...client, roles })
}

function actOf(action: string): WhoMay['act'] | null {
  if (action === cancelAction) return 'cancel'
  if (action === enableAction) return 'reactivate'
  if (action === upgradeAction) return 'upgrade'
  return action === deleteAction ? 'delete' : null
}

function policyOf(subscription: Subscription): SubscriptionPolicy {
  return {
    scopeKey: subscriptionScope(subscription.subscriptionId),
    offer: subscription.offer,
    accountAdministrator: subscription.lifecycle.accountAdministrator,
  }
}

/** The account administrator needs no role to see and to end what he pays for. */
function accountGrants(caller: Caller, subscription: Subscription | null): readonly Grant[] {
  if (caller.principalId !== subscription?.lifecycle.accountAdministrator) return []
  const scopeKey = subscriptionScope(subscription.subscriptionId)
  return [{ scopeKey, role: accountAdministratorRights }]
}

/**
 * Where an operation that names no scope of its own is asked: at its subscription, as it was found.
 * Never read from the path, where one character can be written in several ways.
 */
function scopeOf(subscription: Subscription | null): string {
  return subscription === null ? tenantScope : subscriptionScope(subscription.subscriptionId)
}
