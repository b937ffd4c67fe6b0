import type { Random } from '../kernel/ids.ts'
import { formatInstant } from '../kernel/instant.ts'
import { refuseRequest } from '../pipeline/operation.ts'
import { storageMeters } from '../providers/storage/meters.ts'
import { type Resource, provisioningState, showEnvelope } from './resource.ts'
import type { ResourceType } from './resource-type.ts'
import {
  checkStorageName,
  decidePatchAccount,
  decidePutAccount,
  storageAccountTypeName,
} from './storage-account.ts'
import { patchStorageAccount, putStorageAccount } from './storage-account-schema.ts'
import { claimAccountName } from './storage-account.store.ts'
import { makeStorageKeys, sealStorageKeys } from './storage-keys.ts'

export const storageApiVersions: readonly string[] = [
  '2018-07-01',
  '2018-11-01',
  '2019-04-01',
  '2019-06-01',
  '2020-08-01-preview',
  '2021-01-01',
  '2021-02-01',
  '2021-04-01',
  '2021-06-01',
  '2021-08-01',
  '2021-09-01',
  '2022-05-01',
  '2022-09-01',
  '2023-01-01',
  '2023-04-01',
  '2023-05-01',
  '2024-01-01',
  '2025-01-01',
  '2025-06-01',
  '2025-08-01',
  '2026-04-01',
  '2026-06-01',
  '2026-09-01',
]

/** Older descriptions of an account do not know `systemData`. */
const systemDataSince = '2025-08-01'

export type StorageAccountOptions = {
  /** Of the blob listener, without a trailing slash; accounts are the first part of the path. */
  readonly publicBlobUrl: () => string
  readonly masterKey: Uint8Array
  readonly random: Random
}

export function storageAccountType(options: StorageAccountOptions): ResourceType {
  const { publicBlobUrl, masterKey, random } = options
  return {
    type: storageAccountTypeName,
    apiVersions: storageApiVersions,
    meters: storageMeters,
    createdStatus: 200,
    putBody: putStorageAccount,
    patchBody: patchStorageAccount,
    checkName: checkStorageName,
    decidePut: decidePutAccount,
    decidePatch: decidePatchAccount,
    claim: async ({ tx, subscription, now }, uid, name) => {
      const sealedKeys = sealStorageKeys(masterKey, uid, makeStorageKeys(now, random), random)
      const { tenantId } = subscription
      const claimed = await claimAccountName(tx, { name, tenantId, uid, sealedKeys })
      if (!claimed) refuseRequest('storageNameTaken', { name })
    },
    show: (resource, apiVersion) => showAccount(resource, apiVersion, publicBlobUrl()),
  }
}

function showAccount(resource: Resource, apiVersion: string, publicBlobUrl: string): object {
  const createdAt = formatInstant(resource.createdAt)
  const made = resource.observedState !== null
  return {
    ...showEnvelope(resource),
    ...(apiVersion < systemDataSince ? {} : { systemData: systemDataOf(resource) }),
    properties: {
      keyCreationTime: { key1: createdAt, key2: createdAt },
      ...resource.properties,
      encryption: showEncryption(resource.properties['encryption'], createdAt),
      privateEndpointConnections: [],
      provisioningState: provisioningState(resource),
      creationTime: createdAt,
      primaryEndpoints: { blob: `${publicBlobUrl}/${resource.name}/` },
      primaryLocation: resource.location,
      statusOfPrimary: made && resource.deletedAt === null ? 'available' : 'unavailable',
    },
  }
}

function systemDataOf(resource: Resource): object {
  return {
    createdBy: resource.createdBy,
    createdAt: formatInstant(resource.createdAt),
    lastModifiedAt: formatInstant(resource.changedAt),
  }
}

function showEncryption(stored: unknown, createdAt: string): object {
  const service = { enabled: true, keyType: 'Account', lastEnabledTime: createdAt }
  const asked = stored ?? {}
  return { services: { blob: service }, keySource: 'Microsoft.Storage', ...asked }
}
