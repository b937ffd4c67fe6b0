import { generateKeyPairSync, randomBytes, randomUUID } from 'node:crypto'
import { pino } from 'pino'
import type { Database } from '../server/database/connection.ts'
import { migrate } from '../server/database/migrations.ts'
import { migrations } from '../server/database/migrations/all.ts'
import { openPostgres } from '../server/database/postgres.ts'
import type { Schema } from '../server/database/schema.ts'
import { hostsOf } from '../server/effects/store.ts'
import { createEventRecorder } from '../server/events/record.ts'
import { instant } from '../server/kernel/instant.ts'
import type { Operation } from '../server/pipeline/operation.ts'
import { bodyParser } from '../server/pipeline/parse-body.ts'
import { serve } from '../server/pipeline/request-path.ts'
import { type Parts, operationsOf } from '../server/wiring.ts'
import type { World } from './cancel-rows.ts'

const random = {
  uuid: () => randomUUID(),
  bytes: (length: number) => new Uint8Array(randomBytes(length)),
}
const clock = { now: () => instant(Date.now()) }

/**
 * The product's operations on a database, without workers: effects follow a cancel, and are no part
 * of it.
 */
export async function openParts(url: string): Promise<Parts> {
  const log = pino({ level: 'silent' })
  const database: Database<Schema> = await openPostgres<Schema>({ url, random, log: () => {} })
  await migrate(database, migrations, clock.now())
  const masterKey = random.bytes(32)
  const { privateKey } = generateKeyPairSync('ed25519')
  return {
    database,
    events: createEventRecorder({ masterKey, random }),
    clock,
    random,
    masterKey,
    historyKeyPem: privateKey.export({ format: 'pem', type: 'pkcs8' }).toString(),
    hostId: random.uuid(),
    log,
    providers: [],
    watch: { observed: () => {}, wait: async () => {} },
    testClocks: true,
    effectLimitMs: 600_000,
    publicBlobUrl: 'https://localhost',
    // As the real one: it asks which hosts to tell. None of them has a write under way.
    barrier: async (subscriptionId) => void (await hostsOf(database.db, subscriptionId)),
    keysChanged: async () => {},
    wakeWorkers: () => {},
  }
}

export type Call = (subscriptionId: string) => Promise<void>

/**
 * Cancel and enable through the whole path of a request (api-version, caller with his rights,
 * subscription, authorisation, gate, body, handler), without HTTP and TLS around it.
 */
export function callsOf(
  parts: Parts,
  world: World,
): { readonly cancel: Call; readonly enable: Call } {
  const operations = operationsOf(parts)
  const callOf = (name: string, query: { readonly [name: string]: string }): Call => {
    const operation = operations.find((each) => each.name === name)
    if (operation === undefined) throw new Error(`there is no operation ${name}`)
    return (subscriptionId) => call(operation, subscriptionId, query, parts, world)
  }
  return {
    cancel: callOf('Subscription_Cancel', { ignoreresourcecheck: 'true' }),
    enable: callOf('Subscription_Enable', {}),
  }
}

async function call(
  operation: Operation,
  subscriptionId: string,
  query: { readonly [name: string]: string },
  { database, clock: time }: Parts,
  { tenantId, principalId }: World,
): Promise<void> {
  const [path = ''] = operation.paths
  const { status } = await serve(
    operation,
    bodyParser(operation),
    {
      path: path.replace(':subscriptionId', subscriptionId),
      params: { subscriptionId },
      query: { ...query, 'api-version': '2021-10-01' },
      headers: {},
      body: undefined,
      realNow: time.now(),
      requestId: randomUUID(),
    },
    {
      db: database.db,
      publicUrl: () => 'https://localhost',
      verifyAccessToken: async () => ({
        tenantId,
        objectId: principalId,
        appId: principalId,
        kind: 'ServicePrincipal',
        audience: '',
      }),
    },
  )
  if (status !== 200) throw new Error(`${operation.name} was answered ${status}`)
}
