import type { Logger } from 'pino'
import { sql } from 'kysely'
import { migrations } from '../../server/database/migrations/all.ts'
import type { Schema } from '../../server/database/schema.ts'
import { openTestDatabase, testRandom } from '../../server/database/testing/test-database.ts'
import { createEventRecorder } from '../../server/events/record.ts'
import { registerHost } from '../../server/hosts/hosts.ts'
import { type Instant, addMs, instant } from '../../server/kernel/instant.ts'
import { type Operation, RequestRefused } from '../../server/pipeline/operation.ts'
import { bodyParser } from '../../server/pipeline/parse-body.ts'
import { serve } from '../../server/pipeline/request-path.ts'
import { loadDefaultPrices } from '../../server/prices/change.store.ts'
import { packagedPrices } from '../../server/prices/packaged.ts'
import type { ResourceProvider } from '../../server/providers/contract.ts'
import { createTenant } from '../../server/tenants/create-tenant.ts'
import { type Parts, handlersOf, operationsOf } from '../../server/wiring.ts'
import { claimWork } from '../../server/work/work.ts'
import { doWork } from '../../server/work/worker.ts'

const publicUrl = 'https://arm.test'
const start = instant(Date.parse('2026-11-01T00:00:00Z'))
const leaseMs = 60_000

export type Answer = { readonly status: number; readonly body: Readonly<Record<string, unknown>> }

/**
 * The whole server without its sockets: every operation behind every check, every kind of work, on
 * a real database. Stores hold as many bytes as a story says. Nothing runs but what a story asks
 * for.
 */
export async function openMoneyWorld() {
  const database = await openTestDatabase<Schema>({ migrations })
  const masterKey = testRandom.bytes(32)
  const events = createEventRecorder({ masterKey, random: testRandom })
  const sizes = new Map<string, bigint>()
  const faults: string[] = []
  const time = { realNow: start }
  const hostId = testRandom.uuid()
  const now = (): Instant => time.realNow
  const parts = partsOf({ database, events, masterKey, hostId, sizes, faults, now })
  const owner = await makeSeller(parts)
  const operations = operationsOf(parts)
  const handlers = handlersOf(parts)
  return {
    database,
    ...owner,
    parts,
    faults,
    call: (
      name: string,
      params: Readonly<Record<string, string>>,
      body?: unknown,
      query: Readonly<Record<string, string>> = {},
    ) => callAs(owner, parts, operations, { name, params, body, query }),
    runWork: () => runWork(parts, handlers, time),
    /** From the next advance on, a store holds so many bytes. */
    store: (uid: string, bytes: bigint): void => void sizes.set(uid, bytes),
    realNow: now,
    /** The refusal's name, or the status. */
    outcome: async (asked: Promise<unknown>): Promise<string | number> => {
      try {
        const answer = await asked
        return typeof answer === 'object' ? (answer as Answer).status : 'done'
      } catch (error) {
        if (error instanceof RequestRefused) return error.refusal.name
        throw error
      }
    },
    close: () => database.close(),
  }
}

type Owner = { readonly tenantId: string; readonly principalId: string }

/** Prices, a host, and a tenant with the principal that does everything. */
async function makeSeller(parts: Parts): Promise<Owner> {
  const { database, events, hostId, random, clock } = parts
  const realNow = clock.now()
  const owner = await database.transaction(async (tx) => {
    await loadDefaultPrices(tx, packagedPrices(), realNow, { onlyFirst: true, random })
    const asked = { tenantId: random.uuid(), displayName: 'Seller', isOperator: true }
    const by = { principalName: 'owner', actor: 'system' }
    const secret = await createTenant(tx, { ...asked, ...by }, realNow, { events, random })
    if (secret === null) throw new Error('a new tenant was there already')
    return { tenantId: asked.tenantId, principalId: secret.objectId }
  })
  const host = { hostId, controlUrl: 'https://c', blobUrl: 'https://b' }
  await registerHost(database.db, host, realNow)
  return owner
}

