import { Agent } from 'node:https'
import { join } from 'node:path'
import { rmSync } from 'node:fs'
import type { Logger } from 'pino'
import { openDataFolder } from './database/data-folder.ts'
import { replaceFile } from './database/durable-writes.ts'
import { schemaVersionOf } from './database/migrations.ts'
import { migrations } from './database/migrations/all.ts'
import { createEffectWatch } from './effects/watch.ts'
import { createEventRecorder } from './events/record.ts'
import { type BarrierDependencies, passBarrier } from './hosts/barrier.ts'
import { recordSeen, registerHost } from './hosts/hosts.ts'
import { createIssuer } from './identity/issuer.ts'
import { type Addresses, addressesOf, hostNames } from './installation/addresses.ts'
import { serverCertificate } from './installation/certificate.ts'
import { startFirst } from './installation/first-start.ts'
import { frontDoor } from './installation/front-door.ts'
import { openInstallationKeys, readMasterKey } from './installation/keys.ts'
import { listen } from './installation/listen.ts'
import { openDatabase } from './installation/open-database.ts'
import { program } from './installation/program.ts'
import { type Settings, isLoopback } from './installation/settings.ts'
import { createStoragePlane } from './installation/storage-plane.ts'
import type { Random } from './kernel/ids.ts'
import type { Clock } from './kernel/instant.ts'
import { createHttpServer } from './pipeline/http-server.ts'
import { findClient, findTenantOfClient } from './tenants/store.ts'
import { type Parts, handlersOf, operationsOf } from './wiring.ts'
import { startWorker } from './work/worker.ts'

/** A running server. */
export type Node = {
  readonly addresses: Addresses
  readonly dataFolder: string
  readonly engine: string
  readonly testClocks: boolean
  /** Drains what is under way, closes everything, gives the folder back. */
  readonly close: () => Promise<void>
}

export type Tools = { readonly clock: Clock; readonly random: Random; readonly log: Logger }

/** The longest that a write is acknowledged after the state was read (promise 4). */
const commitLimitMs = 5_000
const drainLimitMs = 5_000
const heartbeatMs = 10_000
const workLeaseMs = 30_000
const workPollMs = 500
const workSlots = 256

