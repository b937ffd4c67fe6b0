import * as fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { testInstant } from '../database/testing/test-database.ts'
import { type Instant, addMs } from '../kernel/instant.ts'
import { subscriptionA } from '../resources/world-fixture.ts'
import { readBillableIntervals, readSubscriptionById } from '../subscriptions/store.ts'
import { isSuspended } from '../subscriptions/subscription.ts'
import { chargedTimes } from '../usage/rate.ts'
import { type Metered, openMetered } from './metered-fixture.ts'
import { decideSample } from './sample.ts'

let metered: Metered
beforeAll(async () => {
  metered = await openMetered()
})
afterAll(() => metered[Symbol.asyncDispose]())

test('a size that changed ends an interval and begins the next; the same size writes nothing', async () => {
  const start = metered.now()
  const at = (ms: number) => addMs(start, ms)
  const uid = await metered.make()
  await metered.observe(uid)
  await metered.sample(uid, 700n)
  expect(await metered.intervals(uid), 'it had only just begun').toEqual([
    { rate: 700n, openedAt: start, closedAt: null },
  ])
  metered.wait(10)
  await metered.sample(uid, 700n)
  metered.wait(10)
  await metered.sample(uid, 400n)
  await metered.sample(uid, 500n)
  metered.wait(10)
  expect(await metered.intervals(uid)).toEqual([
    { rate: 700n, openedAt: start, closedAt: at(20) },
    { rate: 500n, openedAt: at(20), closedAt: null },
  ])
  await expect(metered.sample(uid, -1n)).rejects.toThrow('-1')
})

test('nothing is sampled while suspended, before it is seen online again, or once deleted', async () => {
  const start = metered.now()
  const at = (ms: number) => addMs(start, ms)
  const uid = await metered.make()
  const kept = await metered.make()
  await metered.observe(uid)
  await metered.sample(uid, 5n)
  metered.wait(10)
  await metered.suspend()
  await metered.sample(uid, 6n)
  await metered.observe(uid)
  metered.wait(10)
  await metered.reactivate()
  await metered.sample(uid, 7n)
  metered.wait(10)
  await metered.observe(uid)
  expect(await metered.intervals(uid), 'back at its last rate').toEqual([
    { rate: 5n, openedAt: start, closedAt: at(10) },
    { rate: 5n, openedAt: at(20), closedAt: null },
  ])
  metered.wait(10)
  await metered.remove(uid)
  await metered.sample(uid, 8n)
  expect((await metered.intervals(uid)).at(-1)).toMatchObject({ rate: 5n, closedAt: at(40) })
  expect(await metered.intervals(kept)).toHaveLength(1)
})

test('a machine whose time was set back changes nothing that is invoiced', () => {
  const openedAt = testInstant
  const billedUntil = addMs(testInstant, 100)
  const running = { rate: 5n, openedAt }
  const now = addMs(testInstant, 50)
  expect(decideSample(running, 5n, { now, billedUntil })).toEqual({ kind: 'keep' })
  expect(decideSample(running, 6n, { now, billedUntil })).toEqual({
    kind: 'split',
    at: billedUntil,
  })
  const next = { rate: 6n, openedAt: billedUntil }
  expect(decideSample(next, 7n, { now, billedUntil })).toEqual({ kind: 'replace' })
})

test('usage of a time that is invoiced already is kept for the next invoice, and only that', async () => {
  const start = metered.now()
  const at = (ms: number) => addMs(start, ms)
  const uid = await metered.make()
  const empty = await metered.make()
  for (const each of [uid, empty]) await metered.observe(each)
  await metered.sample(uid, 5n)
  metered.wait(10)
  await metered.suspend()
  for (const each of [uid, empty]) await metered.observe(each)
  metered.wait(10)
  await metered.reactivate()
  metered.wait(10)
  await metered.invoice()
  metered.wait(10)
  // Only now does a worker come by: the invoice was issued without the time from 20 to 30.
  for (const each of [uid, empty]) await metered.observe(each)
  expect(await metered.intervals(uid)).toEqual([
    { rate: 5n, openedAt: start, closedAt: at(10) },
    { rate: 5n, openedAt: at(20), closedAt: null },
  ])
  expect(await metered.late(uid)).toEqual([
    { rate: 5n, from: at(20), to: at(30), account_key: 'first', subscription_id: subscriptionA },
  ])
  expect(await metered.late(empty), 'nothing is worth nothing').toEqual([])
})

type Step =
  | { readonly do: 'sample'; readonly rate: number }
  | { readonly do: 'suspend' | 'reactivate' | 'observe' | 'remove' | 'invoice' }

