import { type Operation, operation, refuseRequest } from '../pipeline/operation.ts'
import { readGroup } from '../resource-groups/store.ts'
import { showResource } from './progress.http.ts'
import {
  type ResourceDependencies,
  addressOf,
  pathOf,
  refuseMissing,
  scopeOf,
} from './resource-request.ts'
import type { ResourceType } from './resource-type.ts'
import { findResource } from './store.ts'

const whenSuspended = { allow: 'Reading changes nothing.' } as const

/** One resource; one that is being destroyed is shown until it is gone. */
export function getResource(
  type: ResourceType,
  { database }: Pick<ResourceDependencies, 'database'>,
): Operation {
  return operation({
    ...shared(type),
    name: `${type.type}_Get`,
    method: 'GET',
    handle: async (request) => {
      const address = addressOf(request, type)
      const resource = await findResource(database.db, address)
      if (resource !== null) return showResource(type, resource, request)
      const group = await readGroup(database.db, address.subscriptionId, address.group)
      if (group === null) refuseRequest('resourceGroupNotFound', { name: address.group })
      refuseMissing(address)
    },
  })
}

/** Whether it is there: 204 or 404, both without a body. */
export function headResource(
  type: ResourceType,
  { database }: Pick<ResourceDependencies, 'database'>,
): Operation {
  return operation({
    ...shared(type),
    name: `${type.type}_CheckExistence`,
    method: 'HEAD',
    handle: async (request) => {
      const found = await findResource(database.db, addressOf(request, type))
      return { status: found === null ? 404 : 204 }
    },
  })
}

function shared(type: ResourceType) {
  return {
    paths: [pathOf(type)],
    type: type.type,
    apiVersions: type.apiVersions,
    action: `${type.type}/read`,
    scope: scopeOf(type),
    whenSuspended,
  }
}
