import type { Kysely } from 'kysely'
import type { Schema } from '../database/schema.ts'

/** Committed and now: asked for every write, remembered for none. */
export async function readGate(
  db: Pick<Kysely<Schema>, 'selectFrom'>,
  uid: string,
): Promise<{ readonly writable: boolean } | null> {
  const row = await db
    .selectFrom('resources as r')
    .innerJoin('subscriptions as s', 's.subscription_id', 'r.subscription_id')
    .select('s.suspended_since')
    .where('r.uid', '=', uid)
    .where('r.deleted_at', 'is', null)
    .where('s.purge_started_at', 'is', null)
    .executeTakeFirst()
  return row === undefined ? null : { writable: row.suspended_since === null }
}
