import { Type } from 'typebox'
import { canonicalJson } from '../../api/event-chain.ts'
import {
  type Operation,
  type OperationRequest,
  type OperationResponse,
  operation,
  refuseRequest,
} from '../pipeline/operation.ts'
import { resourceApiVersions } from '../resource-groups/api-versions.ts'
import { resourcePath } from '../resources/resource-request.ts'
import { orRefuse } from '../pipeline/or-refuse.ts'
import {
  type Change,
  type ChangeDependencies,
  changeSubscription,
} from '../subscriptions/change.ts'
import { type Scope, readScope, writeTags } from './store.ts'
import { type Tags, type TagsPatch, checkTags, patchTags } from './tags.ts'

const scopes = [
  '/subscriptions/:subscriptionId',
  '/subscriptions/:subscriptionId/resourceGroups/:resourceGroupName',
  `${resourcePath}/:namespace/:type/:resourceName`,
]

const tagsPath = '/providers/Microsoft.Resources/tags/default'

const tags = Type.Unsafe({ type: 'object', additionalProperties: { type: 'string' } })
const properties = Type.Object({ tags: Type.Optional(tags) }, { additionalProperties: false })
const text = Type.Optional(Type.String())
const sentBack = { id: text, name: text, type: text }
const putBody = Type.Object({ ...sentBack, properties }, { additionalProperties: false })
const patchBody = Type.Object(
  {
    ...sentBack,
    operation: Type.Enum(['Merge', 'Replace', 'Delete']),
    properties: Type.Optional(properties),
  },
  { additionalProperties: false },
)

type PutBody = { readonly properties: { readonly tags?: Tags } }
type PatchBody = Partial<PutBody> & Pick<TagsPatch, 'operation'>

const whenSuspended = {
  refuse: 'What is tagged is to come back as it was.',
} as const

/** The tags of a subscription, a group or a resource, by themselves. */
export function tagsOperations(dependencies: ChangeDependencies): readonly Operation[] {
  return [
    operation({
      ...shared('read'),
      name: 'Tags_GetAtScope',
      method: 'GET',
      whenSuspended: { allow: 'Reading changes nothing.' },
      handle: async (request) => {
        const scope = await findScope(dependencies.database.db, request)
        return show(request, scope.tags)
      },
    }),
    operation<PutBody>({
      ...shared('write'),
      name: 'Tags_CreateOrUpdateAtScope',
      method: 'PUT',
      whenSuspended,
      body: putBody,
      handle: (request) =>
        change(request, dependencies, () => checkTags(request.body.properties.tags ?? {})),
    }),
    operation<PatchBody>({
      ...shared('write'),
      name: 'Tags_UpdateAtScope',
      method: 'PATCH',
      whenSuspended,
      body: patchBody,
      handle: (request) => {
        const given = request.body.properties?.tags ?? {}
        const patch = { operation: request.body.operation, tags: given }
        return change(request, dependencies, (current) => patchTags(current, patch))
      },
    }),
    operation({
      ...shared('delete'),
      name: 'Tags_DeleteAtScope',
      method: 'DELETE',
      whenSuspended,
      handle: async (request) => {
        await change(request, dependencies, () => checkTags({}))
        return { status: 200 }
      },
    }),
  ]
}

function shared(verb: 'read' | 'write' | 'delete') {
  return {
    paths: scopes.map((scope) => scope + tagsPath),
    type: 'Microsoft.Resources/tags',
    apiVersions: resourceApiVersions,
    action: `Microsoft.Resources/tags/${verb}`,
    scope: scopeOf,
  }
}

async function change(
  request: OperationRequest,
  dependencies: ChangeDependencies,
  decide: (current: Tags) => ReturnType<typeof checkTags>,
): Promise<OperationResponse> {
  const { caller, realNow } = request
  const subscriptionId = subscriptionIdOf(request)
  const asked = { subscriptionId, actor: caller.principalId, tenantId: caller.tenantId, realNow }
  return changeSubscription(dependencies, { ...asked, whenSuspended }, async (context) => {
    const scope = await findScope(context.tx, request)
    requireLasting(scope)
    const wanted = orRefuse(decide(scope.tags))
    if (canonicalJson(wanted) !== canonicalJson(scope.tags)) await store(context, scope, wanted)
    return show(request, wanted)
  })
}

async function store({ tx, now, record }: Change, scope: Scope, wanted: Tags): Promise<void> {
  await writeTags(tx, scope, wanted, now)
  const events = {
    subscription: 'SubscriptionTagsChanged',
    group: 'ResourceGroupChanged',
    resource: 'ResourceChanged',
  }
  await record(events[scope.kind], { uid: scope.uid })
}

function requireLasting(scope: Scope): void {
  if (!scope.deleting) return
  if (scope.kind === 'group') refuseRequest('groupBeingDeleted', { group: scope.name })
  refuseRequest('resourceBeingDeleted', { resource: scope.name })
}

async function findScope(
  db: Parameters<typeof readScope>[0],
  request: OperationRequest,
): Promise<Scope> {
  const { params } = request
  const group = params['resourceGroupName']
  const scope = await readScope(db, {
    subscriptionId: subscriptionIdOf(request),
    group: group ?? null,
    type: params['type'] === undefined ? null : `${params['namespace']}/${params['type']}`,
    name: params['resourceName'] ?? null,
  })
  if (scope !== null) return scope
  if (params['resourceName'] === undefined) {
    refuseRequest('resourceGroupNotFound', { name: group ?? '' })
  }
  const resource = `${params['namespace']}/${params['type']}/${params['resourceName']}`
  refuseRequest('resourceNotFound', { resource, group: group ?? '' })
}

function subscriptionIdOf({ params }: OperationRequest): string {
  return (params['subscriptionId'] ?? '').toLowerCase()
}

/** From the decoded path, without the tags' own part. */
function scopeOf(params: OperationRequest['params']): string {
  const subscription = `/subscriptions/${params['subscriptionId']}`
  const group = params['resourceGroupName']
  if (group === undefined) return subscription
  if (params['resourceName'] === undefined) return `${subscription}/resourceGroups/${group}`
  const type = `${params['namespace']}/${params['type']}`
  return `${subscription}/resourceGroups/${group}/providers/${type}/${params['resourceName']}`
}

function show({ params }: OperationRequest, shown: Tags): OperationResponse {
  return {
    status: 200,
    body: {
      id: scopeOf(params) + tagsPath,
      name: 'default',
      type: 'Microsoft.Resources/tags',
      properties: { tags: shown },
    },
  }
}
