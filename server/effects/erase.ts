import { type Transaction, sql } from 'kysely'
import type { Schema } from '../database/schema.ts'

/**
 * What a purge leaves as proof: for each store what was there, and that it was read back as gone.
 */
export type PurgeEvidence = {
  readonly resources: number
  readonly stores: readonly {
    readonly uid: string
    readonly type: string
    readonly evidence: object
  }[]
}

/** The event names the first ones; every resource's own row and event keep theirs. */
const storesNamed = 1000

export async function evidenceOf(
  tx: Transaction<Schema>,
  subscriptionId: string,
): Promise<PurgeEvidence> {
  const total = await tx
    .selectFrom('resources')
    .select(sql<bigint>`count(*)`.as('count'))
    .where('subscription_id', '=', subscriptionId)
    .executeTakeFirstOrThrow()
  const rows = await tx
    .selectFrom('resources')
    .select(['uid', 'type', 'evidence'])
    .where('subscription_id', '=', subscriptionId)
    .orderBy('uid')
    .limit(storesNamed)
    .execute()
  return {
    resources: Number(total.count),
    stores: rows.map((row) => ({ uid: row.uid, type: row.type, evidence: row.evidence ?? {} })),
  }
}

/**
 * Removes what a purged subscription held: names, groups, tags, properties, plans. Its id, the
 * hashes of its history, its intervals (the ledger's) and each resource's evidence stay.
 */
export async function eraseContents(
  tx: Transaction<Schema>,
  subscriptionId: string,
): Promise<void> {
  await tx
    .updateTable('resources')
    .set({
      group_key: '',
      name_key: sql`uid::text`,
      name: '',
      tags: '{}',
      properties: '{}',
      sku: null,
      kind: null,
      last_error: null,
      remedy: null,
    })
    .where('subscription_id', '=', subscriptionId)
    .execute()
  await tx
    .updateTable('resource_ids')
    .set({ resource_id: '' })
    .where('uid', 'in', (query) =>
      query.selectFrom('resources').select('uid').where('subscription_id', '=', subscriptionId),
    )
    .execute()
  for (const table of [
    'resource_groups',
    'cancel_plans',
    'provider_registrations',
    'subscription_aliases',
    'subscription_hosts',
  ] as const) {
    await tx.deleteFrom(table).where('subscription_id', '=', subscriptionId).execute()
  }
  await tx
    .updateTable('subscriptions')
    .set({ display_name: '', tags: '{}' })
    .where('subscription_id', '=', subscriptionId)
    .execute()
}
