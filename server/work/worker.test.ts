import type { Kysely } from 'kysely'
import { afterEach, expect, test } from 'vitest'
import { migrations } from '../database/migrations/all.ts'
import type { Schema } from '../database/schema.ts'
import {
  openTestDatabase,
  type TestDatabase,
  testInstant,
  testRandom,
} from '../database/testing/test-database.ts'
import { addMs } from '../kernel/instant.ts'
import { type Worker, type WorkHandler, startWorker } from './worker.ts'
import { claimWork, enqueue, workDone } from './work.ts'

const hostId = '0c8a6f0e-0000-4000-8000-000000000001'
const otherHostId = '0c8a6f0e-0000-4000-8000-000000000002'
const tenantId = '0c8a6f0e-0000-4000-8000-000000000003'
const leaseUntil = addMs(testInstant, 3_600_000)

let worker: Worker | null = null
afterEach(() => worker?.stop())

async function openWithWork(): Promise<TestDatabase<Schema>> {
  const database = await openTestDatabase<Schema>({ migrations })
  const order = { tenantId, subject: {}, clockKey: null, dueAt: null, hostId: null }
  await database.transaction((tx) =>
    enqueue(tx, { ...order, kind: 'try', key: 'one' }, testInstant, testRandom),
  )
  return database
}

/** Starts a worker that does the work once; nothing but its own doing wakes it. */
function startOnce(db: Kysely<Schema>, handle: WorkHandler): void {
  worker = startWorker({
    db,
    clock: { now: () => testInstant },
    hostId,
    handlers: { try: handle },
    log: { error: () => {} },
    slots: 4,
    leaseMs: 3_600_000,
    pollMs: 3_600_000,
  })
}

/** Its first attempt to take work off the list fails, as when the connection breaks. */
function failingOnce(whole: Kysely<Schema>): Kysely<Schema> {
  let failures = 1
  return new Proxy(whole, {
    get: (db, name) => {
      if (name === 'deleteFrom' && failures > 0) {
        failures -= 1
        throw new Error('the connection broke')
      }
      const value: unknown = Reflect.get(db, name, db)
      return typeof value === 'function' ? value.bind(db) : value
    },
  })
}

test('what a host had claimed when it was killed is taken up as soon as it starts again', async () => {
  await using database = await openWithWork()
  const claim = { realNow: testInstant, leaseUntil, limit: 10 }
  expect(await claimWork(database.db, { ...claim, hostId })).toHaveLength(1)

  const done = Promise.withResolvers<string>()
  startOnce(database.db, async ({ key }) => {
    done.resolve(key)
    return workDone
  })
  expect(await done.promise).toBe('one')
})

test('what another host is at stays with it until its lease runs out', async () => {
  await using database = await openWithWork()
  const claim = { realNow: testInstant, leaseUntil, limit: 10 }
  expect(await claimWork(database.db, { ...claim, hostId: otherHostId })).toHaveLength(1)

  let handled = 0
  startOnce(database.db, async () => {
    handled += 1
    return workDone
  })
  await worker?.stop()
  expect(handled).toBe(0)
  const held = await database.db.selectFrom('work').select(['leased_by']).execute()
  expect(held).toEqual([{ leased_by: otherHostId }])
})

test('work that could not be settled because the database went away is taken up again', async () => {
  await using database = await openWithWork()
  const flaky = failingOnce(database.db)
  let tries = 0
  const again = Promise.withResolvers<void>()
  startOnce(flaky, async () => {
    tries += 1
    if (tries === 2) again.resolve()
    return workDone
  })
  await again.promise
  await worker?.stop()
  expect(await database.db.selectFrom('work').select('key').execute()).toEqual([])
})

test('letting go spares the work that this host is at', async () => {
  await using database = await openWithWork()
  const order = { tenantId, subject: {}, clockKey: null, dueAt: null, hostId: null }
  await database.transaction((tx) =>
    enqueue(tx, { ...order, kind: 'try', key: 'two' }, testInstant, testRandom),
  )
  const flaky = failingOnce(database.db)
  const tries = { one: 0, two: 0 }
  const again = Promise.withResolvers<void>()
  startOnce(flaky, async ({ key }) => {
    tries[key as 'one' | 'two'] += 1
    if (key === 'two') await again.promise
    if (key === 'one' && tries.one === 2) again.resolve()
    return workDone
  })
  await again.promise
  await worker?.stop()
  expect(tries).toEqual({ one: 2, two: 1 })
})
