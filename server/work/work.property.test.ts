import * as fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Database } from '../database/connection.ts'
import { migrations } from '../database/migrations/all.ts'
import type { Schema } from '../database/schema.ts'
import { openTestDatabase, testInstant, testRandom } from '../database/testing/test-database.ts'
import { type Instant, addMs } from '../kernel/instant.ts'
import { type ClaimedWork, claimWork, enqueue, settleWork, withdraw } from './work.ts'

const tenantId = testRandom.uuid()
const hostId = testRandom.uuid()
const leaseMs = 1_000
let database: Database<Schema>

beforeAll(async () => {
  database = await openTestDatabase<Schema>({ migrations })
})
afterAll(() => database.close())

type Step =
  | { readonly do: 'ask' | 'claim' | 'withdraw' }
  | { readonly do: 'wait'; readonly ms: number }
  | { readonly do: 'settle' | 'fail'; readonly which: number }

const step: fc.Arbitrary<Step> = fc.oneof(
  fc.constantFrom({ do: 'ask' } as const, { do: 'claim' } as const, { do: 'claim' } as const),
  fc.constant({ do: 'withdraw' } as const),
  fc.record({ do: fc.constant('wait' as const), ms: fc.constantFrom(1, leaseMs - 1, leaseMs) }),
  fc.record({ do: fc.constantFrom('settle' as const, 'fail' as const), which: fc.nat(3) }),
)

/** The test's own book of one order: whether it is wanted, by whom it is held, until when. */
type Book = {
  /** How often it was asked for; null: it is not wanted. */
  asked: number | null
  holder: ClaimedWork | null
  until: Instant
  tryAt: Instant
  readonly seen: { readonly work: ClaimedWork; readonly asked: number }[]
}

const order = { tenantId, kind: 'test', subject: {}, clockKey: null, dueAt: null, hostId: null }

async function carryOut(book: Book, one: Step, key: string, now: Instant): Promise<void> {
  const { db } = database
  if (one.do === 'ask') {
    await database.transaction((tx) => enqueue(tx, { ...order, key }, now, testRandom))
    book.asked = (book.asked ?? 0) + 1
    book.tryAt = now
  }
  if (one.do === 'withdraw') {
    await database.transaction((tx) => withdraw(tx, 'test', key))
    book.asked = null
    book.holder = null
  }
  if (one.do === 'claim') {
    const claim = { hostId, realNow: now, leaseUntil: addMs(now, leaseMs), limit: 10 }
    const claimed = (await claimWork(db, claim)).find((work) => work.key === key)
    const isFree = book.holder === null || book.until <= now
    const wanted = book.asked !== null && isFree && book.tryAt <= now
    if ((claimed !== undefined) !== wanted) throw new Error(`claimed, and wanted: ${wanted}`)
    if (claimed === undefined || book.asked === null) return
    book.holder = claimed
    book.until = addMs(now, leaseMs)
    book.seen.push({ work: claimed, asked: book.asked })
  }
  if (one.do !== 'settle' && one.do !== 'fail') return
  const told = book.seen[one.which]
  if (told === undefined) return
  const done = one.do === 'settle'
  const nextTryAt = addMs(now, 50)
  await settleWork(db, told.work, done ? { done } : { done, nextTryAt, error: 'x' }, now)
  if (book.holder?.workId !== told.work.workId || book.holder.claim !== told.work.claim) return
  book.holder = null
  const isSame = told.asked === book.asked
  if (isSame && done) book.asked = null
  else if (isSame) book.tryAt = nextTryAt
}

test('an order is done by one at a time, and stays until the last wish for it was carried out', async () => {
  let run = 0
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 20 }), async (steps) => {
      const key = `order ${(run += 1)}`
      const book: Book = {
        asked: null,
        holder: null,
        until: testInstant,
        tryAt: testInstant,
        seen: [],
      }
      let now = testInstant
      for (const one of steps) {
        if (one.do === 'wait') now = addMs(now, one.ms)
        else await carryOut(book, one, key, now)
        const row = await database.db
          .selectFrom('work')
          .select('key')
          .where('key', '=', key)
          .executeTakeFirst()
        expect(row !== undefined, 'it is there as long as it is wanted').toBe(book.asked !== null)
      }
      await database.transaction((tx) => withdraw(tx, 'test', key))
    }),
    { numRuns: 60 },
  )
})
