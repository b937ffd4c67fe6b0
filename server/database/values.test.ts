import { sql } from 'kysely'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { Fault } from '../kernel/assert.ts'
import { instant } from '../kernel/instant.ts'
import { instantOf, instantOrNull, sqlStateOf } from './connection.ts'
import { type TestDatabase, openTestDatabase } from './testing/test-database.ts'

type Schema = {
  kinds: {
    id: number
    whole: bigint | number | null
    exact: string | null
    day: string | null
    bytes: Uint8Array | null
    document: unknown
    flag: boolean | null
    name: string | null
  }
}

let database: TestDatabase<Schema>

beforeAll(async () => {
  database = await openTestDatabase({
    migrations: [
      {
        name: '0001-kinds',
        sql: `create table kinds (
          id int4 primary key, whole int8, exact numeric, day date, bytes bytea,
          document jsonb, flag boolean, name text
        )`,
      },
    ],
  })
})
afterAll(() => database.close())

let lastId = 0

/** What comes back when it is written as a parameter, and what when it is written as an update. */
async function roundTrip<Column extends keyof Schema['kinds']>(
  column: Column,
  value: Schema['kinds'][Column],
): Promise<unknown> {
  lastId += 1
  const id = lastId
  await database.db
    .insertInto('kinds')
    .values({ id, [column]: value })
    .execute()
  const row = await database.db
    .selectFrom('kinds')
    .selectAll()
    .where('id', '=', id)
    .executeTakeFirstOrThrow()
  return row[column]
}

async function one<T>(expression: string): Promise<T | undefined> {
  const { rows } = await sql<{ value: T }>`select ${sql.raw(expression)} as value`.execute(
    database.db,
  )
  return rows[0]?.value
}

test('int8 comes out as a bigint, small and large, and from count and sum', async () => {
  expect(await roundTrip('whole', 7)).toBe(7n)
  expect(await roundTrip('whole', 2n ** 63n - 1n)).toBe(2n ** 63n - 1n)
  expect(await roundTrip('whole', -(2n ** 63n))).toBe(-(2n ** 63n))
  expect(await roundTrip('whole', null)).toBeNull()
  expect(await one('(select count(*) from generate_series(1, 3))')).toBe(3n)
})

test('an instant comes out as it went in', async () => {
  const at = instant(Date.parse('2026-11-01T12:34:56.789Z'))
  expect(instantOf((await roundTrip('whole', at)) as bigint)).toBe(at)
  const early = instant(Date.parse('0001-01-01T00:00:00Z'))
  expect(instantOf((await roundTrip('whole', early)) as bigint)).toBe(early)
  expect(instantOrNull((await roundTrip('whole', null)) as bigint | null)).toBeNull()
  expect(() => instantOf(2n ** 60n)).toThrow(RangeError)
})

test('numeric keeps every digit', async () => {
  const digits = '12345678901234567890.123456789012345678900'
  expect(await roundTrip('exact', digits)).toBe(digits)
  expect(await one('(select sum(x) from generate_series(1::int8, 3) x)')).toBe('6')
})

test('a date is its own text, in no zone', async () => {
  expect(await roundTrip('day', '2024-02-29')).toBe('2024-02-29')
  expect(await roundTrip('day', '0001-01-01')).toBe('0001-01-01')
  expect(await one("timestamptz '2024-02-29 12:00+02'")).toBe('2024-02-29 10:00:00+00')
})

test('bytes come out as a plain Uint8Array of their own memory', async () => {
  const bytes = Uint8Array.from({ length: 256 }, (_, index) => index)
  const found = (await roundTrip('bytes', bytes)) as Uint8Array
  expect(found).toEqual(bytes)
  expect(found.constructor).toBe(Uint8Array)
  expect(found.buffer.byteLength).toBe(256)
  expect(await roundTrip('bytes', new Uint8Array(0))).toEqual(new Uint8Array(0))
  // A window on a larger buffer, as Buffer.from makes them.
  expect(await roundTrip('bytes', Buffer.from('äß'))).toEqual(new Uint8Array(Buffer.from('äß')))
})

