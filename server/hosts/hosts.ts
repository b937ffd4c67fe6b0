import type { Kysely } from 'kysely'
import type { Schema } from '../database/schema.ts'
import type { Instant } from '../kernel/instant.ts'

/** A node as others reach it. Real things live in its data folder, named by this id. */
export type HostAddresses = {
  readonly hostId: string
  /** Its API, for what one node tells another. */
  readonly controlUrl: string
  readonly blobUrl: string
}

export async function registerHost(
  db: Kysely<Schema>,
  host: HostAddresses,
  realNow: Instant,
): Promise<void> {
  const address = {
    control_url: host.controlUrl,
    blob_url: host.blobUrl,
    started_at: realNow,
    seen_at: realNow,
  }
  await db
    .insertInto('hosts')
    .values({ host_id: host.hostId, ...address })
    .onConflict((conflict) => conflict.column('host_id').doUpdateSet(address))
    .execute()
}

export async function recordSeen(
  db: Kysely<Schema>,
  hostId: string,
  realNow: Instant,
): Promise<void> {
  await db.updateTable('hosts').set({ seen_at: realNow }).where('host_id', '=', hostId).execute()
}

export async function readHost(db: Kysely<Schema>, hostId: string): Promise<HostAddresses | null> {
  const row = await db
    .selectFrom('hosts')
    .select(['host_id', 'control_url', 'blob_url'])
    .where('host_id', '=', hostId)
    .executeTakeFirst()
  if (row === undefined) return null
  return { hostId: row.host_id, controlUrl: row.control_url, blobUrl: row.blob_url }
}
