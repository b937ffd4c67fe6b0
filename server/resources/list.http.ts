import type { Refusal } from '../../api/refusals.ts'
import { type Decision, accept, refuse } from '../kernel/decision.ts'
import { isUuid } from '../kernel/ids.ts'
import {
  type Operation,
  type OperationRequest,
  type OperationResponse,
  operation,
  refuseRequest,
} from '../pipeline/operation.ts'
import { resourceApiVersions } from '../resource-groups/api-versions.ts'
import { readGroup } from '../resource-groups/store.ts'
import { type ResourceFilter, parseFilter } from './filter.ts'
import { listResources } from './list.store.ts'
import { orRefuse } from '../pipeline/or-refuse.ts'
import { pageOf, readPage } from '../pipeline/page.ts'
import { type ExpandedField, type Resource, showListed } from './resource.ts'
import { type ResourceDependencies, subscriptionIdOf } from './resource-request.ts'
import type { ResourceType } from './resource-type.ts'

type Dependencies = Pick<ResourceDependencies, 'database'>

const whenSuspended = { allow: 'Reading changes nothing.' } as const

const subscriptionFields = [
  'resourceType',
  'resourceGroup',
  'name',
  'location',
  'tagName',
  'tagValue',
] as const
const groupFields = ['resourceType', 'name', 'location', 'tagName', 'tagValue'] as const

/** Resources of every type: of a subscription, and of one group. */
export function listAllResources({ database }: Dependencies): readonly Operation[] {
  const shared = {
    method: 'GET',
    type: 'Microsoft.Resources/resources',
    apiVersions: resourceApiVersions,
    whenSuspended,
  } as const
  return [
    operation({
      ...shared,
      name: 'Resources_List',
      paths: ['/subscriptions/:subscriptionId/resources'],
      action: 'Microsoft.Resources/subscriptions/resources/read',
      handle: async (request) => {
        const filter = orRefuse(parseFilter(request.query['filter'], subscriptionFields))
        const expand = orRefuse(readExpand(request.query['expand']))
        const path = `/subscriptions/${subscriptionIdOf(request)}/resources`
        const show = (resource: Resource) => showListed(resource, expand)
        return answerList(database, { request, filter, path, show })
      },
    }),
    operation({
      ...shared,
      name: 'Resources_ListByResourceGroup',
      paths: ['/subscriptions/:subscriptionId/resourceGroups/:resourceGroupName/resources'],
      action: 'Microsoft.Resources/subscriptions/resourceGroups/resources/read',
      scope: groupScope,
      handle: async (request) => {
        const group = await requireGroup(database, request)
        const filter = orRefuse(parseFilter(request.query['filter'], groupFields))
        const expand = orRefuse(readExpand(request.query['expand']))
        const path = `${groupScope(request.params)}/resources`
        const show = (resource: Resource) => showListed(resource, expand)
        const within = { ...filter, resourceGroup: group.toLowerCase() }
        return answerList(database, { request, filter: within, path, show })
      },
    }),
  ]
}

/** Resources of one type, whole: of a subscription, and of one group. */
export function listResourcesOfType(
  type: ResourceType,
  { database }: Dependencies,
): readonly Operation[] {
  const shared = {
    method: 'GET',
    type: type.type,
    apiVersions: type.apiVersions,
    action: `${type.type}/read`,
    whenSuspended,
  } as const
  const own = { resourceType: type.type.toLowerCase() }
  return [
    operation({
      ...shared,
      name: `${type.type}_List`,
      paths: [`/subscriptions/:subscriptionId/providers/${type.type}`],
      handle: async (request) => {
        const path = `/subscriptions/${subscriptionIdOf(request)}/providers/${type.type}`
        const show = (resource: Resource) => type.show(resource, request.apiVersion)
        return answerList(database, { request, filter: own, path, show })
      },
    }),
    operation({
      ...shared,
      name: `${type.type}_ListByResourceGroup`,
      paths: [
        `/subscriptions/:subscriptionId/resourceGroups/:resourceGroupName/providers/${type.type}`,
      ],
      scope: groupScope,
      handle: async (request) => {
        const group = await requireGroup(database, request)
        const path = `${groupScope(request.params)}/providers/${type.type}`
        const filter = { ...own, resourceGroup: group.toLowerCase() }
        const show = (resource: Resource) => type.show(resource, request.apiVersion)
        return answerList(database, { request, filter, path, show })
      },
    }),
  ]
}

async function answerList(
  database: Dependencies['database'],
  list: {
    readonly request: OperationRequest
    readonly filter: ResourceFilter
    readonly path: string
    readonly show: (resource: Resource) => object
  },
): Promise<OperationResponse> {
  const { request, filter, path, show } = list
  const page = orRefuse(readPage(request.query))
  const after = page.after?.[0] ?? null
  if (after !== null && !isUuid(after)) {
    refuseRequest('invalidParameter', { parameter: '$skiptoken', problem: { kind: 'invalid' } })
  }
  const wanted = { ...filter, after, limit: page.limit + 1 }
  const found = await listResources(database.db, subscriptionIdOf(request), wanted)
  const link = { publicUrl: request.publicUrl, query: request.query, path: encodeURI(path) }
  const { rows, nextLink } = pageOf(found, page, ({ uid }) => [uid], link)
  return {
    status: 200,
    body: { value: rows.map(show), ...(nextLink === null ? {} : { nextLink }) },
  }
}

async function requireGroup(
  database: Dependencies['database'],
  request: OperationRequest,
): Promise<string> {
  const name = request.params['resourceGroupName'] ?? ''
  const group = await readGroup(database.db, subscriptionIdOf(request), name)
  if (group === null) refuseRequest('resourceGroupNotFound', { name })
  return group.name
}

function groupScope(params: OperationRequest['params']): string {
  return `/subscriptions/${params['subscriptionId']}/resourceGroups/${params['resourceGroupName']}`
}

const expandable: readonly ExpandedField[] = ['createdTime', 'changedTime', 'provisioningState']

/** Reads `$expand`: names with commas between, in any case; an empty one asks for nothing. */
function readExpand(text: string | undefined): Decision<ReadonlySet<ExpandedField>, Refusal> {
  const fields = new Set<ExpandedField>()
  for (const part of (text ?? '').split(',')) {
    const wanted = part.trim().toLowerCase()
    if (wanted === '') continue
    const field = expandable.find((name) => name.toLowerCase() === wanted)
    if (field === undefined) {
      const problem = { kind: 'oneOf', values: expandable } as const
      return refuse({ name: 'invalidParameter', facts: { parameter: '$expand', problem } })
    }
    fields.add(field)
  }
  return accept(fields)
}
