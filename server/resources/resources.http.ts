import type { Operation } from '../pipeline/operation.ts'
import { deleteResource } from './delete.http.ts'
import { listAllResources, listResourcesOfType } from './list.http.ts'
import { patchResource, putResource } from './put.http.ts'
import { getResource, headResource } from './read.http.ts'
import type { ResourceDependencies } from './resource-request.ts'
import { storageAccountTypeName } from './storage-account.ts'
import { type StorageKeysDependencies, storageKeyOperations } from './storage-keys.http.ts'
import { checkStorageNameAvailability } from './storage-name.http.ts'
import { refuseUnknownTypes } from './unknown-type.http.ts'

export type ResourcesDependencies = ResourceDependencies &
  StorageKeysDependencies & {
    /** Every api-version that is served anywhere: an unknown type has none of its own. */
    readonly allApiVersions: readonly string[]
    readonly operations: () => readonly Operation[]
  }

/** Resources of every type in the table, by id and in lists. */
export function resourcesOperations(dependencies: ResourcesDependencies): readonly Operation[] {
  const ofTypes = dependencies.types.flatMap((type) => [
    putResource(type, dependencies),
    patchResource(type, dependencies),
    getResource(type, dependencies),
    headResource(type, dependencies),
    deleteResource(type, dependencies),
    ...listResourcesOfType(type, dependencies),
    ...(type.type === storageAccountTypeName ? storageKeyOperations(type, dependencies) : []),
  ])
  return [
    ...ofTypes,
    ...listAllResources(dependencies),
    checkStorageNameAvailability(dependencies),
    ...refuseUnknownTypes(dependencies),
  ]
}
