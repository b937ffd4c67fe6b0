import type { Transaction } from 'kysely'
import type { Schema } from '../database/schema.ts'
import type { Location } from '../locations/location.ts'
import { mayAct, refuseAct } from '../pipeline/authorise.ts'
import { type Caller, type OperationRequest, refuseRequest } from '../pipeline/operation.ts'
import { cancelAction } from '../roles/authorise.ts'
import type { Change, ChangeDependencies } from '../subscriptions/change.ts'
import { isSuspended } from '../subscriptions/subscription.ts'
import type { ResourceAddress } from './resource.ts'
import { type ResourceType, namespaceOf } from './resource-type.ts'

/**
 * Resolves when a resource was observed at a generation or above, or after `timeoutMs`. Only a
 * shortcut to a quick answer: who waited reads the row to see what is so.
 */
export type WaitForEffect = (uid: string, generation: number, timeoutMs: number) => Promise<unknown>

export type ResourceDependencies = ChangeDependencies & {
  readonly types: readonly ResourceType[]
  readonly locations: readonly Location[]
  /** Where new resources are made: this node. */
  readonly hostId: string
  /** Called in the transaction that enqueues work; wakes workers after its commit. */
  readonly wakeWorkers: (tx: Transaction<Schema>) => void
  readonly waitForEffect: WaitForEffect
  /** How long a request waits for the real thing before it answers 202. */
  readonly effectWaitMs: number
}

export const resourcePath =
  '/subscriptions/:subscriptionId/resourceGroups/:resourceGroupName/providers'

/** The path of one resource of a type; its name is `:resourceName`. */
export function pathOf(type: ResourceType, action = ''): string {
  return `${resourcePath}/${type.type}/:resourceName${action === '' ? '' : `/${action}`}`
}

/** The scope at which a resource's rights are asked: its own id, from the decoded path. */
export function scopeOf(type: ResourceType) {
  return (params: OperationRequest['params']): string =>
    `/subscriptions/${params['subscriptionId']}/resourceGroups/${params['resourceGroupName']}` +
    `/providers/${type.type}/${params['resourceName']}`
}

export function addressOf(request: OperationRequest, type: ResourceType): ResourceAddress {
  return {
    subscriptionId: subscriptionIdOf(request),
    group: request.params['resourceGroupName'] ?? '',
    type: type.type,
    name: request.params['resourceName'] ?? '',
  }
}

export function subscriptionIdOf(request: OperationRequest): string {
  return (request.params['subscriptionId'] ?? '').toLowerCase()
}

export function refuseMissing(address: ResourceAddress): never {
  refuseRequest('resourceNotFound', {
    resource: `${address.type}/${address.name}`,
    group: address.group,
  })
}

/** What a change needs to know of the request that asks for it. */
export function changeRequest(request: OperationRequest) {
  return {
    tenantId: request.caller.tenantId,
    subscriptionId: subscriptionIdOf(request),
    actor: request.caller.principalId,
    realNow: request.realNow,
  }
}

/**
 * While a suspension holds, destroying data takes the right to cancel. The request path has asked;
 * it is asked again under the lock, for the suspension may have come in between.
 */
export function requireDataLossRight(caller: Caller, { subscription }: Change): void {
  if (!isSuspended(subscription.lifecycle)) return
  const scope = `/subscriptions/${subscription.subscriptionId}`
  if (!mayAct(caller, cancelAction, scope, subscription)) {
    refuseAct(caller, cancelAction, scope, subscription)
  }
}

export function refuseUnregistered(type: ResourceType, subscriptionId: string): never {
  refuseRequest('providerNotRegistered', { namespace: namespaceOf(type.type), subscriptionId })
}
