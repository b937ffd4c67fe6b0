import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { type Instant, instant } from '../kernel/instant.ts'
import { StartRefused } from './connection.ts'
import { type DataFolder, openDataFolder } from './data-folder.ts'
import type { Program } from './folder-identity.ts'
import { testRandom } from './testing/test-database.ts'

const now: Instant = instant(Date.parse('2026-11-01T00:00:00Z'))
const program: Program = { version: '0.2.0', schema: 7, engine: 'pglite', engineMajor: 18 }
let folder = ''

beforeEach(() => {
  folder = join(mkdtempSync(join(tmpdir(), 'reprieve-folder-')), 'data')
})
afterEach(() => rmSync(join(folder, '..'), { recursive: true, force: true }))

function open(changed: Partial<Program> = {}): DataFolder {
  return openDataFolder({ folder, program: { ...program, ...changed }, random: testRandom, now })
}

function identityOf(change: object): void {
  const path = join(folder, 'reprieve.json')
  writeFileSync(path, JSON.stringify({ ...JSON.parse(readFileSync(path, 'utf8')), ...change }))
}

test('a new folder is made and keeps its identity from start to start', () => {
  const first = open()
  const { hostId } = first.identity()
  first.recordDatabaseMade()
  first.close()
  const second = open({ version: '0.3.0', schema: 9 })
  second.recordProgram()
  second.close()
  expect(JSON.parse(readFileSync(join(folder, 'reprieve.json'), 'utf8'))).toEqual({
    product: 'reprieve',
    version: '0.3.0',
    schema: 9,
    engine: 'pglite',
    engineMajor: 18,
    hostId,
    createdAt: '2026-11-01T00:00:00.000Z',
    databaseMade: true,
  })
})

test('a folder in use is refused', () => {
  const first = open()
  expect(() => open()).toThrow(/is in use by process \d+/)
  first.close()
  open().close()
})

test("somebody else's folder is refused, and nothing is written to it", () => {
  const parent = join(folder, '..')
  writeFileSync(join(parent, 'thesis.odt'), 'x')
  folder = parent
  expect(() => open()).toThrow(StartRefused)
  expect(() => open()).toThrow(/not empty.*thesis\.odt.*Choose an empty or a new folder/)
  expect(readdirSync(parent)).toEqual(['thesis.odt'])
  folder = join(parent, 'data')
})

test("the root of a fresh disk, with its lost+found, is nobody else's", () => {
  open().close()
  rmSync(join(folder, 'reprieve.json'))
  writeFileSync(join(folder, 'lost+found'), '')
  expect(open).not.toThrow()
})

test('a first start that was killed before the identity was complete can be repeated', () => {
  open().close()
  rmSync(join(folder, 'reprieve.json'))
  writeFileSync(join(folder, 'reprieve.json.new'), '{"product":"repr')
  writeFileSync(join(folder, 'lock-holder.json.new'), '{"p')
  const again = open()
  expect(again.identity().databaseMade).toBe(false)
  again.close()
})

test('a file is no data folder, and stays as it is', () => {
  const parent = join(folder, '..')
  folder = join(parent, 'notes.txt')
  writeFileSync(folder, 'x')
  expect(() => open()).toThrow(/notes\.txt is a file, not a folder.*--data/)
  expect(readFileSync(folder, 'utf8')).toBe('x')
  folder = join(parent, 'data')
})

test.each([
  [
    { version: '0.3.0', schema: 8 },
    /0\.3\.0, which is newer than this one \(0\.2\.0\).* is 8, .* up to 7\. Start version/,
  ],
  // Between two releases.
  [{ schema: 8 }, /a newer build of Reprieve 0\.2\.0: .* is 8.*Start that build or a later/],
  [{ engine: 'postgres', engineMajor: null }, /belongs to a PostgreSQL server/],
  [{ engineMajor: 17 }, /written by PostgreSQL 17.*contains PostgreSQL 18.*release notes/],
  [{ engineMajor: 19 }, /written by PostgreSQL 19/],
  [{ product: 'other' }, /damaged or not of Reprieve/],
  [{ hostId: '' }, /damaged/],
])('a folder with %o is refused with the way on', (change, text) => {
  open().close()
  identityOf(change)
  expect(() => open()).toThrow(text)
  // The refusal gave the lock back.
  identityOf({
    product: 'reprieve',
    version: '0.2.0',
    schema: 7,
    engine: 'pglite',
    engineMajor: 18,
    hostId: 'h',
  })
  open().close()
})

test('the folder of an embedded database is refused to a start with a server', () => {
  open().close()
  expect(() => open({ engine: 'postgres', engineMajor: null })).toThrow(
    /belongs to the embedded database. Start without --database/,
  )
})

test('a damaged identity is not overwritten', () => {
  open().close()
  writeFileSync(join(folder, 'reprieve.json'), '{"product":')
  expect(() => open()).toThrow(/damaged/)
  expect(readFileSync(join(folder, 'reprieve.json'), 'utf8')).toBe('{"product":')
})

test('a path that cannot be a folder is refused with the cause', () => {
  writeFileSync(join(folder, '..', 'file'), '')
  folder = join(folder, '..', 'file', 'data')
  expect(() => open()).toThrow(/cannot be used: .*ENOTDIR.*--data/)
  expect(existsSync(folder)).toBe(false)
  folder = join(folder, '..', '..', 'data')
})