test.each([
  ['text', 'a "quoted" \\ text'],
  ['text that looks like JSON', '{"a":1}'],
  ['null', null],
  ['an array', [1, 'two', null, [3], { four: [] }]],
  ['an empty array', []],
  ['an empty object', {}],
  ['nested objects', { a: { b: { c: [{ d: 'e' }] } } }],
  ['numbers', [0, -1, 1.5, 1e21, 123456789012]],
  ['unicode', { Ünï: '𝄞 日本 \n\t\u2028 emoji 👩‍👩‍👧' }],
  ['booleans', [true, false]],
])('jsonb keeps %s', async (_name, value) => {
  expect(await roundTrip('document', JSON.stringify(value))).toEqual(value)
})

test('an absent document is not the document null', async () => {
  const isNull = (id: number): Promise<boolean | undefined> =>
    one(`(select document is null from kinds where id = ${id})`)
  await roundTrip('document', null)
  expect(await isNull(lastId)).toBe(true)
  await roundTrip('document', 'null')
  expect(await isNull(lastId)).toBe(false)
})

test('text keeps what is between its ends, and booleans are booleans', async () => {
  expect(await roundTrip('name', " '' \\ $1 \n 𝄞 ")).toBe(" '' \\ $1 \n 𝄞 ")
  expect(await roundTrip('name', '')).toBe('')
  expect(await roundTrip('flag', true)).toBe(true)
  expect(await roundTrip('flag', false)).toBe(false)
  expect(await one("float8 '1.5'")).toBe(1.5)
  expect(await one("uuid '0188a3c2-0000-4000-8000-00000000000a'")).toBe(
    '0188a3c2-0000-4000-8000-00000000000a',
  )
})

test('a list can be asked for with any()', async () => {
  const names = ['plain', 'with "quotes"', 'back\\slash', 'comma, brace } 日本', '', 'NULL']
  for (const name of names) await roundTrip('name', name)
  const { rows } = await sql<{ name: string }>`
    select distinct name from kinds where name = any(${names}::text[])`.execute(database.db)
  expect(rows.map(({ name }) => name).sort()).toEqual([...names].sort())
  const none = await sql`select 1 from kinds where id = any(${[]}::int4[])`.execute(database.db)
  expect(none.rows).toEqual([])
})

test.each([
  ['undefined', undefined],
  ['an object', { a: 1 }],
  ['a date', new Date(0)],
  ['not a number', Number.NaN],
  ['an array of bytes', [new Uint8Array(1)]],
])('%s is no value for the database', async (_name, value) => {
  await expect(sql`select ${value}::text`.execute(database.db)).rejects.toThrow(Fault)
})

test('what a text may not hold is refused, and the connection works on', async () => {
  const withZero = JSON.stringify('a\0b')
  const refused = await roundTrip('document', withZero).catch(sqlStateOf)
  expect(refused).toBe('22P05')
  expect(await roundTrip('whole', 1)).toBe(1n)
})

test('an error of the database has its SQLSTATE and never the values of the statement', async () => {
  await roundTrip('name', 'first')
  const values = { id: lastId, name: 'the-secret' }
  const error = await database.db
    .insertInto('kinds')
    .values(values as never)
    .execute()
    .catch((thrown: unknown) => thrown)
  expect(sqlStateOf(error)).toBe('23505')
  expect(error).toMatchObject({ constraint: 'kinds_pkey', table: 'kinds' })
  expect(JSON.stringify(error, Object.getOwnPropertyNames(error))).not.toContain('the-secret')
})

test('changes are counted', async () => {
  await roundTrip('name', 'counted')
  const changed = await database.db
    .updateTable('kinds')
    .set({ name: 'counted again' })
    .where('name', '=', 'counted')
    .executeTakeFirstOrThrow()
  expect(changed.numUpdatedRows).toBe(1n)
  const removed = await database.db
    .deleteFrom('kinds')
    .where('name', '=', 'nobody')
    .executeTakeFirstOrThrow()
  expect(removed.numDeletedRows).toBe(0n)
})
