import { rmSync } from 'node:fs'
import { Agent } from 'node:https'
import { join } from 'node:path'
import { version } from '../api/version.ts'
import { replaceFile } from './database/durable-writes.ts'
import { createEffectWatch } from './effects/watch.ts'
import { type BarrierDependencies, passBarrier } from './hosts/barrier.ts'
import { recordSeen, registerHost } from './hosts/hosts.ts'
import { type Issuer, createIssuer } from './identity/issuer.ts'
import { type Addresses, addressesOf, hostNames } from './installation/addresses.ts'
import { serverCertificate } from './installation/certificate.ts'
import { type Core, type Tools, openCore } from './installation/core.ts'
import { startFirst } from './installation/first-start.ts'
import { frontDoor } from './installation/front-door.ts'
import { listen } from './installation/listen.ts'
import { startPrices } from './installation/prices.ts'
import { type Settings, isLoopback } from './installation/settings.ts'
import { startSampling } from './installation/start-sampling.ts'
import { type StoragePlane, createStoragePlane } from './installation/storage-plane.ts'
import { createHttpServer } from './pipeline/http-server.ts'
import { openApiDocument } from './pipeline/openapi.ts'
import { findClient, findTenantOfClient } from './tenants/store.ts'
import { type Parts, handlersOf, operationsOf } from './wiring.ts'
import { type Worker, startWorker } from './work/worker.ts'

/** A running server. */
export type Node = {
  readonly addresses: Addresses
  readonly dataFolder: string
  readonly engine: string
  readonly testClocks: boolean
  /** Drains what is under way, closes everything, gives the folder back. */
  readonly close: () => Promise<void>
}

/** The longest that a write is acknowledged after the state was read (promise 4). */
const commitLimitMs = 5_000
const drainLimitMs = 5_000
const heartbeatMs = 10_000
const workLeaseMs = 30_000
const workPollMs = 500
/** Orders under way at once. Most of them wait for a provider. */
const workSlots = 256

/** Opens everything in order and serves. What was opened is closed in the reverse order. */
export async function startNode(settings: Settings, tools: Tools): Promise<Node> {
  await using opened = new AsyncDisposableStack()
  const core = await openCore(settings, tools, opened)
  const { clock, database, dataFolder, hostId } = core
  const listeners = await listen(
    settings,
    await serverCertificate(settings, dataFolder, core.keys, tools),
  )
  opened.defer(() => listeners.close(drainLimitMs))
  const addresses = addressesOf(settings, listeners.ports)
  await registerHost(database.db, { hostId, ...addresses }, clock.now())
  await startFirst(addresses.publicUrl, clock.now(), core)
  await startSampling(clock.now(), core)
  await startPrices(settings.priceList, clock.now(), core)

  const agent = new Agent({ ca: core.keys.authority.certificatePem, keepAlive: true })
  opened.defer(() => agent.destroy())
  const issuer = issuerOf(core, addresses)
  const storage = storageOf(core, settings, addresses, issuer, agent)
  opened.defer(() => storage.provider.close())
  const barrier = barrierOf(core, storage, agent)
  const parts = partsOf(core, settings, addresses, storage, barrier, () => worker.wake())
  const worker = workerOf(core, parts)
  opened.defer(() => worker.stop())
  opened.defer(database.onWake('work', worker.wake))
  opened.defer(keepSeen(core))

  const door = await doorOf(core, settings, addresses, issuer, barrier, parts)
  listeners.http.on('request', door)
  listeners.https.on('request', door)
  storage.gateway.attach(listeners.blob)
  // Stop taking requests before anything that serves them is closed.
  opened.defer(() => listeners.close(drainLimitMs))
  opened.defer(announce(dataFolder, addresses))

  const { testClocks } = parts
  const closing = opened.move()
  const close = (): Promise<void> => closing.disposeAsync()
  return { addresses, dataFolder, engine: database.engine, testClocks, close }
}

