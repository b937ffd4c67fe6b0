import { isSupportPlan } from '../offers/offer.ts'
import { Type } from 'typebox'
import { orRefuse } from '../pipeline/or-refuse.ts'
import { type Operation, operation, refuseRequest } from '../pipeline/operation.ts'
import type { Random } from '../kernel/ids.ts'
import type { Location } from '../locations/location.ts'
import { type ChangeDependencies, changeSubscription } from '../subscriptions/change.ts'
import { resourceApiVersions } from './api-versions.ts'
import { groupPaths, groupRequest, groupScope } from './group-request.ts'
import {
  type GroupBody,
  type GroupContent,
  type ResourceGroup,
  decidePatchGroup,
  decidePutGroup,
  isSameGroup,
  resourceGroupType,
  showGroup,
} from './resource-group.ts'
import { insertGroup, readGroup, updateGroup } from './store.ts'

export type PutGroupDependencies = ChangeDependencies & {
  readonly random: Random
  readonly locations: readonly Location[]
}

const whenSuspended = {
  refuse: 'A group that is made or changed would not be as it was when it comes back.',
} as const

const text = Type.String({ maxLength: 2048 })
const tags = Type.Unsafe({
  type: 'object',
  nullable: true,
  additionalProperties: { type: 'string' },
})
const body = Type.Object(
  {
    id: Type.Optional(text),
    name: Type.Optional(text),
    type: Type.Optional(text),
    location: Type.Optional(text),
    managedBy: Type.Optional(Type.Unsafe({ type: 'string', nullable: true, maxLength: 2048 })),
    tags: Type.Optional(tags),
    properties: Type.Optional(
      Type.Object({ provisioningState: Type.Optional(text) }, { additionalProperties: false }),
    ),
  },
  { additionalProperties: false },
)

const shared = {
  paths: groupPaths,
  type: resourceGroupType,
  apiVersions: resourceApiVersions,
  action: 'Microsoft.Resources/subscriptions/resourceGroups/write',
  scope: groupScope,
  whenSuspended,
  body,
}

/** Make or replace a group: 201 for a new one, 200 for one that was there. */
export function putGroup(dependencies: PutGroupDependencies): Operation {
  return operation<GroupBody>({
    ...shared,
    name: 'ResourceGroups_CreateOrUpdate',
    method: 'PUT',
    handle: async (request) => {
      const { name, change: asked } = groupRequest(request)
      return changeSubscription(dependencies, { ...asked, whenSuspended }, async (change) => {
        const { tx, subscription, now } = change
        const { subscriptionId, tenantId, offer } = subscription
        if (isSupportPlan(offer)) {
          refuseRequest('holdsNoResources', { subscriptionId, offer: offer.name })
        }
        const existing = await readGroup(tx, subscriptionId, name)
        const { locations, random } = dependencies
        const content = orRefuse(decidePutGroup(name, request.body, existing, locations))
        if (existing !== null) {
          const changed = await replace(change, existing, content)
          return { status: 200, body: showGroup(changed) }
        }
        const uid = random.uuid()
        await insertGroup(tx, { ...content, tenantId, subscriptionId, uid, name, now })
        await change.record('ResourceGroupCreated', { uid })
        const provisioningState = 'Succeeded' as const
        const made = { ...content, uid, subscriptionId, name, provisioningState }
        return {
          status: 201,
          body: showGroup({ ...made, createdAt: now, changedAt: now }),
        }
      })
    },
  })
}

/** Change a group's tags, whole, or its manager. */
export function patchGroup(dependencies: PutGroupDependencies): Operation {
  return operation<GroupBody>({
    ...shared,
    name: 'ResourceGroups_Update',
    method: 'PATCH',
    handle: async (request) => {
      const { name, change: asked } = groupRequest(request)
      return changeSubscription(dependencies, { ...asked, whenSuspended }, async (change) => {
        const existing = await readGroup(change.tx, change.subscription.subscriptionId, name)
        if (existing === null) refuseRequest('resourceGroupNotFound', { name })
        const content = orRefuse(decidePatchGroup(request.body, existing))
        const changed = await replace(change, existing, content)
        return { status: 200, body: showGroup(changed) }
      })
    },
  })
}

async function replace(
  change: Parameters<Parameters<typeof changeSubscription>[2]>[0],
  existing: ResourceGroup,
  content: GroupContent,
): Promise<ResourceGroup> {
  if (isSameGroup(existing, content)) return existing
  await updateGroup(change.tx, existing.uid, content, change.now)
  await change.record('ResourceGroupChanged', { uid: existing.uid })
  return { ...existing, ...content, changedAt: change.now }
}
