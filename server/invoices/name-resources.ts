import { type Transaction, sql } from 'kysely'
import type { Schema } from '../database/schema.ts'
import { isUuid } from '../kernel/ids.ts'
import type { InvoiceLine } from './invoice.ts'

/**
 * Writes into each line the ARM id of its resource, the one it had last. One that was purged has
 * none any more; its uid stays.
 */
export async function nameResources(
  tx: Pick<Transaction<Schema>, 'selectFrom'>,
  lines: readonly InvoiceLine[],
): Promise<readonly InvoiceLine[]> {
  const uids = [...new Set(lines.map((line) => line.uid).filter((uid) => uid !== null))]
  const ids = await resourceIdsOf(tx, uids)
  return lines.map((line) => ({
    ...line,
    resourceId: line.uid === null ? null : (ids.get(line.uid) ?? null),
  }))
}

/** The ARM ids that resources had last, by uid; one that was purged has none any more. */
export async function resourceIdsOf(
  db: Pick<Transaction<Schema>, 'selectFrom'>,
  uids: readonly string[],
): Promise<ReadonlyMap<string, string>> {
  const asked = uids.filter(isUuid)
  if (asked.length === 0) return new Map()
  const rows = await db
    .selectFrom('resource_ids')
    .select(['uid', 'resource_id'])
    .distinctOn('uid')
    .where('uid', '=', sql<string>`any(${asked}::uuid[])`)
    .orderBy('uid')
    .orderBy('from_at', 'desc')
    .execute()
  return new Map(
    rows.filter((row) => row.resource_id !== '').map((row) => [row.uid, row.resource_id]),
  )
}