function issuerOf({ database, keys, clock, random, log }: Core, addresses: Addresses): Issuer {
  return createIssuer({
    publicOrigin: addresses.publicUrl,
    signingKeys: keys.signingKeys,
    findClient: (tenantId, clientId) => findClient(database.db, tenantId, clientId),
    findTenantOfClient: (clientId) => findTenantOfClient(database.db, clientId),
    clock,
    random,
    onFault: (error, traceId) => log.error({ error, traceId }, 'fault in the issuer'),
  })
}

function storageOf(
  core: Core,
  settings: Settings,
  { publicUrl, publicBlobUrl }: Addresses,
  { verifyAccessToken }: Issuer,
  agent: Agent,
): StoragePlane {
  return createStoragePlane({
    ...core,
    nodeKey: core.keys.nodeKey,
    agent,
    verifyAccessToken,
    publicUrl,
    publicBlobUrl,
    openStores: settings.openStores,
    commitLimitMs,
  })
}

function barrierOf(core: Core, { gateway }: StoragePlane, agent: Agent): BarrierDependencies {
  const { database, clock, hostId, keys, log } = core
  return {
    db: database.db,
    clock,
    hostId,
    nodeKey: keys.nodeKey,
    agent,
    letGo: (id) => gateway.barrier((account) => account.subscriptionId === id),
    commitLimitMs,
    log: (event, facts) => log.warn(facts, event),
  }
}

function partsOf(
  core: Core,
  settings: Settings,
  { publicBlobUrl }: Addresses,
  storage: StoragePlane,
  barrier: BarrierDependencies,
  wakeHere: () => void,
): Parts {
  return {
    ...core,
    historyKeyPem: core.keys.historyKeyPem,
    providers: [storage.provider],
    watch: createEffectWatch(),
    testClocks: settings.testClocks ?? isLoopback(settings.host),
    effectLimitMs: settings.effectLimitMs,
    publicBlobUrl,
    barrier: (subscriptionId) => passBarrier(subscriptionId, barrier),
    keysChanged: storage.keysChanged,
    wakeWorkers: wakeOf(core, wakeHere),
  }
}

function workerOf({ database, clock, hostId, log }: Core, parts: Parts): Worker {
  return startWorker({
    db: database.db,
    clock,
    hostId,
    handlers: handlersOf(parts),
    log,
    slots: workSlots,
    leaseMs: workLeaseMs,
    pollMs: workPollMs,
  })
}

async function doorOf(
  { database, clock, random, log }: Core,
  settings: Settings,
  addresses: Addresses,
  issuer: Issuer,
  barrier: BarrierDependencies,
  parts: Parts,
) {
  const operations = operationsOf(parts)
  const { publicUrl } = addresses
  const openApi = openApiDocument(operations, { version: version(), publicUrl })
  const app = createHttpServer({
    db: database.db,
    verifyAccessToken: issuer.verifyAccessToken,
    publicUrl: () => publicUrl,
    operations,
    clock,
    random,
    log,
  })
  await app.ready()
  const names = hostNames(settings)
  const ready = database.ping
  const door = { app, issuer, addresses, hostNames: names, barrier, openApi, ready, random }
  return frontDoor({ ...door, downloads: parts })
}

/** Wakes the workers of this node at once, and those of the others through the database. */
function wakeOf({ database, log }: Core, wakeHere: () => void): () => void {
  return () => {
    wakeHere()
    if (database.engine === 'pglite') return
    database
      .transaction(async (tx) => database.wake(tx, 'work'), 'wake')
      .catch(() => log.debug('a wake was not sent; the others look from time to time'))
  }
}

function keepSeen({ database, hostId, clock, log }: Core): () => void {
  const timer = setInterval(() => {
    recordSeen(database.db, hostId, clock.now()).catch(() => {
      log.warn('cannot record a heartbeat')
    })
  }, heartbeatMs)
  return () => clearInterval(timer)
}

/** Says in the data folder where this node answers, for commands on the same machine. */
function announce(dataFolder: string, addresses: Addresses): () => void {
  const path = join(dataFolder, 'server.json')
  replaceFile(path, `${JSON.stringify({ pid: process.pid, ...addresses }, null, 2)}\n`, 0o644)
  return () => rmSync(path, { force: true })
}
