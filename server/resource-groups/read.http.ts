import type { Kysely } from 'kysely'
import type { Schema } from '../database/schema.ts'
import { type Operation, operation, refuseRequest } from '../pipeline/operation.ts'
import { parseFilter } from '../resources/filter.ts'
import { orRefuse } from '../pipeline/or-refuse.ts'
import { pageOf, readPage } from '../pipeline/page.ts'
import { resourceApiVersions } from './api-versions.ts'
import { groupPaths, groupRequest, groupScope } from './group-request.ts'
import { resourceGroupType, showGroup } from './resource-group.ts'
import { listGroups, readGroup } from './store.ts'

type Dependencies = { readonly db: Kysely<Schema> }

const shared = {
  type: resourceGroupType,
  apiVersions: resourceApiVersions,
  action: 'Microsoft.Resources/subscriptions/resourceGroups/read',
  whenSuspended: { allow: 'Reading changes nothing.' },
} as const

export function getGroup({ db }: Dependencies): Operation {
  return operation({
    ...shared,
    name: 'ResourceGroups_Get',
    method: 'GET',
    paths: groupPaths,
    scope: groupScope,
    handle: async (request) => {
      const { name, subscriptionId } = groupRequest(request)
      const group = await readGroup(db, subscriptionId, name)
      if (group === null) refuseRequest('resourceGroupNotFound', { name })
      return { status: 200, body: showGroup(group) }
    },
  })
}

/** Whether it is there: 204 or 404, both without a body. */
export function headGroup({ db }: Dependencies): Operation {
  return operation({
    ...shared,
    name: 'ResourceGroups_CheckExistence',
    method: 'HEAD',
    paths: groupPaths,
    scope: groupScope,
    handle: async (request) => {
      const { name, subscriptionId } = groupRequest(request)
      const group = await readGroup(db, subscriptionId, name)
      return { status: group === null ? 404 : 204 }
    },
  })
}

/** The groups of a subscription by name; also those that are being deleted. */
export function listResourceGroups({ db }: Dependencies): Operation {
  return operation({
    ...shared,
    name: 'ResourceGroups_List',
    method: 'GET',
    paths: ['/subscriptions/:subscriptionId/resourceGroups'],
    handle: async (request) => {
      const { subscriptionId } = groupRequest(request)
      const filter = orRefuse(parseFilter(request.query['filter'], ['tagName', 'tagValue']))
      const page = orRefuse(readPage(request.query))
      const groups = await listGroups(db, subscriptionId, {
        tagName: filter.tagName ?? null,
        tagValue: filter.tagValue ?? null,
        after: page.after?.[0] ?? null,
        limit: page.limit + 1,
      })
      const path = `/subscriptions/${subscriptionId}/resourcegroups`
      const link = { publicUrl: request.publicUrl, query: request.query, path }
      const { rows, nextLink } = pageOf(groups, page, ({ name }) => [name.toLowerCase()], link)
      const more = nextLink === null ? {} : { nextLink }
      return { status: 200, body: { value: rows.map(showGroup), ...more } }
    },
  })
}
