import type { Logger } from 'pino'
import { hostsOf } from '../../server/effects/store.ts'
import { createEventRecorder } from '../../server/events/record.ts'
import { readGate } from '../../server/installation/read-gate.ts'
import { bodyParser } from '../../server/pipeline/parse-body.ts'
import { createWriteGate } from '../../server/providers/storage/gateway-gate.ts'
import { storageAccountTypeName } from '../../server/resources/storage-account.ts'
import { type Parts, handlersOf, operationsOf } from '../../server/wiring.ts'
import { PromiseBroken } from './broken.ts'
import { Lifeline, NodeCrashed, databaseOfNode } from './database.ts'
import { type Core, type Host, type SimulatedNode, pause } from './core.ts'

/** No timer of the gate's own ever fires: the simulation says when a write's time is over. */
const neverMs = 2 ** 31 - 1

export function startNode(core: Core, host: Host): SimulatedNode {
  const { plant } = core
  const lifeline = new Lifeline()
  const count = (): void => {
    core.statements += 1
  }
  const sabotage = plant.sabotage?.(core) ?? null
  const plain = databaseOfNode(core.database, lifeline, count, sabotage, () =>
    pause(core, lifeline),
  )
  const database = plant.database?.(plain, core) ?? plain
  const events = createEventRecorder({ masterKey: core.masterKey, random: core.random })
  const gate = createWriteGate({
    readGate: plant.readGate?.(database.db) ?? ((uid) => readGate(database.db, uid)),
    commitLimitMs: neverMs,
    settle: async () => {},
  })
  const limits: SimulatedNode['limits'] = []
  const log = logOf(core, lifeline)
  const provider = core.world.providerOf(host.hostId, storageAccountTypeName, lifeline)
  const parts: Parts = {
    database,
    events: plant.events?.(events, core) ?? events,
    clock: core.clock,
    random: core.random,
    masterKey: core.masterKey,
    historyKeyPem: core.historyKeyPem,
    hostId: host.hostId,
    log,
    providers: [plant.provider?.(provider) ?? provider],
    watch: { observed: () => {}, wait: async () => {} },
    limitSignal: (limitMs) => {
      const controller = new AbortController()
      limits.push({ at: core.clock.now() + limitMs, controller })
      return controller.signal
    },
    testClocks: true,
    effectLimitMs: core.effectLimitMs,
    publicBlobUrl: 'https://localhost',
    barrier: plant.barrier ?? ((id) => passBarrier(core, database.db, id)),
    keysChanged: async () => {},
    wakeWorkers: () => {},
  }
  const handlers = handlersOf(parts)
  const list = operationsOf(parts).map((each) => plant.operation?.(each, core) ?? each)
  return {
    hostId: host.hostId,
    lifeline,
    parts,
    operations: new Map(
      list.map((operation) => [operation.name, { operation, parse: bodyParser(operation) }]),
    ),
    handlers: plant.handlers?.(handlers, parts, core) ?? handlers,
    gate,
    hasStrays: true,
    log,
    limits,
  }
}

/**
 * As `server/hosts/barrier.ts`, without the network: a host that is down has let go of everything.
 */
async function passBarrier(
  core: Core,
  db: Parts['database']['db'],
  subscriptionId: string,
): Promise<void> {
  const hosts = await hostsOf(db, subscriptionId)
  const concerned = core.hosts.filter(({ hostId }) => hosts.includes(hostId))
  await Promise.all(
    concerned.map(async ({ node }) =>
      node?.gate.barrier((account) => account.subscriptionId === subscriptionId),
    ),
  )
}

/**
 * Work that fails for another reason than a crash is a fault: handlers answer, they do not throw.
 */
function logOf(core: Core, lifeline: Lifeline): Logger {
  const error = (details: { error?: unknown }, message: string): void => {
    if (!lifeline.alive || details.error instanceof NodeCrashed) return
    const found = details.error
    core.faults.push(
      found instanceof PromiseBroken
        ? found
        : new PromiseBroken(null, `${message}: ${found instanceof Error ? found.stack : ''}`),
    )
  }
  const silent = (): void => {}
  const log = { error, warn: silent, info: silent, debug: silent, trace: silent, fatal: error }
  return log as unknown as Logger
}
