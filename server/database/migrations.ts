import { createHash } from 'node:crypto'
import { sql, type Transaction } from 'kysely'
import { assert } from '../kernel/assert.ts'
import type { Instant } from '../kernel/instant.ts'
import { type Database, StartRefused } from './connection.ts'

/**
 * One step of the schema. Once released it never changes: what it got wrong, the next one mends.
 */
export type Migration = {
  /** `0001-foundations`: its number, from 1 without gaps, and what it brings. */
  readonly name: string
  /** Any number of statements, run in one transaction. */
  readonly sql: string
}

type Recorded = { readonly number: number; readonly name: string; readonly checksum: string }

/**
 * Any number that nothing else in the database locks. Makes nodes that start together take turns.
 */
const lockNumber = 7_263_115_402

export function schemaVersionOf(migrations: readonly Migration[]): number {
  return migrations.length
}

/** Tells two lists of migrations apart, for a cache of migrated databases. */
export function checksumOfAll(migrations: readonly Migration[]): string {
  return checksum(migrations.map((each) => `${each.name} ${checksum(each.sql)}`).join('\n'))
}

/**
 * Brings the schema up to date, forward only. Any number of nodes may do it at once.
 *
 * @returns the names of those that this call applied.
 * @throws StartRefused when the database was changed by another, newer or altered, program.
 */
export async function migrate<Schema>(
  database: Database<Schema>,
  migrations: readonly Migration[],
  now: Instant,
): Promise<string[]> {
  assertNumbered(migrations)
  const applied: string[] = []
  for (;;) {
    const name = await database.transaction((tx) => step(tx, migrations, now), 'migrate', 'none')
    if (name === null) return applied
    applied.push(name)
  }
}

/** Applies the first one that is missing; null when none is. */
async function step<Schema>(
  tx: Transaction<Schema>,
  migrations: readonly Migration[],
  now: Instant,
): Promise<string | null> {
  await sql`select pg_advisory_xact_lock(${lockNumber})`.execute(tx)
  const recorded = await readRecorded(tx)
  refuseOther(recorded, migrations)
  const next = migrations[recorded.length]
  if (next === undefined) return null
  await sql.raw(next.sql).execute(tx)
  await sql`
    insert into reprieve_migrations (number, name, checksum, applied_at)
    values (${recorded.length + 1}, ${next.name}, ${checksum(next.sql)}, ${now})
  `.execute(tx)
  return next.name
}

async function readRecorded<Schema>(tx: Transaction<Schema>): Promise<readonly Recorded[]> {
  await sql`
    create table if not exists reprieve_migrations (
      number int4 primary key,
      name text not null,
      checksum text not null,
      applied_at int8 not null
    )
  `.execute(tx)
  const found = await sql<Recorded>`
    select number, name, checksum from reprieve_migrations order by number
  `.execute(tx)
  return found.rows
}

function refuseOther(recorded: readonly Recorded[], migrations: readonly Migration[]): void {
  for (const [index, { number, name, checksum: before }] of recorded.entries()) {
    const known = migrations[index]
    if (known === undefined) {
      throw new StartRefused(
        `The database was brought to "${name}" by a newer Reprieve; this one knows ` +
          `${migrations.length} steps of its schema. Start that version or a later one, or ` +
          'restore the backup made before the upgrade',
      )
    }
    if (number !== index + 1 || name !== known.name || before !== checksum(known.sql)) {
      throw new StartRefused(
        `Step ${number} of the database's schema, "${name}", is not the one that this Reprieve ` +
          `has ("${known.name}"): the program was altered, or the database is of another one. ` +
          'Start an unaltered release, or use a database of its own',
      )
    }
  }
}

/** Independent of how a checkout writes line ends. */
function checksum(text: string): string {
  return createHash('sha256').update(text.replaceAll('\r\n', '\n')).digest('hex')
}

function assertNumbered(migrations: readonly Migration[]): void {
  for (const [index, { name }] of migrations.entries()) {
    const number = String(index + 1).padStart(4, '0')
    assert(name.startsWith(`${number}-`), `the migration ${name} should have the number ${number}`)
  }
}
