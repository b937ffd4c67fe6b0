import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { commands } from './commands.ts'
import { runLine } from './surroundings-fixture.ts'

let folder: string

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'reprieve-cli-'))
})

afterAll(() => rmSync(folder, { recursive: true, force: true }))

test.each([
  [['--help'], 0],
  [['--version'], 0],
  [['help'], 0],
  [['help', 'demo', 'remove'], 0],
  [['help', 'subscription', 'nonsense'], 2],
  [['subscription', 'cancel', '--help'], 0],
  [['nonsense'], 2],
  [['subscription'], 2],
  [['subscription', 'show'], 2],
  [['subscription', 'show', 'a', 'b'], 2],
  [['subscription', 'list', '--no-such'], 2],
  [['subscription', 'list', '--output', 'xml'], 2],
  [['clock', 'advance', 'c'], 2],
  [['clock', 'advance', 'c', '--by', 'P1D', '--to', '2026-11-01T00:00:00Z'], 2],
  [['events', 'verify', 'a', '--tenant'], 2],
  [['storage', 'read', 'account/container'], 2],
  [['storage', 'write', 'a/b/c', '--from', 'x', '--text', 'y'], 2],
  [['login'], 2],
  [['login', '--from', 'x', '--tenant', 't'], 2],
  [['subscription', 'list'], 1],
])('%j ends with exit code %i', async (line, code) => {
  const outcome = await runLine(line, { folder })
  // A script that reads the output must not take an error for a result.
  const found = { code: outcome.code, output: outcome.output !== '', errors: outcome.errors !== '' }
  expect(found).toEqual({ code, output: code === 0, errors: code !== 0 })
})

test('help names every command', async () => {
  const { output } = await runLine(['--help'], { folder })
  for (const { name } of commands) expect(output).toContain(name.split(' ')[0])
  const noun = await runLine(['subscription', '--help'], { folder })
  for (const verb of ['create', 'list', 'show', 'plan', 'cancel', 'reactivate', 'delete']) {
    expect(noun.output).toContain(`${verb} `)
  }
})

test('an option of a command goes to it, not to the noun that is a command too', async () => {
  const outcome = await runLine(['demo', 'remove', '--output', 'nonsense'], { folder })
  expect(outcome.code).toBe(2)
  expect(outcome.errors).toContain('Allowed choices are table, json')
})

test.each(['subscription cancel', 'subscription', 'demo remove', 'login'])(
  'help for %s is what its --help shows',
  async (words) => {
    const help = await runLine(['help', ...words.split(' ')], { folder })
    const asked = await runLine([...words.split(' '), '--help'], { folder })
    expect(help.output).toBe(asked.output)
    expect(help.output).toContain(`Usage: reprieve ${words} `)
  },
)

test('the version is that of the package', async () => {
  const path = join(import.meta.dirname, '..', 'package.json')
  const { version } = JSON.parse(readFileSync(path, 'utf8')) as { version: string }
  expect((await runLine(['--version'], { folder })).output).toBe(`${version}\n`)
})

test('signing out twice is no error', async () => {
  expect(await runLine(['logout'], { folder })).toMatchObject({ code: 0 })
})
