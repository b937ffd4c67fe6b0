import { type Kysely, type Transaction, sql } from 'kysely'
import { instantOf } from '../database/connection.ts'
import type { Schema } from '../database/schema.ts'
import type { Instant } from '../kernel/instant.ts'
import type { ResourceState } from '../providers/contract.ts'

/** A resource that is not yet seen as it should be. */
export type PendingResource = {
  readonly uid: string
  readonly type: string
  readonly name: string
  readonly generation: number
  readonly deleted: boolean
  readonly observed: ResourceState | null
  readonly attempts: number
}

type Reader = Pick<Kysely<Schema>, 'selectFrom'>

/** Those of one subscription on one host whose next try has come; the longest waiting first. */
export async function readPending(
  db: Reader,
  place: { readonly subscriptionId: string; readonly hostId: string },
  realNow: Instant,
  limit: number,
): Promise<readonly PendingResource[]> {
  const rows = await pendingResources(db, place.subscriptionId)
    .where('r.host_id', '=', place.hostId)
    .where('r.next_try_at', '<=', BigInt(realNow))
    .select([
      'r.uid',
      'r.type',
      'r.name',
      'r.generation',
      'r.deleted_at',
      'r.attempts',
      'r.observed_state',
    ])
    .orderBy('r.next_try_at')
    .limit(limit)
    .execute()
  return rows.map((row) => ({
    uid: row.uid,
    type: row.type,
    name: row.name,
    generation: Number(row.generation),
    deleted: row.deleted_at !== null,
    observed: row.observed_state as ResourceState | null,
    attempts: row.attempts,
  }))
}

/** When the next of them is to be tried; null: none is left on this host. */
export async function nextTry(
  db: Reader,
  place: { readonly subscriptionId: string; readonly hostId: string },
): Promise<Instant | null> {
  const row = await pendingResources(db, place.subscriptionId)
    .where('r.host_id', '=', place.hostId)
    .select('r.next_try_at')
    .orderBy('r.next_try_at')
    .limit(1)
    .executeTakeFirst()
  return row === undefined ? null : instantOf(row.next_try_at)
}

/**
 * How many resources are not yet as they should be, on any host; counts no further than `limit`.
 */
export async function countPending(
  db: Reader,
  subscriptionId: string,
  limit: number,
): Promise<number> {
  const rows = await pendingResources(db, subscriptionId).select('r.uid').limit(limit).execute()
  return rows.length
}

export async function hostsOf(db: Reader, subscriptionId: string): Promise<readonly string[]> {
  const rows = await db
    .selectFrom('subscription_hosts')
    .select('host_id')
    .where('subscription_id', '=', subscriptionId)
    .orderBy('host_id')
    .execute()
  return rows.map((row) => row.host_id)
}

function pendingResources(db: Reader, subscriptionId: string) {
  return db
    .selectFrom('resources as r')
    .innerJoin('subscriptions as s', 's.subscription_id', 'r.subscription_id')
    .where('r.subscription_id', '=', subscriptionId)
    .where('r.destroyed_at', 'is', null)
    .where(sql<boolean>`r.observed_generation < s.generation + r.generation`)
}

/** What was seen. An older generation than one already recorded changes nothing. */
export async function recordObservation(
  tx: Transaction<Schema>,
  observed: {
    readonly uid: string
    readonly state: string
    readonly generation: number
    readonly at: Instant
    readonly realNow: Instant
  },
): Promise<boolean> {
  const result = await tx
    .updateTable('resources')
    .set({
      observed_state: observed.state,
      observed_generation: observed.generation,
      observed_at: observed.at,
      attempts: 0,
      last_error: null,
      remedy: null,
      next_try_at: observed.realNow,
    })
    .where('uid', '=', observed.uid)
    .where('observed_generation', '<', BigInt(observed.generation))
    .where('destroyed_at', 'is', null)
    .executeTakeFirst()
  return result.numUpdatedRows > 0n
}

export async function recordFailure(
  db: Pick<Kysely<Schema>, 'updateTable'>,
  failure: {
    readonly uid: string
    readonly attempts: number
    readonly cause: string
    readonly remedy: string | null
    readonly nextTryAt: Instant
  },
): Promise<void> {
  await db
    .updateTable('resources')
    .set({
      attempts: failure.attempts,
      last_error: failure.cause,
      remedy: failure.remedy,
      next_try_at: failure.nextTryAt,
    })
    .where('uid', '=', failure.uid)
    .where('destroyed_at', 'is', null)
    .execute()
}
