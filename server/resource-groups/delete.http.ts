import { acceptedAnswer } from '../operations/asynchronous-operation.ts'
import { findRunning, startOperation } from '../operations/store.ts'
import {
  type Operation,
  type OperationRequest,
  operation,
  refuseRequest,
} from '../pipeline/operation.ts'
import { type ResourceDependencies, requireDataLossRight } from '../resources/resource-request.ts'
import { type Change, changeSubscription } from '../subscriptions/change.ts'
import { enqueue } from '../work/work.ts'
import { resourceApiVersions } from './api-versions.ts'
import { groupPaths, groupRequest, groupScope } from './group-request.ts'
import { type ResourceGroup, resourceGroupType } from './resource-group.ts'
import { readGroup, updateGroup } from './store.ts'

const whenSuspended = {
  allow: 'Whoever may cancel may also end what is left, before its date.',
  asDataLoss: true,
} as const

export const deleteGroupKind = 'delete-group'

/** Destroys a group with all that is in it; done when the last of its data was seen gone. */
export function deleteGroup(
  dependencies: Pick<ResourceDependencies, 'database' | 'events' | 'random' | 'wakeWorkers'>,
): Operation {
  return operation({
    name: 'ResourceGroups_Delete',
    method: 'DELETE',
    paths: groupPaths,
    type: resourceGroupType,
    apiVersions: resourceApiVersions,
    action: 'Microsoft.Resources/subscriptions/resourceGroups/delete',
    scope: groupScope,
    whenSuspended,
    handle: async (request) => {
      const { name, subscriptionId, change: asked } = groupRequest(request)
      const operationId = await changeSubscription(
        dependencies,
        { ...asked, whenSuspended },
        async (change) => {
          requireDataLossRight(request.caller, change)
          const group = await readGroup(change.tx, subscriptionId, name)
          if (group === null) refuseRequest('resourceGroupNotFound', { name })
          const wanted = { subscriptionId, kind: deleteGroupKind, subject: group.uid }
          const running = await findRunning(change.tx, wanted)
          return running ?? (await begin(change, group, request, dependencies))
        },
      )
      return acceptedAnswer({ operationId, subscriptionId }, request, 'Location')
    },
  })
}

/** From now on nothing can be put into the group; its members are asked to go by the work. */
async function begin(
  change: Change,
  group: ResourceGroup,
  { caller }: OperationRequest,
  { random, wakeWorkers }: Pick<ResourceDependencies, 'random' | 'wakeWorkers'>,
): Promise<string> {
  const { tx, subscription, now, realNow } = change
  const { tenantId, subscriptionId, clockKey } = subscription
  const operationId = random.uuid()
  await updateGroup(tx, group.uid, { deleting: true }, now)
  await startOperation(
    tx,
    {
      operationId,
      tenantId,
      subscriptionId,
      caller: caller.principalId,
      kind: deleteGroupKind,
      subject: group.uid,
    },
    realNow,
  )
  await change.record('ResourceGroupDeletionStarted', { uid: group.uid })
  await change.bumpPlanVersion()
  const subject = { subscriptionId, tenantId, operationId, actor: caller.principalId }
  const order = { tenantId, kind: deleteGroupKind, key: group.uid, subject, clockKey }
  await enqueue(tx, { ...order, dueAt: null, hostId: null }, realNow, random)
  wakeWorkers(tx)
  return operationId
}
