import { execFile } from 'node:child_process'
import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { sql } from 'kysely'
import type { Database } from '../server/database/connection.ts'
import type { Schema } from '../server/database/schema.ts'

/** PostgreSQL's own measure on the same server: transactions that write so many rows. */
export type Pgbench = {
  /** Transactions per second. */
  readonly run: (clients: number, seconds: number) => Promise<number>
  readonly close: () => Promise<void>
}

const rowsInTable = 100_000
const runFile = promisify(execFile)

/**
 * Each transaction updates half of the rows and inserts the others: what a cancel does too. Their
 * width is about that of the rows of a cancel.
 */
export async function preparePgbench(
  database: Database<Schema>,
  url: string,
  rowsPerTransaction: number,
): Promise<Pgbench> {
  const program = findProgram()
  await sql
    .raw(
      `create table if not exists pgbench_old (id int8 primary key, value int8, filler text);
       create table if not exists pgbench_new (id int8, at int8, filler text);
       create index if not exists pgbench_new_id on pgbench_new (id, at);
       truncate pgbench_old; truncate pgbench_new;
       insert into pgbench_old
         select n, 0, repeat('x', 200) from generate_series(1, ${rowsInTable}) n`,
    )
    .execute(database.db)
  const folder = mkdtempSync(join(tmpdir(), 'reprieve-pgbench-'))
  const script = join(folder, 'write-rows.sql')
  writeFileSync(script, scriptOf(rowsPerTransaction))
  return {
    run: async (clients, seconds) => {
      const load = ['-n', '-M', 'extended', '-c', String(clients), '-T', String(seconds)]
      const { stdout } = await runFile(program, [...load, '-f', script, url])
      const tps = /^tps = ([\d.]+)/m.exec(stdout)?.[1]
      if (tps === undefined) throw new Error(`pgbench said no rate:\n${stdout}`)
      return Number(tps)
    },
    close: async () => {
      rmSync(folder, { recursive: true, force: true })
      await sql.raw('drop table pgbench_old, pgbench_new').execute(database.db)
    },
  }
}

function scriptOf(rows: number): string {
  const updates = Math.floor(rows / 2)
  const lines = ['begin;']
  for (let row = 0; row < rows; row += 1) {
    lines.push(
      `\\set id${row} random(1, ${rowsInTable})`,
      row < updates
        ? `update pgbench_old set value = value + 1 where id = :id${row};`
        : `insert into pgbench_new values (:id${row}, :id${row}, repeat('y', 200));`,
    )
  }
  return `${[...lines, 'commit;'].join('\n')}\n`
}

function findProgram(): string {
  const root = '/usr/lib/postgresql'
  const versions = existsSync(root) ? readdirSync(root).toSorted().toReversed() : []
  const found = versions
    .map((each) => `${root}/${each}/bin/pgbench`)
    .find((path) => existsSync(path))
  if (found !== undefined) return found
  throw new Error('pgbench is not installed. On Debian or Ubuntu: apt-get install postgresql')
}
