import {
  type Operation,
  type OperationRequest,
  RequestRefused,
  operation,
  refuseRequest,
} from '../pipeline/operation.ts'
import { readGroup } from '../resource-groups/store.ts'
import { type Change, changeSubscription } from '../subscriptions/change.ts'
import { refuseCondition } from './conditions.ts'
import { enqueueEffects } from './enqueue-effects.ts'
import { answerProgress } from './progress.http.ts'
import {
  type ResourceDependencies,
  addressOf,
  changeRequest,
  pathOf,
  requireDataLossRight,
  scopeOf,
} from './resource-request.ts'
import type { ResourceType } from './resource-type.ts'
import { findResource, markDeleted } from './store.ts'

const whenSuspended = {
  allow: 'Whoever may cancel may also end what is left, before its date.',
  asDataLoss: true,
} as const

/**
 * Destroys a resource and its data. 200 when it was seen gone within a bounded time, 202 when that
 * takes longer, 204 when there is none.
 */
export function deleteResource(type: ResourceType, dependencies: ResourceDependencies): Operation {
  return operation({
    name: `${type.type}_Delete`,
    method: 'DELETE',
    paths: [pathOf(type)],
    type: type.type,
    apiVersions: type.apiVersions,
    action: `${type.type}/delete`,
    scope: scopeOf(type),
    whenSuspended,
    handle: async (request) => {
      const deleted = await changeSubscription(
        dependencies,
        { ...changeRequest(request), whenSuspended },
        async (change) => remove(change, type, request, dependencies),
      )
      if (deleted === null) return { status: 204 }
      const wanted = { ...deleted, status: 200 } as const
      return answerProgress('delete-resource', wanted, type, request, dependencies)
    },
  })
}

/** Null: there is none. One that is being destroyed already is waited for, not deleted again. */
async function remove(
  change: Change,
  type: ResourceType,
  request: OperationRequest,
  dependencies: ResourceDependencies,
): Promise<{ readonly uid: string; readonly generation: number } | null> {
  const { tx, subscription } = change
  requireDataLossRight(request.caller, change)
  const address = addressOf(request, type)
  const existing = await findResource(tx, address)
  if (existing === null) {
    const group = await readGroup(tx, address.subscriptionId, address.group)
    if (group === null) refuseRequest('resourceGroupNotFound', { name: address.group })
    return null
  }
  const { generation } = subscription.lifecycle
  if (existing.deletedAt !== null) {
    return { uid: existing.uid, generation: generation + existing.generation }
  }
  const refusal = refuseCondition(request.headers, existing.name, existing)
  if (refusal !== null) throw new RequestRefused(refusal)
  await deleteResources(change, [existing], dependencies)
  return { uid: existing.uid, generation: generation + existing.generation + 1 }
}

/**
 * What a deletion is, for one resource or for a batch of a group: wanted absent, its meters
 * stopped, its history told, its hosts at work.
 */
export async function deleteResources(
  change: Change,
  resources: readonly { readonly uid: string; readonly hostId: string }[],
  { random, wakeWorkers }: Pick<ResourceDependencies, 'random' | 'wakeWorkers'>,
): Promise<void> {
  const { tx, subscription, now, realNow } = change
  const metersStopAt = subscription.lifecycle.suspendedSince ?? now
  const uids = resources.map((resource) => resource.uid)
  await markDeleted(tx, uids, { now, metersStopAt, realNow })
  for (const uid of uids) await change.record('ResourceDeleted', { uid })
  await change.bumpPlanVersion()
  for (const hostId of new Set(resources.map((resource) => resource.hostId))) {
    await enqueueEffects(change, hostId, random)
  }
  wakeWorkers(tx)
}
