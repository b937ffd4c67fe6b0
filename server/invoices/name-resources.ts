import { type Transaction, sql } from 'kysely'
import type { Schema } from '../database/schema.ts'
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
  if (uids.length === 0) return lines
  const rows = await tx
    .selectFrom('resource_ids')
    .select(['uid', 'resource_id'])
    .distinctOn('uid')
    .where('uid', '=', sql<string>`any(${uids}::uuid[])`)
    .orderBy('uid')
    .orderBy('from_at', 'desc')
    .execute()
  const ids = new Map(rows.map((row) => [row.uid, row.resource_id]))
  return lines.map((line) => {
    const id = line.uid === null ? undefined : ids.get(line.uid)
    return { ...line, resourceId: id === undefined || id === '' ? null : id }
  })
}