/** Opens everything in order and serves. What was opened is closed in the reverse order. */
export async function startNode(settings: Settings, tools: Tools): Promise<Node> {
  const { clock, random, log } = tools
  await using opened = new AsyncDisposableStack()

  const dataFolder = openDataFolder({
    folder: settings.dataFolder,
    program: program(
      schemaVersionOf(migrations),
      settings.databaseUrl === null ? 'pglite' : 'postgres',
    ),
    random,
    now: clock.now(),
  })
  opened.defer(() => dataFolder.close())
  const { path } = dataFolder
  const { hostId } = dataFolder.identity()
  const database = await openDatabase(settings, dataFolder, tools)
  opened.defer(() => database.close())

  const masterKey = readMasterKey(path, settings.keyFile, random)
  const keys = await openInstallationKeys(database, masterKey, clock.now(), random)
  const { nodeKey, historyKeyPem } = keys
  replaceFile(join(path, 'ca.pem'), keys.authority.certificatePem, 0o644)
  const listeners = await listen(settings, await serverCertificate(settings, path, keys, tools))
  opened.defer(() => listeners.close(drainLimitMs))
  const addresses = addressesOf(settings, listeners.ports)
  await registerHost(database.db, { hostId, ...addresses }, clock.now())
  const events = createEventRecorder({ masterKey, random })
  await startFirst(addresses.publicUrl, clock.now(), { database, dataFolder: path, events, random })

  const issuer = createIssuer({
    publicOrigin: addresses.publicUrl,
    signingKeys: keys.signingKeys,
    findClient: (tenantId, clientId) => findClient(database.db, tenantId, clientId),
    findTenantOfClient: (clientId) => findTenantOfClient(database.db, clientId),
    clock,
    random,
    onFault: (error, traceId) => log.error({ error, traceId }, 'fault in the issuer'),
  })
  const { verifyAccessToken } = issuer
  const agent = new Agent({ ca: keys.authority.certificatePem, keepAlive: true })
  opened.defer(() => agent.destroy())
  const storage = createStoragePlane({
    ...tools,
    database,
    dataFolder: path,
    hostId,
    masterKey,
    nodeKey,
    agent,
    verifyAccessToken,
    publicUrl: addresses.publicUrl,
    publicBlobUrl: addresses.publicBlobUrl,
    openStores: settings.openStores,
    commitLimitMs,
  })
  opened.defer(() => storage.provider.close())

  const barrier: BarrierDependencies = {
    db: database.db,
    clock,
    hostId,
    nodeKey,
    agent,
    letGo: (id) => storage.gateway.barrier((account) => account.subscriptionId === id),
    commitLimitMs,
    log: (event, facts) => log.warn(facts, event),
  }
  const wake = wakeOf(() => worker.wake(), database, log)
  const parts: Parts = {
    ...tools,
    database,
    events,
    masterKey,
    historyKeyPem,
    hostId,
    providers: [storage.provider],
    watch: createEffectWatch(),
    testClocks: settings.testClocks ?? isLoopback(settings.host),
    effectLimitMs: settings.effectLimitMs,
    publicBlobUrl: addresses.publicBlobUrl,
    barrier: (subscriptionId) => passBarrier(subscriptionId, barrier),
    keysChanged: storage.keysChanged,
    wakeWorkers: wake,
  }
  const worker = startWorker({
    db: database.db,
    clock,
    hostId,
    handlers: handlersOf(parts),
    log,
    slots: workSlots,
    leaseMs: workLeaseMs,
    pollMs: workPollMs,
  })
  opened.defer(() => worker.stop())
  opened.defer(database.onWake('work', worker.wake))
  opened.defer(keepSeen(database.db, hostId, tools))

  const app = createHttpServer({
    db: database.db,
    verifyAccessToken,
    publicUrl: () => addresses.publicUrl,
    operations: operationsOf(parts),
    clock,
    random,
    log,
  })
  await app.ready()
  const door = frontDoor({
    app,
    issuer,
    addresses,
    hostNames: hostNames(settings),
    barrier,
    ready: database.ping,
  })
  listeners.http.on('request', door)
  listeners.https.on('request', door)
  storage.gateway.attach(listeners.blob)
  // Stop taking requests before anything that serves them is closed.
  opened.defer(() => listeners.close(drainLimitMs))
  const serverFile = join(path, 'server.json')
  replaceFile(serverFile, `${JSON.stringify({ pid: process.pid, ...addresses }, null, 2)}\n`, 0o644)
  opened.defer(() => rmSync(serverFile, { force: true }))

  const closing = opened.move()
  return {
    addresses,
    dataFolder: path,
    engine: database.engine,
    testClocks: parts.testClocks,
    close: () => closing.disposeAsync(),
  }
}

type OpenDatabase = Awaited<ReturnType<typeof openDatabase>>

/** Wakes the workers of this node at once, and those of the others through the database. */
function wakeOf(wakeHere: () => void, database: OpenDatabase, log: Logger): () => void {
  return () => {
    wakeHere()
    if (database.engine === 'pglite') return
    database
      .transaction(async (tx) => database.wake(tx, 'work'), 'wake')
      .catch(() => log.debug('a wake was not sent; the others look from time to time'))
  }
}

function keepSeen(db: OpenDatabase['db'], hostId: string, { clock, log }: Tools): () => void {
  const timer = setInterval(() => {
    recordSeen(db, hostId, clock.now()).catch(() => log.warn('cannot record a heartbeat'))
  }, heartbeatMs)
  return () => clearInterval(timer)
}
