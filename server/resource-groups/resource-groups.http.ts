import type { Operation } from '../pipeline/operation.ts'
import type { ResourceDependencies } from '../resources/resource-request.ts'
import { deleteGroup } from './delete.http.ts'
import { patchGroup, putGroup } from './put.http.ts'
import { getGroup, headGroup, listResourceGroups } from './read.http.ts'

export type ResourceGroupsDependencies = Pick<
  ResourceDependencies,
  'database' | 'events' | 'random' | 'wakeWorkers' | 'locations'
>

export function resourceGroupsOperations(
  dependencies: ResourceGroupsDependencies,
): readonly Operation[] {
  const { db } = dependencies.database
  return [
    putGroup(dependencies),
    patchGroup(dependencies),
    getGroup({ db }),
    headGroup({ db }),
    listResourceGroups({ db }),
    deleteGroup(dependencies),
  ]
}
