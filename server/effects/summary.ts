import { type Kysely, sql } from 'kysely'
import { instantOf } from '../database/connection.ts'
import type { Schema } from '../database/schema.ts'
import { type Instant, formatInstant } from '../kernel/instant.ts'

/**
 * How far the world is from what is wanted. `pending` and `stuck` name at most {@link namedMax}.
 */
export type EffectSummary = {
  readonly total: number
  readonly done: number
  readonly pending: readonly EffectDetail[]
  readonly stuck: readonly (EffectDetail & { readonly cause: string; readonly remedy: string })[]
}

export type EffectDetail = {
  readonly resourceId: string
  readonly observed: string | null
  readonly attempts: number
  readonly lastError: string | null
  readonly nextTryAt: string
}

const namedMax = 100

/** Real time decides what is stuck: wanted since before `stuckBefore` and still not seen. */
export async function readEffects(
  db: Kysely<Schema>,
  subscriptionId: string,
  stuckBefore: Instant,
): Promise<EffectSummary> {
  const counted = await db
    .selectFrom('resources as r')
    .innerJoin('subscriptions as s', 's.subscription_id', 'r.subscription_id')
    .select([
      sql<bigint>`count(*)`.as('total'),
      sql<bigint>`count(*) filter (where r.destroyed_at is not null
        or r.observed_generation >= s.generation + r.generation)`.as('done'),
    ])
    .where('r.subscription_id', '=', subscriptionId)
    .where((where) =>
      where.or([where('r.destroyed_at', 'is', null), where('s.purge_started_at', 'is not', null)]),
    )
    .executeTakeFirstOrThrow()
  const pending = await readPendingDetails(db, subscriptionId)
  return {
    total: Number(counted.total),
    done: Number(counted.done),
    pending: pending.map(({ detail }) => detail),
    stuck: pending
      .filter(({ wantedSince }) => wantedSince !== null && wantedSince <= stuckBefore)
      .map(({ detail, remedy }) => ({
        ...detail,
        cause: detail.lastError ?? 'The host that holds it has not reported.',
        remedy: remedy ?? 'Start the host that holds it, or look at its log.',
      })),
  }
}

async function readPendingDetails(db: Kysely<Schema>, subscriptionId: string) {
  const rows = await db
    .selectFrom('resources as r')
    .innerJoin('subscriptions as s', 's.subscription_id', 'r.subscription_id')
    .innerJoin('resource_ids as i', (join) =>
      join.onRef('i.uid', '=', 'r.uid').on('i.to_at', 'is', null),
    )
    .leftJoin('work as w', (join) =>
      join
        .on('w.kind', '=', 'apply-effects')
        .on('w.key', '=', sql<string>`r.subscription_id || '/' || r.host_id`),
    )
    .select([
      'i.resource_id',
      'r.observed_state',
      'r.attempts',
      'r.last_error',
      'r.remedy',
      'r.next_try_at',
      'w.first_try_at',
      'w.next_try_at as work_next_try_at',
    ])
    .where('r.subscription_id', '=', subscriptionId)
    .where('r.destroyed_at', 'is', null)
    .where(sql<boolean>`r.observed_generation < s.generation + r.generation`)
    .orderBy('r.next_try_at')
    .limit(namedMax)
    .execute()
  return rows.map((row) => ({
    detail: {
      resourceId: row.resource_id,
      observed: row.observed_state,
      attempts: row.attempts,
      lastError: row.last_error,
      nextTryAt: formatInstant(instantOf(row.next_try_at)),
    },
    remedy: row.remedy,
    // A host that is down never tries: then the order itself has been waiting since it was made.
    wantedSince: wantedSinceOf(row.first_try_at ?? row.work_next_try_at),
  }))
}

function wantedSinceOf(value: bigint | null): Instant | null {
  return value === null ? null : instantOf(value)
}
