import {
  type Operation,
  type OperationRequest,
  type OperationResponse,
  RequestRefused,
  operation,
  refuseRequest,
} from '../pipeline/operation.ts'
import { type ResourceBody, firstRates } from '../providers/contract.ts'
import type { ResourceGroup } from '../resource-groups/resource-group.ts'
import { readGroup } from '../resource-groups/store.ts'
import { isRegistered } from '../resource-providers/store.ts'
import { type Change, changeSubscription } from '../subscriptions/change.ts'
import { refuseCondition } from './conditions.ts'
import { enqueueEffects } from './enqueue-effects.ts'
import { orRefuse } from '../pipeline/or-refuse.ts'
import { answerProgress } from './progress.http.ts'
import type { Resource, ResourceAddress } from './resource.ts'
import {
  type ResourceDependencies,
  addressOf,
  changeRequest,
  pathOf,
  refuseMissing,
  refuseUnregistered,
  scopeOf,
} from './resource-request.ts'
import { type RequestBody, type ResourceType, namespaceOf } from './resource-type.ts'
import { findResource, insertResource, updateResource } from './store.ts'
import { decidePatch, decidePut, isSame } from './write.ts'

const whenSuspended = {
  refuse: 'A resource that is made or changed would not be as it was when it comes back.',
} as const

/** Make or change a resource. A new one is awaited for a bounded time, then answered with 202. */
export function putResource(type: ResourceType, dependencies: ResourceDependencies): Operation {
  return operation<RequestBody>({
    ...shared(type),
    name: `${type.type}_CreateOrUpdate`,
    method: 'PUT',
    body: type.putBody,
    handle: async (request) => {
      const address = addressOf(request, type)
      const written = await changeSubscription(
        dependencies,
        { ...changeRequest(request), whenSuspended },
        async (change) => put(change, type, address, request, dependencies),
      )
      return answerWrite(written, type, request, dependencies)
    },
  })
}

/** Change parts of a resource. */
export function patchResource(type: ResourceType, dependencies: ResourceDependencies): Operation {
  return operation<RequestBody>({
    ...shared(type),
    name: `${type.type}_Update`,
    method: 'PATCH',
    body: type.patchBody,
    handle: async (request) => {
      const address = addressOf(request, type)
      const written = await changeSubscription(
        dependencies,
        { ...changeRequest(request), whenSuspended },
        async (change) => {
          const { existing } = await findWritable(change, type, address)
          if (existing === null) refuseMissing(address)
          requireCondition(request, address, existing)
          const { locations } = dependencies
          const content = orRefuse(decidePatch(type, request.body, existing, locations))
          await replace(change, existing, content)
          return { uid: existing.uid, generation: wantedOf(change, existing), made: false }
        },
      )
      return answerWrite(written, type, request, dependencies)
    },
  })
}

function shared(type: ResourceType) {
  return {
    paths: [pathOf(type)],
    type: type.type,
    apiVersions: type.apiVersions,
    action: `${type.type}/write`,
    scope: scopeOf(type),
    whenSuspended,
  }
}

type Written = { readonly uid: string; readonly generation: number; readonly made: boolean }

async function answerWrite(
  written: Written,
  type: ResourceType,
  request: OperationRequest,
  dependencies: ResourceDependencies,
): Promise<OperationResponse> {
  const status = written.made ? type.createdStatus : 200
  return answerProgress('create-resource', { ...written, status }, type, request, dependencies)
}

async function put(
  change: Change,
  type: ResourceType,
  address: ResourceAddress,
  request: OperationRequest<RequestBody>,
  dependencies: ResourceDependencies,
): Promise<Written> {
  const { existing, group } = await findWritable(change, type, address)
  requireCondition(request, address, existing)
  const { locations } = dependencies
  if (existing === null) orRefuse(type.checkName(address.name))
  const content = orRefuse(decidePut(type, address.name, request.body, existing, locations))
  if (existing !== null) {
    await replace(change, existing, content)
    return { uid: existing.uid, generation: wantedOf(change, existing), made: false }
  }
  // The id shows the group as it was named when it was made, not as this request spells it.
  const place = { ...address, group: group.name }
  const uid = await create(change, type, place, content, dependencies, request.caller.principalId)
  return { uid, generation: change.subscription.lifecycle.generation, made: true }
}

/** The resource, or null, and its group: once registration and deletions allow the write. */
async function findWritable(
  { tx }: Change,
  type: ResourceType,
  address: ResourceAddress,
): Promise<{ readonly existing: Resource | null; readonly group: ResourceGroup }> {
  const { subscriptionId } = address
  if (!(await isRegistered(tx, subscriptionId, namespaceOf(type.type)))) {
    refuseUnregistered(type, subscriptionId)
  }
  const group = await readGroup(tx, subscriptionId, address.group)
  if (group === null) refuseRequest('resourceGroupNotFound', { name: address.group })
  if (group.provisioningState === 'Deleting') {
    refuseRequest('groupBeingDeleted', { group: group.name })
  }
  const existing = await findResource(tx, address)
  if (existing !== null && existing.deletedAt !== null) {
    refuseRequest('resourceBeingDeleted', { resource: existing.name })
  }
  return { existing, group }
}

function requireCondition(
  request: OperationRequest,
  address: ResourceAddress,
  existing: Resource | null,
): void {
  const refusal = refuseCondition(request.headers, address.name, existing)
  if (refusal !== null) throw new RequestRefused(refusal)
}

async function create(
  change: Change,
  type: ResourceType,
  address: ResourceAddress,
  content: ResourceBody,
  { hostId, random, wakeWorkers }: ResourceDependencies,
  createdBy: string,
): Promise<string> {
  const { tx, subscription, now, realNow } = change
  const uid = random.uuid()
  await insertResource(tx, {
    ...content,
    ...address,
    uid,
    tenantId: subscription.tenantId,
    hostId,
    createdBy,
    meters: firstRates(type.meters, content),
    now,
    realNow,
  })
  await type.claim(change, uid, address.name)
  await change.record('ResourceCreated', { uid, type: type.type, host: hostId })
  await change.bumpPlanVersion()
  await enqueueEffects(change, hostId, random)
  wakeWorkers(tx)
  return uid
}

async function replace(change: Change, existing: Resource, content: ResourceBody): Promise<void> {
  if (isSame(existing, content)) return
  await updateResource(change.tx, existing.uid, content, change.now)
  await change.record('ResourceChanged', { uid: existing.uid })
}

function wantedOf({ subscription }: Change, resource: Resource): number {
  return subscription.lifecycle.generation + resource.generation
}
