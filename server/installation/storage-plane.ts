import { join } from 'node:path'
import type { Agent } from 'node:https'
import type { Logger } from 'pino'
import type { Database } from '../database/connection.ts'
import type { Schema } from '../database/schema.ts'
import type { VerifyAccessToken } from '../identity/access-tokens.ts'
import { readHost } from '../hosts/hosts.ts'
import type { Random } from '../kernel/ids.ts'
import type { Clock } from '../kernel/instant.ts'
import type { ResourceProvider } from '../providers/contract.ts'
import { createBlobServers } from '../providers/storage/blob-servers.ts'
import type { AccountView, GatewayOptions } from '../providers/storage/gateway-options.ts'
import type { DataAction } from '../providers/storage/gateway-target.ts'
import { type Gateway, createGateway } from '../providers/storage/gateway.ts'
import { createStorageProvider } from '../providers/storage/provider.ts'
import { readGate } from './read-gate.ts'
import { openStorageKeys } from '../resources/storage-keys.ts'
import { roleAllows, roleAllowsData, scopeReaches } from '../roles/role.ts'
import { readGrants } from '../roles/store.ts'

export type StoragePlaneOptions = {
  readonly database: Database<Schema>
  readonly dataFolder: string
  readonly hostId: string
  readonly masterKey: Uint8Array
  readonly nodeKey: Uint8Array
  readonly agent: Agent
  readonly verifyAccessToken: VerifyAccessToken
  readonly publicUrl: string
  readonly publicBlobUrl: string
  readonly openStores: number
  readonly commitLimitMs: number
  readonly clock: Clock
  readonly random: Random
  readonly log: Logger
}

export type StoragePlane = {
  readonly gateway: Gateway
  readonly provider: ResourceProvider
  /** An account's keys were changed: its open server takes them before the change is answered. */
  readonly keysChanged: (uid: string) => Promise<void>
}

const idleMs = 60_000
const startTimeoutMs = 20_000

/** The storage servers of this host and the gateway in front of them. */
export function createStoragePlane(options: StoragePlaneOptions): StoragePlane {
  const log = (event: string, facts: Readonly<Record<string, unknown>>): void => {
    options.log.warn(facts, event)
  }
  const servers = createBlobServers({
    root: join(options.dataFolder, 'stores'),
    marks: join(options.dataFolder, 'removed-stores'),
    maxOpen: options.openStores,
    idleMs,
    startTimeoutMs,
    random: options.random,
    log,
  })
  const gateway = createGateway({ ...gatewayReads(options), servers, log })
  const provider = createStorageProvider({ servers, gateway })
  return {
    gateway,
    provider,
    keysChanged: async (uid) => {
      const account = await findAccount(options, 'uid', uid)
      if (account !== null) await servers.updateKeys(uid, account.keys)
    },
  }
}

function gatewayReads(options: StoragePlaneOptions): Omit<GatewayOptions, 'servers' | 'log'> {
  const { database, clock, random, hostId, agent } = options
  return {
    findAccount: (name) => findAccount(options, 'name', name),
    readGate: (uid) => readGate(database.db, uid),
    authorizeToken: (bearer, account, action) => authorizeToken(options, bearer, account, action),
    thisHostId: hostId,
    hostUrl: async (id) => (await readHost(database.db, id))?.blobUrl ?? null,
    hostAgent: agent,
    passOnKey: options.nodeKey,
    publicUrl: options.publicBlobUrl,
    // As Azure's storage writes it, without quotes: its clients take them for a part of the URL.
    tokenChallenge:
      `Bearer authorization_uri=${options.publicUrl}/common/oauth2/authorize ` +
      'resource_id=https://storage.azure.com',
    clock,
    random,
    commitLimitMs: options.commitLimitMs,
  }
}

async function findAccount(
  { database, masterKey }: StoragePlaneOptions,
  by: 'uid' | 'name',
  value: string,
): Promise<AccountView | null> {
  const row = await database.db
    .selectFrom('storage_accounts as a')
    .innerJoin('resources as r', 'r.uid', 'a.uid')
    .innerJoin('subscriptions as s', 's.subscription_id', 'r.subscription_id')
    .select(['a.uid', 'a.name', 'a.sealed_keys', 'r.subscription_id', 'r.host_id', 'r.properties'])
    .where(by === 'uid' ? 'a.uid' : 'a.name', '=', value)
    .where('r.deleted_at', 'is', null)
    .where('s.purge_started_at', 'is', null)
    .executeTakeFirst()
  if (row === undefined) return null
  const { key1, key2 } = openStorageKeys(masterKey, row.uid, row.sealed_keys)
  return {
    uid: row.uid,
    name: row.name,
    keys: [key1.value, key2.value],
    subscriptionId: row.subscription_id,
    hostId: row.host_id,
    allowBlobPublicAccess: row.properties['allowBlobPublicAccess'] === true,
  }
}

/** Roles count on the data as they do on the API: at the account, and wherever above it. */
async function authorizeToken(
  { database, verifyAccessToken, clock }: StoragePlaneOptions,
  bearer: string,
  account: AccountView,
  action: DataAction,
): Promise<'allow' | 'deny' | 'invalid'> {
  const caller = await verifyAccessToken(bearer, clock.now(), 'storage')
  if ('reason' in caller) return 'invalid'
  const row = await database.db
    .selectFrom('resource_ids as i')
    .innerJoin('principals as p', 'p.tenant_id', 'i.tenant_id')
    .select('i.resource_id')
    .where('i.uid', '=', account.uid)
    .where('i.to_at', 'is', null)
    .where('i.tenant_id', '=', caller.tenantId)
    .where('p.principal_id', '=', caller.objectId)
    .where('p.disabled', '=', false)
    .executeTakeFirst()
  if (row === undefined) return 'deny'
  const scopeKey = row.resource_id.toLowerCase()
  const allows = action.isData ? roleAllowsData : roleAllows
  const grants = await readGrants(database.db, caller.tenantId, caller.objectId)
  const admitted = grants.some(
    (grant) =>
      scopeReaches(grant.scopeKey, scopeKey) &&
      action.anyOf.some((wanted) => allows(grant.role, wanted)),
  )
  return admitted ? 'allow' : 'deny'
}
