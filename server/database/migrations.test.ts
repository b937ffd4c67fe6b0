import { sql } from 'kysely'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { requires } from '../../tests/requirements.ts'
import { Fault } from '../kernel/assert.ts'
import { StartRefused } from './connection.ts'
import { checksumOfAll, migrate, schemaVersionOf } from './migrations.ts'
import { type TestDatabase, openTestDatabase, testInstant } from './testing/test-database.ts'

const first = {
  name: '0001-first',
  sql: `create table first (id int4 primary key); -- a comment; with a semicolon
    insert into first values (1);
    create function one() returns int4 language sql as $$ select 1; $$`,
}
const second = {
  name: '0002-second',
  sql: 'create table second (id int4); insert into first values (2)',
}
const broken = { name: '0002-second', sql: 'create table second (id int4); select 1 / 0' }

let database: TestDatabase<{ first: { id: number } }>

beforeEach(async () => {
  database = await openTestDatabase()
})
afterEach(() => database.close())

async function firsts(): Promise<number[]> {
  const rows = await database.db.selectFrom('first').select('id').orderBy('id').execute()
  return rows.map(({ id }) => id)
}

test('every step is applied once, in order, and the later ones later', async () => {
  expect(await migrate(database, [first], testInstant)).toEqual(['0001-first'])
  expect(await migrate(database, [first, second], testInstant)).toEqual(['0002-second'])
  expect(await migrate(database, [first, second], testInstant)).toEqual([])
  expect(await firsts()).toEqual([1, 2])
  const recorded =
    await sql`select number, name, applied_at from reprieve_migrations order by 1`.execute(
      database.db,
    )
  expect(recorded.rows).toEqual([
    { number: 1, name: '0001-first', applied_at: BigInt(testInstant) },
    { number: 2, name: '0002-second', applied_at: BigInt(testInstant) },
  ])
})

test('a step that fails leaves nothing behind, and the ones before it stay', async () => {
  await expect(migrate(database, [first, broken], testInstant)).rejects.toMatchObject({
    code: '22012',
  })
  expect(await migrate(database, [first, second], testInstant)).toEqual(['0002-second'])
})

test('line ends do not count as a change', async () => {
  await migrate(database, [first], testInstant)
  const windows = { ...first, sql: first.sql.replaceAll('\n', '\r\n') }
  expect(await migrate(database, [windows], testInstant)).toEqual([])
})

test('a step that was changed after it was applied is refused', async () => {
  await migrate(database, [first, second], testInstant)
  const altered = { ...first, sql: `${first.sql};` }
  const refused = migrate(database, [altered, second], testInstant)
  await expect(refused).rejects.toThrow(StartRefused)
  await expect(refused).rejects.toThrow(/Step 1 .*"0001-first".*altered/)
  const renamed = migrate(database, [first, { ...second, name: '0002-other' }], testInstant)
  await expect(renamed).rejects.toThrow(/Step 2/)
})

test('a database of a newer program is refused, unchanged', async () => {
  await migrate(database, [first, second], testInstant)
  await expect(migrate(database, [first], testInstant)).rejects.toThrow(
    /brought to "0002-second" by a newer Reprieve; this one knows 1 steps/,
  )
  expect(await firsts()).toEqual([1, 2])
})

test('a list with a gap or a wrong number is a fault before anything is done', async () => {
  const gap = [first, { ...second, name: '0003-third' }]
  await expect(migrate(database, gap, testInstant)).rejects.toThrow(Fault)
  const tables = await sql`select 1 from pg_tables where tablename = 'first'`.execute(database.db)
  expect(tables.rows).toEqual([])
})

test('lists are told apart by their texts', () => {
  expect(checksumOfAll([first])).not.toBe(checksumOfAll([first, second]))
  expect(checksumOfAll([first, second])).not.toBe(checksumOfAll([first, broken]))
  expect(schemaVersionOf([first, second])).toBe(2)
})

test('nodes that start together take turns', requires('postgresql'), async () => {
  const nodes = await Promise.all(Array.from({ length: 5 }, () => database.openAnother()))
  try {
    const applied = await Promise.all(
      nodes.map((node) => migrate(node, [first, second], testInstant)),
    )
    expect(applied.flat().sort()).toEqual(['0001-first', '0002-second'])
    expect(await firsts()).toEqual([1, 2])
  } finally {
    await Promise.all(nodes.map((node) => node.close()))
  }
})