async function callAs(
  { tenantId, principalId }: Owner,
  { database, clock }: Parts,
  operations: readonly Operation[],
  asked: {
    readonly name: string
    readonly params: Readonly<Record<string, string>>
    readonly body: unknown
    readonly query: Readonly<Record<string, string>>
  },
): Promise<Answer> {
  const operation = operations.find((each) => each.name === asked.name)
  if (operation === undefined) throw new Error(`there is no operation ${asked.name}`)
  const answer = await serve(
    operation,
    bodyParser(operation),
    {
      path: pathOf(operation.paths, asked.params),
      params: asked.params,
      query: { ...asked.query, 'api-version': operation.apiVersions.at(-1) ?? '' },
      headers: { authorization: 'Bearer owner' },
      body: asked.body,
      realNow: clock.now(),
      requestId: 'r',
    },
    {
      db: database.db,
      verifyAccessToken: async () => ({
        tenantId,
        objectId: principalId,
        appId: principalId,
        kind: 'ServicePrincipal' as const,
        audience: 'management' as const,
      }),
      publicUrl: () => publicUrl,
    },
  )
  return { status: answer.status, body: (answer.body ?? {}) as Answer['body'] }
}

const idleLooksMax = 40

/** Does what is ready, again and again, letting real time pass as far as work waits for it. */
async function runWork(
  { database, clock, log, hostId }: Parts,
  handlers: ReturnType<typeof handlersOf>,
  time: { realNow: Instant },
): Promise<void> {
  for (let idle = 0; idle < idleLooksMax; ) {
    const { realNow } = time
    const claim = { hostId, realNow, leaseUntil: addMs(realNow, leaseMs), limit: 10 }
    const claimed = await claimWork(database.db, claim)
    for (const work of claimed) await doWork(work, { db: database.db, clock, log, handlers })
    if (claimed.length > 0) idle = 0
    else if (!(await isAdvancing(database.db))) return
    else {
      idle += 1
      time.realNow = addMs(realNow, 50)
    }
  }
  throw new Error('the clock does not arrive')
}

export type MoneyWorld = Awaited<ReturnType<typeof openMoneyWorld>>

async function isAdvancing(db: Parts['database']['db']): Promise<boolean> {
  const row = await db
    .selectFrom('test_clocks')
    .select('name')
    .where('target_at', 'is not', null)
    .limit(1)
    .executeTakeFirst()
  return row !== undefined
}

/** The one of an operation's paths that takes just these parameters, with them. */
function pathOf(paths: readonly string[], params: Readonly<Record<string, string>>): string {
  const wanted = Object.keys(params)
  const found = paths.find((path) => {
    const named = [...path.matchAll(/:(\w+)/g)].map(([, name]) => name)
    return named.length === wanted.length && wanted.every((name) => named.includes(name))
  })
  if (found === undefined) throw new Error(`no path with ${wanted.join()} among ${paths.join()}`)
  return found.replaceAll(/:(\w+)/g, (_, name: string) => params[name] ?? '')
}

function partsOf(opened: {
  readonly database: Parts['database']
  readonly events: Parts['events']
  readonly masterKey: Uint8Array
  readonly hostId: string
  readonly sizes: ReadonlyMap<string, bigint>
  readonly faults: string[]
  readonly now: () => Instant
}): Parts {
  const { sizes, faults, now } = opened
  const silent = (): void => {}
  const error = (details: { error?: unknown }, message: string): void => {
    const found = details.error
    faults.push(`${message}: ${found instanceof Error ? found.stack : String(found)}`)
  }
  const log = { error, warn: silent, info: silent, debug: silent, trace: silent, fatal: error }
  const provider: ResourceProvider = {
    type: 'Microsoft.Storage/storageAccounts',
    meters: [{ name: 'storage-gb-months', rate: 'sampled' }],
    ending: { stops: '', stays: '', loses: [] },
    apply: async (wanted) =>
      wanted.state === 'absent'
        ? { state: 'absent', evidence: { gone: true } }
        : { state: wanted.state },
    measure: async (uid) => ({ 'storage-gb-months': sizes.get(uid) ?? 0n }),
    close: async () => {},
  }
  return {
    ...opened,
    clock: { now },
    random: testRandom,
    historyKeyPem: '',
    log: log as unknown as Logger,
    providers: [provider],
    watch: { observed: () => {}, wait: async () => {} },
    testClocks: true,
    effectLimitMs: 600_000,
    publicBlobUrl: 'https://blob.test',
    barrier: async () => {},
    keysChanged: async () => {},
    wakeWorkers: () => {},
  }
}

/** The kinds of work that a story left behind: none, when nothing is left to bill or to do. */
export async function workLeft({ database, tenantId }: MoneyWorld): Promise<readonly string[]> {
  const { rows } = await sql<{ kind: string }>`select kind from work
    where tenant_id = ${tenantId}::uuid and kind not in ('sign-heads', 'sample-sizes')
    order by kind`.execute(database.db)
  return rows.map(({ kind }) => kind)
}
