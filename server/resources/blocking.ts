import { type Transaction, sql } from 'kysely'
import type { Schema } from '../database/schema.ts'

/** How many resources a refusal names; it counts all of them. */
const namedMax = 20

/**
 * Whether a subscription holds resources that a person made: they block a cancel without a plan.
 */
export async function hasResources(
  tx: Transaction<Schema>,
  subscriptionId: string,
): Promise<boolean> {
  const row = await blocking(tx, subscriptionId).select('r.uid').limit(1).executeTakeFirst()
  return row !== undefined
}

/** The first of them by id, and how many there are. */
export async function nameResources(
  tx: Transaction<Schema>,
  subscriptionId: string,
): Promise<{ readonly resources: readonly string[]; readonly count: number }> {
  const counted = await blocking(tx, subscriptionId)
    .select(sql<bigint>`count(*)`.as('count'))
    .executeTakeFirstOrThrow()
  const rows = await blocking(tx, subscriptionId)
    .innerJoin('resource_ids as i', (join) =>
      join.onRef('i.uid', '=', 'r.uid').on('i.to_at', 'is', null),
    )
    .select('i.resource_id')
    .orderBy('i.resource_id')
    .limit(namedMax)
    .execute()
  return { resources: rows.map((row) => row.resource_id), count: Number(counted.count) }
}

function blocking(tx: Transaction<Schema>, subscriptionId: string) {
  return tx
    .selectFrom('resources as r')
    .where('r.subscription_id', '=', subscriptionId)
    .where('r.made_by_system', '=', false)
    .where('r.deleted_at', 'is', null)
    .where('r.destroyed_at', 'is', null)
}
