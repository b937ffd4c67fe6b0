import { fstatSync, fsyncSync } from 'node:fs'
import { sql } from 'kysely'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { CommitUnknown, type Database, DatabaseUnavailable } from './connection.ts'
import { type DataFolder, openDataFolder } from './data-folder.ts'
import { embeddedMajor, openEmbedded } from './pglite.ts'
import { migratedFiles, testInstant, testRandom } from './testing/test-database.ts'

const rows = { name: '0001-rows', sql: 'create table rows (number int4 primary key)' }

let folder = ''
let dataFolder: DataFolder
let database: Database<{ rows: { number: number } }>
let synced: ('file' | 'folder')[] = []
let failure: Error | null = null

async function open(): Promise<void> {
  database = await openEmbedded({
    dataFolder,
    makeFiles: migratedFiles([rows]),
    random: testRandom,
    log: () => {},
    sync: (file) => {
      if (failure !== null) throw failure
      fsyncSync(file)
      synced.push(fstatSync(file).isDirectory() ? 'folder' : 'file')
    },
  })
}

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'reprieve-durable-'))
  dataFolder = openDataFolder({
    folder,
    program: { version: '0', schema: 1, engine: 'pglite', engineMajor: embeddedMajor },
    random: testRandom,
    now: testInstant,
  })
  failure = null
  await open()
  synced = []
})
afterEach(async () => {
  await database.close()
  dataFolder.close()
  rmSync(folder, { recursive: true, force: true })
})

async function insert(number: number): Promise<void> {
  await database.transaction((tx) => tx.insertInto('rows').values({ number }).execute())
}

async function numbers(): Promise<number[]> {
  const found = await database.db.selectFrom('rows').selectAll().orderBy('number').execute()
  return found.map(({ number }) => number)
}

describe('on the embedded engine', () => {
  test('every commit is synced before it is acknowledged, and a read is not', async () => {
    for (let number = 1; number <= 50; number += 1) {
      await insert(number)
      expect(synced.length, 'syncs after so many commits').toBeGreaterThanOrEqual(number)
    }
    const afterCommits = synced.length
    expect(afterCommits).toBeLessThan(60)
    await numbers()
    await database.ping()
    expect(synced.length).toBe(afterCommits)
  })

  test('a checkpoint syncs the files of the tables and the folders that name them', async () => {
    await insert(1)
    synced = []
    await sql`checkpoint`.execute(database.db)
    expect(synced.filter((kind) => kind === 'file').length).toBeGreaterThan(2)
    expect(synced).toContain('folder')
  })

  test('a commit that the disk refused is in doubt, and nothing is acknowledged after it', async () => {
    await insert(1)
    failure = Object.assign(new Error('EIO: i/o error, fsync'), { code: 'EIO' })
    await expect(insert(2)).rejects.toThrow(CommitUnknown)
    // The disk seems well again, but what it lost it may still not have.
    failure = null
    await expect(insert(3)).rejects.toThrow(DatabaseUnavailable)
    await expect(database.ping()).rejects.toThrow(/stopped after a failure; restart/)
    // In time, too: the engine itself would wait for ever here.
    await database.close()
    await open()
    const found = await numbers()
    expect(found.filter((number) => number !== 2)).toEqual([1])
    await insert(4)
  })

  test('a single statement that the disk refused is not acknowledged either', async () => {
    failure = Object.assign(new Error('ENOSPC: no space left on device'), { code: 'ENOSPC' })
    await expect(database.db.insertInto('rows').values({ number: 1 }).execute()).rejects.toThrow(
      DatabaseUnavailable,
    )
    failure = null
    await expect(numbers()).rejects.toThrow(DatabaseUnavailable)
  })
})
