import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { sql } from 'kysely'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { type Database, StartRefused } from './connection.ts'
import { openDataFolder } from './data-folder.ts'
import { embeddedMajor, openEmbedded } from './pglite.ts'
import { filesFromTemplate } from './template.ts'
import { migratedFiles, testInstant, testRandom } from './testing/test-database.ts'

const writerProgram = join(import.meta.dirname, 'testing', 'writer.main.ts')
const common = { random: testRandom, log: () => {} }
let folder = ''

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'reprieve-pglite-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

async function withDatabase<T>(work: (database: Database<unknown>) => Promise<T>): Promise<T> {
  const dataFolder = openDataFolder({
    folder,
    program: { version: '0.0.0', schema: 0, engine: 'pglite', engineMajor: embeddedMajor },
    random: testRandom,
    now: testInstant,
  })
  try {
    const makeFiles = migratedFiles([])
    const database = await openEmbedded<unknown>({ ...common, dataFolder, makeFiles })
    try {
      return await work(database)
    } finally {
      await database.close()
    }
  } finally {
    dataFolder.close()
  }
}

function startWriter(...way: string[]): { child: ChildProcess; lines: AsyncIterator<string> } {
  const child = spawn(process.execPath, [writerProgram, folder, ...way], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const input = child.stdout as NodeJS.ReadableStream
  return { child, lines: createInterface({ input })[Symbol.asyncIterator]() }
}

/** Kills the writer once it has said so many lines, and returns the last number that it told. */
async function killAfter(count: number): Promise<number> {
  const { child, lines } = startWriter()
  const ended = once(child, 'exit')
  let last = 0
  let said = 0
  for (;;) {
    const line = await lines.next()
    if (line.done === true) break
    said += 1
    if (line.value !== 'folder') last = Number(line.value)
    // What it says after this was acknowledged as well, and counts.
    if (said === count) child.kill('SIGKILL')
  }
  expect(await ended).toEqual([null, 'SIGKILL'])
  return last
}

test('kill -9 under load loses nothing that was acknowledged and leaves no half', async () => {
  for (const count of [30, 120, 10, 250, 60]) {
    const acknowledged = await killAfter(count)
    await withDatabase(async ({ db }) => {
      const { rows } = await sql<{ last: bigint; count: bigint; whole: bigint }>`
        select max(number) as last, count(*), count(*) filter (where half = -number) as whole
        from written`.execute(db)
      const [found] = rows
      expect(Number(found?.last)).toBeGreaterThanOrEqual(acknowledged)
      expect(found?.count).toBe(found?.last)
      expect(found?.whole).toBe(found?.last)
    })
  }
})

test('a first start that is killed anywhere is followed by one that works', async () => {
  for (const waitFor of ['folder', 'unfinished', 'started']) {
    rmSync(folder, { recursive: true, force: true })
    mkdirSync(folder)
    const { child, lines } = startWriter('initdb')
    const ended = once(child, 'exit')
    expect((await lines.next()).value).toBe('folder')
    if (waitFor === 'unfinished') await untilNamed('database.unfinished')
    if (waitFor === 'started') await untilNamed('database')
    child.kill('SIGKILL')
    await ended
    await withDatabase((database) => database.ping())
    expect(readdirSync(folder)).not.toContain('database.unfinished')
  }
})

async function untilNamed(name: string): Promise<void> {
  while (!existsSync(join(folder, name))) await new Promise((resolve) => setImmediate(resolve))
}

test('a database that is gone is not replaced by an empty one', async () => {
  await withDatabase((database) => database.ping())
  rmSync(join(folder, 'database'), { recursive: true })
  const start = withDatabase((database) => database.ping())
  await expect(start).rejects.toThrow(StartRefused)
  await expect(start).rejects.toThrow(/had a database and its folder "database" is gone. Restore/)
})

test('what was written is there after a close and an open', async () => {
  await withDatabase(async ({ db }) => {
    await sql`create table kept (value text)`.execute(db)
    await sql`insert into kept values ('still here')`.execute(db)
  })
  await withDatabase(async ({ db }) => {
    const { rows } = await sql`select value from kept`.execute(db)
    expect(rows).toEqual([{ value: 'still here' }])
  })
})

test('close waits for what is under way, refuses what comes later, and can be repeated', async () => {
  await withDatabase(async (database) => {
    await sql`create table slow (value int4)`.execute(database.db)
    let go: () => void = () => {}
    const begun = new Promise<void>((beginning) => {
      const opened = database.transaction(async (tx) => {
        beginning()
        await new Promise<void>((resolve) => {
          go = resolve
        })
        await sql`insert into slow values (1)`.execute(tx)
      })
      results.push(opened)
    })
    await begun
    const closing = database.close()
    go()
    await Promise.all([...results, closing, database.close()])
    await expect(database.ping()).rejects.toThrow(/destroyed/)
  })
  await withDatabase(async ({ db }) => {
    expect((await sql`select * from slow`.execute(db)).rows).toEqual([{ value: 1 }])
  })
})

const results: Promise<void>[] = []

test('a template is made once, however many ask for it at the same time', async () => {
  let made = 0
  const cache = join(folder, 'cache')
  const makeFiles = filesFromTemplate({
    ...common,
    cache,
    contents: 'the same',
    fill: async ({ db }) => {
      made += 1
      await sql`create table filled (value int4)`.execute(db)
    },
  })
  const copies = ['a', 'b', 'c'].map((name) => join(folder, name))
  await Promise.all(copies.map(makeFiles))
  await makeFiles(join(folder, 'd'))
  expect(made).toBe(1)
  for (const copy of copies) expect(readdirSync(copy)).toContain('PG_VERSION')
  expect(readdirSync(cache).filter((name) => name.endsWith('.unfinished'))).toEqual([])
})

test('a template that was left half made is made anew', async () => {
  const cache = join(folder, 'cache')
  const failing = filesFromTemplate({
    ...common,
    cache,
    contents: 'x',
    fill: () => Promise.reject(new Error('killed')),
  })
  await expect(failing(join(folder, 'a'))).rejects.toThrow('killed')
  const [unfinished] = readdirSync(cache).filter((name) => name.endsWith('.unfinished'))
  expect(unfinished).toBeDefined()
  const working = filesFromTemplate({ ...common, cache, contents: 'x', fill: async () => {} })
  await working(join(folder, 'b'))
  expect(readdirSync(join(folder, 'b'))).toContain('PG_VERSION')
})
