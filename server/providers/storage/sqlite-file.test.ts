import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { openSqliteFile, type SqliteFile } from './sqlite-file.ts'
import { createWriteTurns } from './write-turns.ts'

let folder: string
let file: SqliteFile

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'reprieve-sqlite-'))
  file = openSqliteFile(join(folder, 'test.sqlite'))
  await file.run({}, 'CREATE TABLE t (name TEXT PRIMARY KEY)', [])
})

afterEach(async () => {
  file.close()
  await rm(folder, { recursive: true })
})

const names = async (): Promise<unknown[]> =>
  (await file.run({}, 'SELECT name FROM t ORDER BY name', [])).rows.map(({ name }) => name)

test('a write waits for the transaction before it, a read does not and sees the last commit', async () => {
  const one = {}
  await file.run(one, 'BEGIN DEFERRED TRANSACTION;', [])
  await file.run(one, 'INSERT INTO t VALUES ($1)', { $1: 'first' })
  let done = false
  const second = file.run({}, 'INSERT INTO t VALUES ($1)', { $1: 'second' }).then(() => {
    done = true
  })
  expect(await names()).toEqual([])
  expect(done).toBe(false)
  await file.run(one, 'COMMIT;', [])
  await second
  expect(await names()).toEqual(['first', 'second'])
})

test('two transactions that both read and then write both succeed', async () => {
  const add = async (name: string): Promise<void> => {
    const session = {}
    await file.run(session, 'BEGIN DEFERRED TRANSACTION;', [])
    const { rows } = await file.run(session, 'SELECT COUNT(*) AS n FROM t', [])
    await file.run(session, 'INSERT INTO t VALUES ($1)', {
      $1: `${name}-after-${Number(rows[0]?.['n'])}`,
    })
    await file.run(session, 'COMMIT;', [])
  }
  await Promise.all([add('a'), add('b'), add('c')])
  expect(await names()).toEqual(['a-after-0', 'b-after-1', 'c-after-2'])
})

test('a session that leaves without a commit changes nothing and blocks nobody', async () => {
  const one = {}
  await file.run(one, 'BEGIN DEFERRED TRANSACTION;', [])
  await file.run(one, 'INSERT INTO t VALUES ($1)', { $1: 'lost' })
  file.leave(one)
  await file.run({}, 'INSERT INTO t VALUES ($1)', { $1: 'kept' })
  expect(await names()).toEqual(['kept'])
})

test('a commit that fails rolls back and frees the turn', async () => {
  await file.run(
    {},
    'CREATE TABLE child (parent TEXT REFERENCES t(name) DEFERRABLE INITIALLY DEFERRED)',
    [],
  )
  const one = {}
  await file.run(one, 'BEGIN DEFERRED TRANSACTION;', [])
  await file.run(one, 'INSERT INTO t VALUES ($1)', { $1: 'lost' })
  await file.run(one, 'INSERT INTO child VALUES ($1)', { $1: 'nobody' })
  await expect(file.run(one, 'COMMIT;', [])).rejects.toThrow('FOREIGN KEY constraint failed')
  await file.run({}, 'INSERT INTO t VALUES ($1)', { $1: 'next' })
  expect(await names()).toEqual(['next'])
})

test('LIKE takes a prefix as it is written: case, underscore and percent', async () => {
  for (const name of ['a_b/1', 'axb/1', 'A_B/1', 'a%/1']) {
    await file.run({}, 'INSERT INTO t VALUES ($1)', { $1: name })
  }
  const like = async (prefix: string): Promise<unknown[]> => {
    const found = await file.run({}, `SELECT name FROM t WHERE name LIKE '${prefix}%'`, [])
    return found.rows.map(({ name }) => name)
  }
  expect(await like('a_b/')).toEqual(['a_b/1'])
  expect(await like('a%/')).toEqual(['a%/1'])
  expect(await like('a')).toHaveLength(3)
})

test('turns are given in order, and one that waits too long is told so', async () => {
  const turns = createWriteTurns<object>(1)
  const [one, two] = [{}, {}]
  await turns.take(one)
  await expect(turns.take(two)).rejects.toThrow('SQLITE_BUSY')
  turns.give(one)
  await turns.take(two)
  expect(turns.isHeldBy(two)).toBe(true)
})
