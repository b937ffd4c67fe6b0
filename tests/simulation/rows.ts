import { type Kysely, type Selectable, sql } from 'kysely'
import type { Schema } from '../../server/database/schema.ts'

type Table<Name extends keyof Schema> = readonly Selectable<Schema[Name]>[]

/** What is stored, read past the product's own code. */
export type Rows = {
  readonly subscriptions: Table<'subscriptions'>
  readonly suspensions: Table<'suspensions'>
  readonly billable: Table<'billable_intervals'>
  readonly resources: Table<'resources'>
  readonly metered: Table<'resource_intervals'>
  readonly work: Table<'work'>
  readonly clocks: Table<'test_clocks'>
  readonly accounts: Table<'billing_accounts'>
  readonly streams: Table<'streams'>
  readonly assignments: Table<'role_assignments'>
  readonly groups: Table<'resource_groups'>
  readonly documents: Table<'documents'>
  readonly series: Table<'document_series'>
  readonly payments: Table<'payments'>
  readonly late: Table<'late_usage'>
  readonly credits: Table<'credits'>
  readonly lists: Table<'price_lists'>
}

export async function readRows(db: Kysely<Schema>): Promise<Rows> {
  const all = <Name extends keyof Schema>(table: Name, ...order: string[]) => {
    const query = db.selectFrom(table as 'work').selectAll() as unknown as {
      orderBy: (column: string) => typeof query
      execute: () => Promise<Table<Name>>
    }
    return order.reduce((ordered, column) => ordered.orderBy(column), query).execute()
  }
  return {
    subscriptions: await all('subscriptions', 'subscription_id'),
    suspensions: await all('suspensions', 'subscription_id', 'reason'),
    billable: await all('billable_intervals', 'subscription_id', 'interval_number'),
    resources: await all('resources', 'uid'),
    metered: await all('resource_intervals', 'uid', 'meter', 'interval_number'),
    work: await all('work', 'kind', 'key'),
    clocks: await all('test_clocks', 'tenant_id', 'name_key'),
    accounts: await all('billing_accounts', 'tenant_id', 'name_key'),
    streams: await all('streams', 'tenant_id', 'stream'),
    assignments: await all('role_assignments', 'tenant_id', 'assignment_id'),
    groups: await all('resource_groups', 'subscription_id', 'name_key'),
    documents: await all('documents', 'tenant_id', 'name'),
    series: await all('document_series', 'tenant_id', 'series'),
    payments: await all('payments', 'document_id', 'name_key'),
    late: await all('late_usage', 'uid', 'meter', 'from_at'),
    credits: await all('credits', 'subscription_id'),
    lists: await all('price_lists', 'price_list_key'),
  }
}

/** Rises with every write to the database. */
export async function writtenSoFar(db: Kysely<Schema>): Promise<string> {
  const { rows } = await sql<{
    at: string
  }>`select pg_current_wal_insert_lsn()::text as at`.execute(db)
  return rows[0]?.at ?? ''
}

/** Every table that the product fills, in one text: equal for two runs of one seed. */
export async function dumpTables(db: Kysely<Schema>): Promise<string> {
  const tables = await db.introspection.getTables()
  const lines: string[] = []
  for (const { name } of tables.toSorted((a, b) => (a.name < b.name ? -1 : 1))) {
    const rows = await db
      .selectFrom(name as 'work')
      .selectAll()
      .execute()
    const texts = rows.map((row) => textOf(row)).toSorted()
    lines.push(`== ${name}`, ...texts)
  }
  return lines.join('\n')
}

export function textOf(value: unknown): string {
  return JSON.stringify(value, (_key, part: unknown) => {
    if (typeof part === 'bigint') return `${part}n`
    return part instanceof Uint8Array ? Buffer.from(part).toString('hex') : part
  })
}

/**
 * Everything that a subscription's own life is stored in; equal texts: nothing of it has changed.
 */
export function lifeOf(rows: Rows, id: string): string {
  const own = (row: { readonly subscription_id: string }): boolean => row.subscription_id === id
  return textOf([
    rows.subscriptions.filter(own),
    rows.suspensions.filter(own),
    rows.billable.filter(own),
    rows.resources.filter(own).map((row) => [row.uid, row.deleted_at, row.generation]),
    rows.streams.filter(({ stream }) => stream === `subscription/${id}`).map((row) => row.sequence),
    rows.work.filter(({ kind, key }) => key === id && kind === 'purge').map((row) => row.due_at),
  ])
}
