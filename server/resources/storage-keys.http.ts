import { Type } from 'typebox'
import {
  type Operation,
  type OperationRequest,
  operation,
  refuseRequest,
} from '../pipeline/operation.ts'
import { changeSubscription } from '../subscriptions/change.ts'
import type { Resource } from './resource.ts'
import {
  type ResourceDependencies,
  addressOf,
  changeRequest,
  pathOf,
  refuseMissing,
  scopeOf,
} from './resource-request.ts'
import type { ResourceType } from './resource-type.ts'
import { readSealedKeys, replaceSealedKeys } from './storage-account.store.ts'
import {
  type KeyName,
  type StorageKeys,
  keyNames,
  openStorageKeys,
  regenerateKey,
  sealStorageKeys,
} from './storage-keys.ts'
import { findResource, updateResource } from './store.ts'

export type StorageKeysDependencies = ResourceDependencies & {
  readonly masterKey: Uint8Array
  /** Tells the data plane of a new key: when it resolves, the old one is no longer good here. */
  readonly keysChanged: (uid: string) => Promise<void>
}

const refusedWhileSuspended = {
  refuse: 'A key lets its holder write, and who holds it could not be told again.',
} as const

export function storageKeyOperations(
  type: ResourceType,
  dependencies: StorageKeysDependencies,
): readonly Operation[] {
  return [listKeys(type, dependencies), regenerate(type, dependencies)]
}

function listKeys(type: ResourceType, dependencies: StorageKeysDependencies): Operation {
  const { database, masterKey } = dependencies
  return operation({
    name: 'StorageAccounts_ListKeys',
    method: 'POST',
    paths: [pathOf(type, 'listKeys')],
    type: type.type,
    apiVersions: type.apiVersions,
    action: `${type.type}/listkeys/action`,
    scope: scopeOf(type),
    whenSuspended: refusedWhileSuspended,
    handle: async (request) => {
      refuseOtherExpand(request)
      const address = addressOf(request, type)
      const account = await findResource(database.db, address)
      if (account === null) refuseMissing(address)
      const sealed = await readSealedKeys(database.db, requireLive(account).uid)
      if (sealed === null) refuseMissing(address)
      return showKeys(openStorageKeys(masterKey, account.uid, sealed))
    },
  })
}

const regenerateBody = Type.Object(
  { keyName: Type.Enum([...keyNames]) },
  { additionalProperties: false },
)

function regenerate(type: ResourceType, dependencies: StorageKeysDependencies): Operation {
  const { masterKey, random, keysChanged } = dependencies
  return operation<{ readonly keyName: KeyName }>({
    name: 'StorageAccounts_RegenerateKey',
    method: 'POST',
    paths: [pathOf(type, 'regenerateKey')],
    type: type.type,
    apiVersions: type.apiVersions,
    action: `${type.type}/regeneratekey/action`,
    scope: scopeOf(type),
    whenSuspended: refusedWhileSuspended,
    body: regenerateBody,
    handle: async (request) => {
      const address = addressOf(request, type)
      const { keyName } = request.body
      const changed = await changeSubscription(
        dependencies,
        { ...changeRequest(request), whenSuspended: refusedWhileSuspended },
        async (change) => {
          const { tx, now } = change
          const account = await findResource(tx, address)
          if (account === null) refuseMissing(address)
          const { uid } = requireLive(account)
          const sealed = await readSealedKeys(tx, uid)
          if (sealed === null) refuseMissing(address)
          const keys = regenerateKey(openStorageKeys(masterKey, uid, sealed), keyName, now, random)
          await replaceSealedKeys(tx, uid, sealStorageKeys(masterKey, uid, keys, random))
          const keyCreationTime = { key1: keys.key1.createdAt, key2: keys.key2.createdAt }
          const properties = { ...account.properties, keyCreationTime }
          await updateResource(tx, uid, { ...account, properties }, now)
          await change.record('StorageKeyRegenerated', { uid, key: keyName })
          return { uid, keys }
        },
      )
      await keysChanged(changed.uid)
      return showKeys(changed.keys)
    },
  })
}

function requireLive(account: Resource): Resource {
  if (account.deletedAt === null) return account
  refuseRequest('resourceBeingDeleted', { resource: account.name })
}

/** `kerb` asks for Kerberos keys as well, of which there are none. */
function refuseOtherExpand({ query }: OperationRequest): void {
  const expand = query['expand'] ?? ''
  if (expand === '' || expand.toLowerCase() === 'kerb') return
  refuseRequest('invalidParameter', {
    parameter: '$expand',
    problem: { kind: 'oneOf', values: ['kerb'] },
  })
}

function showKeys(keys: StorageKeys) {
  const shown = keyNames.map((keyName) => ({
    keyName,
    value: keys[keyName].value,
    permissions: 'Full',
    creationTime: keys[keyName].createdAt,
  }))
  return { status: 200, body: { keys: shown } }
}
