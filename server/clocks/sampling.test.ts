import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { sql } from 'kysely'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { testInstant, testRandom } from '../database/testing/test-database.ts'
import { applyEffects } from '../effects/apply.ts'
import { type Metered, openMetered } from '../effects/metered-fixture.ts'
import { sampleResource, sampleSizes } from '../effects/sample.job.ts'
import { spreadEffects } from '../effects/spread.ts'
import { addDays, addMs } from '../kernel/instant.ts'
import { createStorageProvider } from '../providers/storage/provider.ts'
import { type TestServers, clientOf, newKeys, startServers } from '../providers/storage/testing.ts'
import { startOperation } from '../operations/store.ts'
import { hostId, people, tenantA } from '../resources/world-fixture.ts'
import { claimWork, enqueue, settleWork } from '../work/work.ts'
import type { WorkHandler } from '../work/worker.ts'
import { advanceClock } from './advance.job.ts'

let metered: Metered
let stores: TestServers
beforeAll(async () => {
  metered = await openMetered()
  stores = await startServers()
  await sql`insert into test_clocks (tenant_id, name_key, name, now_at, created_at)
    values (${tenantA}, 'c', 'c', ${testInstant}, ${testInstant})`.execute(metered.database.db)
  await sql`update billing_accounts set test_clock_key = 'c'
    where tenant_id = ${tenantA}`.execute(metered.database.db)
})
afterAll(async () => {
  await stores.dispose()
  await metered[Symbol.asyncDispose]()
})

const effectLimitMs = 10_000

function handlers(): { readonly [kind: string]: WorkHandler } {
  const { database, events } = metered
  const gateway = { barrier: async () => {} }
  const provider = createStorageProvider({ servers: stores.servers, gateway })
  const dependencies = {
    database,
    events,
    clock: { now: metered.now },
    random: testRandom,
    hostId,
    log: { warn: () => {} },
    providers: new Map([[provider.type.toLowerCase(), provider]]),
    applyLimitMs: 30_000,
    concurrency: 4,
    running: new Set<string>(),
    onObserved: () => {},
    endings: new Map(),
    effectLimitMs,
    wakeWorkers: () => {},
  }
  return {
    'spread-effects': (work) => spreadEffects(work, dependencies),
    'apply-effects': (work) => applyEffects(work, dependencies),
    'sample-sizes': (work) => sampleSizes(work, dependencies),
    'sample-resource': (work) => sampleResource(work, dependencies),
    'advance-clock': (work) => advanceClock(work, dependencies),
  }
}

/** Does all work there is, as a node does, while real time goes by in steps. */
async function workOff(until: () => Promise<boolean>): Promise<void> {
  const { db } = metered.database
  const handlersNow = handlers()
  for (let turn = 0; turn < 5_000 && !(await until()); turn += 1) {
    const realNow = metered.now()
    const leaseUntil = addMs(realNow, 60_000)
    for (const work of await claimWork(db, { hostId, realNow, leaseUntil, limit: 9 })) {
      const outcome = await handlersNow[work.kind]!(work)
      await settleWork(db, work, outcome, metered.now())
    }
    metered.wait(50)
  }
}

const readClock = () =>
  metered.database.db.selectFrom('test_clocks').selectAll().executeTakeFirstOrThrow()

/** As the request does, and to its end. Answers what was stuck. */
async function advance(days: number): Promise<unknown> {
  const operationId = testRandom.uuid()
  const order = { tenantId: tenantA, kind: 'advance-clock', key: 'c', subject: { clock: 'c' } }
  await metered.database.transaction(async (tx) => {
    const operation = { operationId, tenantId: tenantA, subscriptionId: null }
    const asked = { ...operation, caller: people.owner, kind: 'advance-clock', subject: 'c' }
    await startOperation(tx, asked, metered.now())
    await tx
      .updateTable('test_clocks')
      .set({ target_at: sql`now_at + ${days * 86_400_000}::int8`, operation_id: operationId })
      .execute()
    const any = { clockKey: null, dueAt: null, hostId: null }
    await enqueue(tx, { ...order, ...any }, metered.now(), testRandom)
  })
  await workOff(async () => (await readClock()).target_at === null)
  const ended = await metered.database.db
    .selectFrom('operations')
    .select('result')
    .where('operation_id', '=', operationId)
    .executeTakeFirstOrThrow()
  const answer = ended.result as { readonly body: { readonly stuck: unknown } }
  return answer.body.stuck
}

const day = (n: number) => addDays(testInstant, n)
const account = { name: 'store', keys: newKeys() }

const inStore = (uid: string, work: (box: ReturnType<typeof boxOf>) => Promise<unknown>) =>
  stores.servers.use({ uid, ...account }, async (origin) => {
    const box = boxOf(origin)
    await box.createIfNotExists()
    await work(box)
  })

function boxOf(origin: Parameters<typeof clientOf>[0]) {
  return clientOf(origin, account.name, account.keys).getContainerClient('box')
}

test('what is stored while a test clock stands counts for all of the time that it is sent on', async () => {
  const uid = await metered.make()
  await stores.servers.ensure(uid)
  await metered.observe(uid)
  await inStore(uid, async (box) => {
    for (const name of ['one', 'two', 'three']) {
      await box.getBlockBlobClient(name).upload('x'.repeat(1_000), 1_000)
    }
  })
  expect(await advance(10)).toEqual([])
  await inStore(uid, (box) => box.deleteBlob('two'))
  expect(await advance(5)).toEqual([])
  expect(await advance(5), 'nothing has changed').toEqual([])
  const first = [
    { rate: 3_000n, openedAt: day(0), closedAt: day(10) },
    { rate: 2_000n, openedAt: day(10), closedAt: null },
  ]
  expect(await metered.intervals(uid)).toEqual(first)

  // Cancelled and back: the advance waits until it is seen online, then samples, then moves.
  await metered.suspend()
  await advance(1)
  await metered.reactivate()
  await inStore(uid, (box) => box.getBlockBlobClient('four').upload('x', 1))
  await advance(1)
  expect((await metered.intervals(uid)).slice(1)).toEqual([
    { rate: 2_000n, openedAt: day(10), closedAt: day(20) },
    { rate: 2_001n, openedAt: day(21), closedAt: null },
  ])
})

test('a store that cannot be measured is told when the advance is over, which does not wait for ever', async () => {
  const uid = await metered.make()
  await stores.servers.ensure(uid)
  await metered.observe(uid)
  const { now_at: before } = await readClock()
  await inStore(uid, (box) => box.getBlockBlobClient('one').upload('x', 1))
  await stores.servers.close(uid)
  rmSync(join(stores.root, uid), { recursive: true })
  const stuck = await advance(1)
  expect(stuck).toMatchObject([{ kind: 'sample-resource', subject: uid }])
  expect(JSON.stringify(stuck)).toContain('not on the disk of this host')
  expect((await readClock()).now_at).toBe(before + 86_400_000n)
  const startedAt = metered.now()
  await advance(1)
  expect(metered.now() - startedAt, 'the next does not wait for it anew').toBeLessThan(
    effectLimitMs,
  )
  expect(await metered.intervals(uid)).toMatchObject([{ rate: 0n, closedAt: null }])
})
