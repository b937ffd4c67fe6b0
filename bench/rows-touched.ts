import { sql } from 'kysely'
import type { Database } from '../server/database/connection.ts'
import type { Schema } from '../server/database/schema.ts'

/** Rows of tables, on average for one time that the work was done; unlike a rate, free of noise. */
export type RowsTouched = { readonly read: number; readonly written: number }

/** @param work answers how many times it did what is counted. */
export async function countRows(
  database: Database<Schema>,
  work: () => Promise<number>,
): Promise<RowsTouched> {
  const before = await counters(database)
  const times = await work()
  const after = await counters(database)
  return {
    read: (after.read - before.read) / times,
    written: (after.written - before.written) / times,
  }
}

async function counters(database: Database<Schema>): Promise<RowsTouched> {
  await reportAll(database)
  const { rows } = await sql<{ read: string; written: string }>`
    select sum(coalesce(seq_tup_read, 0) + coalesce(idx_tup_fetch, 0))::text as read,
      sum(n_tup_ins + n_tup_upd + n_tup_del)::text as written
    from pg_stat_user_tables`.execute(database.db)
  return { read: Number(rows[0]?.read), written: Number(rows[0]?.written) }
}

/** As many as the connections of a pool. */
const sessions = 10

/**
 * A session tells what it did up to ten seconds later, unless it is asked to at once. All are
 * asked: each is kept busy for a moment, so that the next one is another.
 */
async function reportAll({ transaction }: Database<Schema>): Promise<void> {
  const ask = (): Promise<unknown> =>
    transaction((tx) => sql`select pg_stat_force_next_flush(), pg_sleep(0.3)`.execute(tx))
  await Promise.all(Array.from({ length: sessions }, ask))
}
