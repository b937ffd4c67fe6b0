import { openText, seal } from '../identity/sealing.ts'
import type { Random } from '../kernel/ids.ts'
import { type Instant, formatInstant } from '../kernel/instant.ts'

export type KeyName = 'key1' | 'key2'
export const keyNames: readonly KeyName[] = ['key1', 'key2']

/** One access key: 64 random bytes in base64, and when it was made on the account's clock. */
export type StorageKey = { readonly value: string; readonly createdAt: string }
export type StorageKeys = { readonly [Name in KeyName]: StorageKey }

const keyBytes = 64

export function makeStorageKeys(now: Instant, random: Random): StorageKeys {
  return { key1: makeKey(now, random), key2: makeKey(now, random) }
}

/** Replaces one key; the other goes on, so that nobody who uses it is locked out. */
export function regenerateKey(
  keys: StorageKeys,
  name: KeyName,
  now: Instant,
  random: Random,
): StorageKeys {
  return { ...keys, [name]: makeKey(now, random) }
}

function makeKey(now: Instant, random: Random): StorageKey {
  const value = Buffer.from(random.bytes(keyBytes)).toString('base64')
  return { value, createdAt: formatInstant(now) }
}

/** For `storage_accounts.sealed_keys`; bound to the account's uid. */
export function sealStorageKeys(
  masterKey: Uint8Array,
  uid: string,
  keys: StorageKeys,
  random: Random,
): string {
  return seal(masterKey, labelOf(uid), JSON.stringify(keys), random)
}

export function openStorageKeys(masterKey: Uint8Array, uid: string, sealed: string): StorageKeys {
  return JSON.parse(openText(masterKey, labelOf(uid), sealed)) as StorageKeys
}

function labelOf(uid: string): string {
  return `storage-keys ${uid}`
}