const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 5, arbitrary: fc.record({ do: fc.constant('sample' as const), rate: fc.nat(3) }) },
  { weight: 3, arbitrary: fc.constant({ do: 'suspend' as const }) },
  { weight: 3, arbitrary: fc.constant({ do: 'reactivate' as const }) },
  { weight: 5, arbitrary: fc.constant({ do: 'observe' as const }) },
  { weight: 2, arbitrary: fc.constant({ do: 'invoice' as const }) },
  { weight: 1, arbitrary: fc.constant({ do: 'remove' as const }) },
)
const history = fc.array(fc.tuple(fc.constantFrom(0, 1, 7, 100), step), {
  minLength: 8,
  maxLength: 24,
})

test('whatever happens: no moment is charged twice or lost, each at its rate, and on one invoice', async () => {
  await fc.assert(
    fc.asyncProperty(history, async (steps) => {
      if (await isCancelled()) await metered.reactivate()
      metered.wait(1)
      await metered.invoice()
      const begin = metered.now()
      const model = { rate: 0, suspended: false, runs: true, removed: false, total: 0n }
      const uid = await metered.make()
      let invoiced = 0n
      let billedUntil = begin
      for (const [ms, what] of steps) {
        metered.wait(ms)
        // What is charged: it is there, and its subscription is not suspended.
        if (!model.suspended && !model.removed) model.total += BigInt(model.rate * ms)
        if (what.do === 'invoice') {
          invoiced += await amountOf(uid, billedUntil, metered.now())
          billedUntil = metered.now()
        }
        await take(uid, what, model)
        await expectApart(uid)
      }
      await metered.observe(uid)
      const late = (await metered.late(uid)).reduce(
        (sum, { rate, from, to }) => sum + rate * BigInt(to - from),
        0n,
      )
      const open = await amountOf(uid, billedUntil, metered.now())
      expect(invoiced + late + open).toBe(model.total)
    }),
    { numRuns: 60, examples: [[lateTwice], [deletedUnseen]] },
  )
})

const lateTwice: [number, Step][] = [
  [0, { do: 'observe' }],
  [1, { do: 'sample', rate: 3 }],
  [7, { do: 'suspend' }],
  [1, { do: 'observe' }],
  [7, { do: 'reactivate' }],
  [100, { do: 'suspend' }],
  [1, { do: 'reactivate' }],
  [7, { do: 'invoice' }],
  [1, { do: 'observe' }],
  [7, { do: 'sample', rate: 1 }],
  [7, { do: 'invoice' }],
]

const deletedUnseen: [number, Step][] = [
  [0, { do: 'sample', rate: 1 }],
  [7, { do: 'suspend' }],
  [0, { do: 'observe' }],
  [7, { do: 'reactivate' }],
  [7, { do: 'invoice' }],
  [7, { do: 'remove' }],
  [7, { do: 'suspend' }],
]

type Model = { rate: number; suspended: boolean; runs: boolean; removed: boolean }

async function take(uid: string, what: Step, model: Model): Promise<void> {
  switch (what.do) {
    case 'sample':
      await metered.sample(uid, BigInt(what.rate))
      if (model.runs && !model.suspended && !model.removed) model.rate = what.rate
      return
    case 'suspend':
      if (!model.suspended) await metered.suspend()
      model.suspended = true
      return
    case 'reactivate':
      if (model.suspended) await metered.reactivate()
      model.suspended = false
      return
    case 'observe':
      await metered.observe(uid)
      model.runs = !model.suspended
      return
    case 'remove':
      await metered.remove(uid)
      model.removed = true
      return
    case 'invoice':
      await metered.invoice()
  }
}

async function isCancelled(): Promise<boolean> {
  const found = await readSubscriptionById(metered.database.db, subscriptionA)
  return isSuspended(found!.lifecycle)
}

/** As an invoice reads it. */
async function amountOf(uid: string, from: Instant, to: Instant): Promise<bigint> {
  const billable = await readBillableIntervals(metered.database.db, subscriptionA)
  const intervals = await metered.intervals(uid)
  return intervals
    .flatMap(({ rate, ...ran }) =>
      chargedTimes(ran, billable, { from, to }).map((time) => rate * BigInt(time.to - time.from)),
    )
    .reduce((sum, amount) => sum + amount, 0n)
}

async function expectApart(uid: string): Promise<void> {
  const intervals = await metered.intervals(uid)
  for (const [index, { openedAt }] of intervals.entries()) {
    const before = intervals[index - 1]
    if (before === undefined) continue
    expect(before.closedAt, 'an interval is closed before the next').not.toBeNull()
    expect(openedAt).toBeGreaterThanOrEqual(before.closedAt!)
  }
}
