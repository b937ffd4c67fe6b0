import { type Kysely, type Transaction, sql } from 'kysely'
import type { Database } from '../database/connection.ts'
import { instantOf } from '../database/connection.ts'
import type { Schema } from '../database/schema.ts'
import { planClockSamples } from '../effects/plan-samples.ts'
import type { Random } from '../kernel/ids.ts'
import { type Clock, type Instant, addMs, formatInstant } from '../kernel/instant.ts'
import { finishOperation } from '../operations/store.ts'
import { type ClaimedWork, type WorkOutcome, workDone } from '../work/work.ts'
import { nextStop } from './advance.ts'

export type AdvanceDependencies = {
  readonly database: Database<Schema>
  readonly clock: Clock
  readonly random: Random
  /** Real time after which work that is not done is reported as stuck instead of waited for. */
  readonly effectLimitMs: number
  readonly wakeWorkers: () => void
}

/** Real milliseconds between two looks at whether the work of one stop is done. */
const lookAgainMs = 20

/**
 * Moves a test clock from one due date to the next, and on only when the work of each is done.
 * Before the first move, while time still stands, it has the stored sizes sampled: so they count
 * for all of the time that goes by. Every step is a transaction of its own: one that is interrupted
 * is taken up where it was.
 */
export async function advanceClock(
  work: ClaimedWork,
  { database, clock, random, effectLimitMs, wakeWorkers }: AdvanceDependencies,
): Promise<WorkOutcome> {
  const nameKey = String(work.subject['clock'])
  const place = { tenantId: work.tenantId, nameKey }
  for (;;) {
    const realNow = clock.now()
    const stuckBefore = addMs(realNow, -effectLimitMs)
    const step = await database.transaction(async (tx) => {
      const row = await lockClock(tx, place)
      if (row === null || row.target === null) return 'arrived'
      if (await isBusy(tx, { ...place, now: row.now }, stuckBefore)) return 'busy'
      if (row.operationId !== null && row.sampledFor !== row.operationId) {
        await markSampled(tx, place, row.operationId)
        // Asked only once all effects are seen: what is not yet seen online again has no meter.
        if ((await planClockSamples(tx, place, realNow, random)) > 0) return 'busy'
      }
      const due = await nextDue(tx, place, row.now)
      const stop = nextStop({ now: row.now, target: row.target }, due)
      await moveClock(tx, place, stop)
      if (stop.arrived && row.operationId !== null) {
        const stuck = await stuckWork(tx, place)
        const body = { now: formatInstant(stop.now), stuck }
        await finishOperation(tx, row.operationId, { answer: { status: 200, body } }, realNow)
      }
      return stop.arrived ? 'arrived' : 'moved'
    })
    wakeWorkers()
    if (step === 'arrived') return workDone
    if (step === 'busy') {
      return { done: false, nextTryAt: addMs(clock.now(), lookAgainMs), error: null }
    }
  }
}

type Place = { readonly tenantId: string; readonly nameKey: string }

async function lockClock(tx: Transaction<Schema>, { tenantId, nameKey }: Place) {
  const row = await tx
    .selectFrom('test_clocks')
    .selectAll()
    .where('tenant_id', '=', tenantId)
    .where('name_key', '=', nameKey)
    .forUpdate()
    .executeTakeFirst()
  if (row === undefined) return null
  return {
    now: instantOf(row.now_at),
    target: row.target_at === null ? null : instantOf(row.target_at),
    operationId: row.operation_id,
    sampledFor: row.sampled_for,
  }
}

async function markSampled(
  tx: Transaction<Schema>,
  { tenantId, nameKey }: Place,
  operationId: string,
): Promise<void> {
  await tx
    .updateTable('test_clocks')
    .set({ sampled_for: operationId })
    .where('tenant_id', '=', tenantId)
    .where('name_key', '=', nameKey)
    .execute()
}

/** Whether something that is wanted now, or due by now, is neither done nor past its limit. */
async function isBusy(
  tx: Transaction<Schema>,
  { tenantId, nameKey, now }: Place & { readonly now: Instant },
  stuckBefore: Instant,
): Promise<boolean> {
  const row = await tx
    .selectFrom('work')
    .select('work_id')
    .where('tenant_id', '=', tenantId)
    .where('clock_key', '=', nameKey)
    .where(sql<boolean>`(due_at is null or due_at <= ${now}::int8)`)
    .where(
      // What was never tried waits since it was asked for; a date waits since it came.
      sql<boolean>`(first_try_at > ${stuckBefore}::int8 or (first_try_at is null
        and (due_at is not null or next_try_at > ${stuckBefore}::int8)))`,
    )
    .limit(1)
    .executeTakeFirst()
  return row !== undefined
}

async function nextDue(
  tx: Transaction<Schema>,
  { tenantId, nameKey }: Place,
  now: Instant,
): Promise<Instant | null> {
  const row = await tx
    .selectFrom('work')
    .select('due_at')
    .where('tenant_id', '=', tenantId)
    .where('clock_key', '=', nameKey)
    .where('due_at', '>', BigInt(now))
    .orderBy('due_at')
    .limit(1)
    .executeTakeFirst()
  return row === undefined || row.due_at === null ? null : instantOf(row.due_at)
}

async function moveClock(
  tx: Transaction<Schema>,
  { tenantId, nameKey }: Place,
  stop: { readonly now: Instant; readonly arrived: boolean },
): Promise<void> {
  await tx
    .updateTable('test_clocks')
    .set({ now_at: stop.now, ...(stop.arrived ? { target_at: null, operation_id: null } : {}) })
    .where('tenant_id', '=', tenantId)
    .where('name_key', '=', nameKey)
    .execute()
}

/** What is left behind at the end of an advance: each with its last error. */
async function stuckWork(db: Pick<Kysely<Schema>, 'selectFrom'>, { tenantId, nameKey }: Place) {
  const rows = await db
    .selectFrom('work')
    .select(['kind', 'key', 'last_error', 'attempts'])
    .where('tenant_id', '=', tenantId)
    .where('clock_key', '=', nameKey)
    .where(sql<boolean>`first_try_at is not null`)
    .limit(100)
    .execute()
  return rows.map((row) => ({
    kind: row.kind,
    subject: row.key,
    attempts: row.attempts,
    cause: row.last_error,
  }))
}
