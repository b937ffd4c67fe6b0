import type { Kysely } from 'kysely'
import type { Logger } from 'pino'
import type { Database } from '../../server/database/connection.ts'
import type { Schema } from '../../server/database/schema.ts'
import type { EventRecorder } from '../../server/events/record.ts'
import type { Random } from '../../server/kernel/ids.ts'
import type { Clock } from '../../server/kernel/instant.ts'
import type { Operation } from '../../server/pipeline/operation.ts'
import type { BodyParser } from '../../server/pipeline/parse-body.ts'
import type { ResourceProvider } from '../../server/providers/contract.ts'
import type { Write, WriteGate } from '../../server/providers/storage/gateway-gate.ts'
import type { Parts } from '../../server/wiring.ts'
import type { ClaimedWork } from '../../server/work/work.ts'
import type { WorkHandler } from '../../server/work/worker.ts'
import type { PromiseBroken } from './broken.ts'
import type { Lifeline } from './database.ts'
import type { Ledger } from './remembered.ts'
import type { SubscriptionModel } from './model.ts'
import type { Rows } from './rows.ts'
import type { Sabotage } from './sabotage.ts'
import type { Dice } from './seeded.ts'
import type { World } from './world.ts'

/** Principals of one tenant, by what they are to it. */
export type Tenant = {
  readonly tenantId: string
  readonly people: { readonly name: string; readonly principalId: string }[]
  readonly accounts: readonly { readonly name: string; readonly clock: string | null }[]
}

/** Everything there is in one simulation. */
export type Core = {
  readonly dice: Dice
  readonly random: Random
  readonly clock: Clock
  /** Real time, in epoch milliseconds; only the simulation moves it. */
  realNow: number
  /** The latest that real time has ever shown: it jumps backwards too. */
  latestReal: number
  readonly effectLimitMs: number
  readonly database: Database<Schema>
  readonly masterKey: Uint8Array
  readonly historyKeyPem: string
  readonly world: World
  readonly hosts: Host[]
  readonly tenants: Tenant[]
  readonly models: Map<string, SubscriptionModel>
  readonly tasks: Task[]
  readonly plant: Plant
  /** How often nodes have begun or ended something: when it stands still, nothing runs any more. */
  statements: number
  readonly faults: PromiseBroken[]
  readonly trace: string[]
  /** How far the database was written to when it was last read. */
  written: string
  /** As of the end of the last step. */
  rows: Rows
  /** As of the end of the step before it. */
  before: Rows
  step: number
  readonly writes: HeldWrite[]
  /** What is slow between two of its steps. */
  readonly pauses: { readonly lifeline: Lifeline; readonly go: () => void }[]
  /** How often in a hundred a step is slow. */
  slowness: number
  /** Subscriptions whose provider fails whatever is asked of it. */
  readonly broken: Set<string>
  readonly plans: Plan[]
  names: number
  /** Requests that clients will make again in the next steps. */
  readonly repeats: (() => Promise<void> | void)[]
  readonly ledger: Ledger
}

/** A cancel plan that somebody was shown. */
export type Plan = {
  readonly name: string
  readonly subscriptionId: string
  readonly facts: string
  readonly expiresAt: number
}

/** Lets everything run on until all of it waits for the simulation. */
export async function settle(core: Core): Promise<void> {
  // Twice still: what was called a moment before the first ping may have queued up behind it.
  for (let still = 0; still < 2; ) {
    const before = core.statements
    // The engine has one connection: who waits for it here waits for all that was sent before.
    await core.database.ping()
    await new Promise((resolve) => setImmediate(resolve))
    still = core.statements === before ? still + 1 : 0
  }
}

/** The machine: it outlives the process that runs on it. */
export type Host = {
  readonly hostId: string
  readonly name: string
  /** Null: nothing runs there. */
  node: SimulatedNode | null
}

/** A process of the product, made of the real operations, handlers and gate. */
export type SimulatedNode = {
  readonly hostId: string
  readonly lifeline: Lifeline
  readonly parts: Parts
  readonly operations: ReadonlyMap<string, { operation: Operation; parse: BodyParser }>
  readonly handlers: { readonly [kind: string]: WorkHandler }
  readonly gate: WriteGate
  /** It has not yet let go of what this host had claimed when it was killed. */
  hasStrays: boolean
  readonly log: Logger
  /** Calls of providers that are over when real time has come so far. */
  readonly limits: { readonly at: number; readonly controller: AbortController }[]
}

/** Something under way on a node: a request, a piece of work or a write. It dies with the node. */
export type Task = {
  readonly label: string
  readonly node: SimulatedNode
  readonly work: ClaimedWork | null
  readonly startedAt: number
  /** Null while it goes on. What it says is believed only if its node still lives. */
  outcome: { readonly value: unknown } | { readonly error: unknown } | null
  readonly onEnd: (outcome: NonNullable<Task['outcome']>) => void
}

/**
 * A write that a client sent to a store, held at one of its stages until the simulation goes on.
 */
export type HeldWrite = {
  readonly uid: string
  readonly subscriptionId: string
  readonly node: SimulatedNode
  readonly write: Write
  stage: 'coming' | 'committing'
  ended: boolean
  go: () => void
}

type Handlers = { readonly [kind: string]: WorkHandler }

/**
 * A bug that is put in between the parts, without touching a source. Empty: the product as it is.
 */
export type Plant = {
  readonly sabotage?: (core: Core) => Sabotage
  readonly database?: (database: Database<Schema>, core: Core) => Database<Schema>
  readonly readGate?: (
    db: Kysely<Schema>,
  ) => (uid: string) => Promise<{ readonly writable: boolean } | null>
  readonly events?: (events: EventRecorder, core: Core) => EventRecorder
  readonly provider?: (provider: ResourceProvider) => ResourceProvider
  readonly barrier?: (subscriptionId: string) => Promise<void>
  readonly operation?: (operation: Operation, core: Core) => Operation
  readonly handlers?: (handlers: Handlers, parts: Parts, core: Core) => Handlers
  readonly losesData?: boolean
}

/** Now and then, between two of its steps, a node is slow and everybody else goes on. */
export async function pause(core: Core, lifeline: Lifeline, factor = 1): Promise<void> {
  if (!lifeline.alive || !core.dice.percent(core.slowness * factor)) return
  const resumed = Promise.withResolvers<void>()
  core.pauses.push({ lifeline, go: resumed.resolve })
  await resumed.promise
}
