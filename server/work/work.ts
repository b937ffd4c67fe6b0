import { type Kysely, type Transaction, sql } from 'kysely'
import type { Schema } from '../database/schema.ts'
import type { Random } from '../kernel/ids.ts'
import type { Instant } from '../kernel/instant.ts'

/** Something that must happen. One row for each kind and key: asking twice is asking once. */
export type WorkOrder = {
  readonly tenantId: string
  readonly kind: string
  readonly key: string
  readonly subject: { readonly [name: string]: string | number | boolean | null }
  /** The test clock whose advance waits for it; null where the account lives on real time. */
  readonly clockKey: string | null
  /** On that clock, or on real time without one. Null: wanted now. */
  readonly dueAt: Instant | null
  /** The only host that can do it; null: any. */
  readonly hostId: string | null
}

/** Stores the work in the caller's transaction. One that is running now will be run again. */
export async function enqueue(
  tx: Transaction<Schema>,
  order: WorkOrder,
  realNow: Instant,
  random: Random,
): Promise<void> {
  const wanted = {
    tenant_id: order.tenantId,
    subject: JSON.stringify(order.subject),
    clock_key: order.clockKey,
    due_at: order.dueAt,
    host_id: order.hostId,
    attempts: 0,
    last_error: null,
    next_try_at: realNow,
    first_try_at: null,
  }
  await tx
    .insertInto('work')
    .values({
      work_id: random.uuid(),
      kind: order.kind,
      key: order.key,
      ...wanted,
      lease_until: null,
      leased_by: null,
      version: 1,
      claim: 0,
    })
    .onConflict((conflict) =>
      conflict.columns(['kind', 'key']).doUpdateSet({ ...wanted, version: sql`work.version + 1` }),
    )
    .execute()
}

export async function withdraw(tx: Transaction<Schema>, kind: string, key: string): Promise<void> {
  await tx.deleteFrom('work').where('kind', '=', kind).where('key', '=', key).execute()
}

/** Work that was claimed: nobody else has it until `leaseUntil`. */
export type ClaimedWork = WorkOrder & {
  readonly workId: string
  readonly version: bigint
  /** Which claim this is: one whose lease ran out may not settle what another has claimed since. */
  readonly claim: bigint
  readonly attempts: number
}

/** At most `limit` orders that are ready, leased to the caller. Order: longest ready first. */
export async function claimWork(
  db: Kysely<Schema>,
  claim: {
    readonly hostId: string
    readonly realNow: Instant
    readonly leaseUntil: Instant
    readonly limit: number
  },
): Promise<readonly ClaimedWork[]> {
  const { hostId, realNow, leaseUntil, limit } = claim
  // Three queries for three indexes: wanted now, due on real time, due on a test clock.
  const ready = sql<{ work_id: string }>`
    select work_id from (
      (select w.work_id, w.next_try_at from work w
        where w.due_at is null and w.next_try_at <= ${realNow}
          and (w.lease_until is null or w.lease_until <= ${realNow})
          and (w.host_id is null or w.host_id = ${hostId})
        order by w.next_try_at limit ${limit})
      union all
      (select w.work_id, w.next_try_at from work w
        where w.due_at <= ${realNow} and w.clock_key is null and w.next_try_at <= ${realNow}
          and (w.lease_until is null or w.lease_until <= ${realNow})
          and (w.host_id is null or w.host_id = ${hostId})
        order by w.due_at limit ${limit})
      union all
      (select w.work_id, w.next_try_at from test_clocks c
        join work w on w.tenant_id = c.tenant_id and w.clock_key = c.name_key
        where w.due_at <= c.now_at and w.next_try_at <= ${realNow}
          and (w.lease_until is null or w.lease_until <= ${realNow})
          and (w.host_id is null or w.host_id = ${hostId})
        order by w.due_at limit ${limit})
    ) as candidates order by next_try_at limit ${limit}`
  const rows = await sql<Schema['work'] & { work_id: string }>`
    update work set lease_until = ${leaseUntil}, leased_by = ${hostId}::uuid,
      attempts = work.attempts + 1, claim = work.claim + 1,
      first_try_at = coalesce(work.first_try_at, ${realNow})
    where work_id in (
      select locked.work_id from work locked
      where locked.work_id in (${ready})
        and (locked.lease_until is null or locked.lease_until <= ${realNow})
      for update skip locked
    )
    returning *`.execute(db)
  return rows.rows.map((row) => claimedOf(row as unknown as WorkRow))
}

type WorkRow = {
  work_id: string
  tenant_id: string
  kind: string
  key: string
  subject: WorkOrder['subject']
  clock_key: string | null
  due_at: bigint | null
  host_id: string | null
  attempts: number
  version: bigint
  claim: bigint
}

function claimedOf(row: WorkRow): ClaimedWork {
  return {
    workId: row.work_id,
    tenantId: row.tenant_id,
    kind: row.kind,
    key: row.key,
    subject: row.subject,
    clockKey: row.clock_key,
    dueAt: row.due_at === null ? null : (Number(row.due_at) as Instant),
    hostId: row.host_id,
    attempts: row.attempts,
    version: row.version,
    claim: row.claim,
  }
}

/** How a handler ended: done for good, or to be tried again at an instant of real time. */
export type WorkOutcome =
  | { readonly done: true }
  | { readonly done: false; readonly nextTryAt: Instant; readonly error: string | null }

export const workDone: WorkOutcome = { done: true }

/** Keeps the order if it was asked for again while it ran: then it runs once more, at once. */
export async function settleWork(
  db: Kysely<Schema>,
  work: ClaimedWork,
  outcome: WorkOutcome,
  realNow: Instant,
): Promise<void> {
  if (outcome.done) {
    const erased = await db
      .deleteFrom('work')
      .where('work_id', '=', work.workId)
      .where('version', '=', work.version)
      .where('claim', '=', work.claim)
      .executeTakeFirst()
    if (erased.numDeletedRows > 0n) return
  }
  const sameVersion = sql<boolean>`version = ${work.version}`
  const nextTryAt = outcome.done ? realNow : outcome.nextTryAt
  const error = outcome.done ? null : outcome.error
  await db
    .updateTable('work')
    .set({
      lease_until: null,
      leased_by: null,
      next_try_at: sql`case when ${sameVersion} then ${nextTryAt}::int8 else next_try_at end`,
      last_error: sql`case when ${sameVersion} then ${error}::text else last_error end`,
    })
    .where('work_id', '=', work.workId)
    .where('claim', '=', work.claim)
    .execute()
}

/**
 * Lets go of what a host has claimed and is not at: claimed before it was killed, or claimed or
 * settled while the database went away. Its data folder is locked, so nobody else is at it, and to
 * wait for the leases would leave effects half done for as long.
 *
 * @param running the ids of the work that it is at.
 */
export async function releaseLeases(
  db: Kysely<Schema>,
  hostId: string,
  running: readonly string[],
): Promise<void> {
  await db
    .updateTable('work')
    .set({ lease_until: null, leased_by: null })
    .where('leased_by', '=', hostId)
    .where(sql<boolean>`work_id <> all(${running}::uuid[])`)
    .execute()
}

export async function renewLease(
  db: Kysely<Schema>,
  work: ClaimedWork,
  leaseUntil: Instant,
): Promise<void> {
  await db
    .updateTable('work')
    .set({ lease_until: leaseUntil })
    .where('work_id', '=', work.workId)
    .where('claim', '=', work.claim)
    .where('lease_until', 'is not', null)
    .execute()
}
