import { expect, test } from 'vitest'
import { findImpureRules, findWrongDirections } from './directions.ts'
import { findForbidden } from './forbidden.ts'
import {
  findBroken,
  findCycles,
  findTestsInProduct,
  findUnreached,
  readImports,
} from './imports.ts'
import {
  findDownloadHosts,
  findLicenceProblems,
  findLooseVersions,
  findMissingFromLock,
} from './package.ts'
import { findLongFiles, findLongFunctions, findLongLines } from './size.ts'
import { parseSource, type Source } from './source.ts'
import { findMachineWords, findSqlTime, findSwitchedOff, findUnfinished } from './text.ts'

/** Files by path, as the checks see a project. */
function project(files: { readonly [path: string]: string }): Source[] {
  return Object.entries(files).map(([path, text]) => parseSource(path, text))
}

test.each([
  'Date.now()',
  'new Date()',
  'Date()',
  'Math.random()',
  "import { randomUUID } from 'node:crypto'",
  'crypto.randomUUID()',
  'const f = crypto.randomBytes',
  'setTimeout(f, 1)',
  'globalThis.setInterval(f, 1)',
  "import { setTimeout as wait } from 'node:timers/promises'",
  'const x = process.env["A"]',
  "import { env } from 'node:process'",
  'console.log(1)',
])('a module may not: %s', (text) => {
  expect(findForbidden(project({ 'server/a.ts': text }), [])).toHaveLength(1)
})

test('a module may name a date, a word in a text and its own function of that name', () => {
  const text = `const a = new Date(5); const b = 'Date.now()'; clock.now(); timer.setTimeout(a, b)`
  expect(findForbidden(project({ 'server/a.ts': text }), [])).toEqual([])
})

test('a test may read the clock but neither sleep nor roll dice, wherever it stands', () => {
  for (const path of ['server/a.test.ts', 'tests/a.ts', 'server/x/testing/a.ts']) {
    const uses = 'Date.now(); process.env; console.log(1); Math.random(); setTimeout(f, 1)'
    expect(findForbidden(project({ [path]: uses }), []), path).toHaveLength(2)
  }
})

test('an entry allows one thing in one file, and fails when it is not needed', () => {
  const entry = { path: 'server/a.ts', what: 'clock', reason: 'it is the clock' } as const
  const files = project({ 'server/a.ts': 'Date.now()', 'server/b.ts': 'Date.now()' })
  expect(findForbidden(files, [entry])).toEqual([expect.stringContaining('server/b.ts:1')])
  expect(findForbidden(project({ 'server/a.ts': '' }), [entry])).toEqual([
    'tests/tidy/allowed.ts: server/a.ts uses no clock any more',
  ])
})

test.each([
  ['server/kernel/a.ts', '../offers/offer.ts'],
  ['api/a.ts', '../server/kernel/ids.ts'],
  ['cli/main.ts', '../server/main.ts'],
  ['cli/subscription/list.ts', '../../server/kernel/ids.ts'],
  ['server/a.ts', '../cli/main.ts'],
])('%s may not import %s', (path, imported) => {
  for (const text of [`import { a } from '${imported}'`, `export type { A } from '${imported}'`]) {
    expect(findWrongDirections(readImports(project({ [path]: text })))).toHaveLength(1)
  }
})

test.each([
  ['server/kernel/a.ts', "import { a } from './ids.ts'"],
  ['api/messages/en.ts', "import { a } from '../refusals.ts'"],
  ['cli/serve.ts', "await import('../server/main.ts')"],
  ['cli/subscription/list.ts', "import { a } from '../../api/client.ts'"],
  ['server/subscriptions/cancel.test.ts', "import { a } from './store.ts'"],
  ['server/wiring.ts', "import { a } from './subscriptions/store.ts'"],
])('%s may say: %s', (path, text) => {
  expect(findWrongDirections(readImports(project({ [path]: text })))).toEqual([])
})

test('a rule imports nothing that it is to be handed; what is built on it may', () => {
  const path = 'server/subscriptions/cancel.ts'
  const rule = 'export function decideCancel() {}\n'
  const findIn = (files: Source[]): string[] => findImpureRules(files, readImports(files))
  for (const name of ['./store.ts', './a.http.ts', './a.job.ts', '../database/values.ts']) {
    const reaching = `import type { A } from '${name}'\n`
    expect(findIn(project({ [path]: reaching + rule })), name).toHaveLength(1)
    expect(findIn(project({ [path]: `${reaching}export function cancel() {}` })), name).toEqual([])
  }
  const files = `import { readFileSync } from 'node:fs'\n${rule}`
  expect(findIn(project({ [path]: files }))).toHaveLength(1)
  expect(findIn(project({ [path]: `import { a } from './subscription.ts'\n${rule}` }))).toEqual([])
})

test('a circle is told once, and a file loaded later makes none', () => {
  const circle = project({
    'server/a.ts': "import { b } from './b.ts'",
    'server/b.ts': "export * from './c.ts'",
    'server/c.ts': "import type { A } from './a.ts'",
  })
  expect(findCycles(readImports(circle))).toEqual([
    'server/a.ts -> server/b.ts -> server/c.ts -> server/a.ts',
  ])
  const later = project({ 'a.ts': "import { b } from './b.ts'", 'b.ts': "import('./a.ts')" })
  expect(findCycles(readImports(later))).toEqual([])
})

test('a file that only unreached files import is unreached too', () => {
  const files = project({
    'cli/main.ts': "import { a } from './a.ts'; new URL('./child.main' + kind, import.meta.url)",
    'cli/a.ts': "type B = import('./b.ts').B",
    'cli/b.ts': '',
    'cli/child.main.ts': 'new URL(`./other.main.${kind}`, import.meta.url)',
    'cli/other.main.ts': '',
    'cli/lost.ts': "import { c } from './lost-too.ts'",
    'cli/lost-too.ts': '',
    'cli/kinds.d.ts': '',
  })
  const isEntryPoint = ({ path }: Source): boolean => path === 'cli/main.ts'
  const unreached = findUnreached(files, readImports(files), isEntryPoint)
  expect(unreached).toEqual(['cli/lost.ts', 'cli/lost-too.ts'])
})

test('an import that leads nowhere, and a test in the product, are found', () => {
  const files = project({
    'server/a.ts': "import './nowhere.ts'; import './a.test.ts'; import 'pg'",
    'server/a.test.ts': "import './a.ts'",
  })
  expect(findBroken(files, readImports(files)).map(({ to }) => to)).toEqual(['server/nowhere.ts'])
  const tests = findTestsInProduct(files, readImports(files))
  expect(tests.map(({ to }) => to)).toEqual(['server/a.test.ts'])
})

test('a long file, function or line is found at one past the limit, not at it', () => {
  const lines = (count: number): string => 'a\n'.repeat(count)
  const inFunction = (count: number): string => `const f = () => {\n${lines(count - 2)}}`
  const check = { 'a.ts': findLongFiles, 'b.ts': findLongFunctions, 'c.ts': findLongLines }
  const atLimit = { 'a.ts': lines(300), 'b.ts': inFunction(60), 'c.ts': `'${'x'.repeat(98)}'` }
  const beyond = { 'a.ts': lines(301), 'b.ts': inFunction(61), 'c.ts': `'${'x'.repeat(99)}'` }
  for (const path of ['a.ts', 'b.ts', 'c.ts'] as const) {
    expect(check[path](project({ [path]: atLimit[path] })), path).toEqual([])
    expect(check[path](project({ [path]: beyond[path] })), path).toHaveLength(1)
  }
  expect(
    findLongFunctions(project({ 'b.ts': `test.each([1])('story', () => {\n${lines(99)}})` })),
  ).toEqual([])
})

test('unfinished places and the places of one machine are found in any text', () => {
  for (const word of ['TO' + 'DO', 'FIX' + 'ME', 'XX' + 'X']) {
    expect(findUnfinished(project({ 'docs/a.md': `# ${word}: later` })), word).toHaveLength(1)
  }
  expect(findUnfinished(project({ 'docs/a.md': 'the todos of a person' }))).toEqual([])
  for (const place of ['/wo' + 'rk/main', 'https://registry.np' + 'mjs.org']) {
    expect(findMachineWords(project({ 'docs/a.md': `see ${place}` })), place).toHaveLength(1)
  }
  expect(findMachineWords(project({ 'docs/a.md': 'docs/work/main, at.work/x' }))).toEqual([])
})

test.each([
  'sql`update a set at = now()`',
  "db.raw('select CURRENT_TIMESTAMP')",
  'sql`select ${a}, gen_random_uuid()`',
])('SQL may not ask the database for time or dice: %s', (text) => {
  expect(findSqlTime(project({ 'server/a/store.ts': text }))).toHaveLength(1)
})

test('code that is called now is not SQL', () => {
  expect(findSqlTime(project({ 'server/a.ts': 'sql`select ${clock.now()}`' }))).toEqual([])
})

test.each([
  "test.skip('a', f)",
  "describe.only('a', f)",
  "test.skip.each([1])('a', f)",
  "test.each([1]).todo('a')",
  "test.skipIf(true)('a', f)",
  "test('a', { skip: true }, f)",
  "test('a', (context) => context.skip())",
])('a test that is switched off is found: %s', (text) => {
  expect(findSwitchedOff(project({ 'a.test.ts': text }))).toHaveLength(1)
})

test('a test that names what it needs is not switched off', () => {
  const text = "test('a', requires('swagger'), f); test('b', { timeout: 5 }, f); list.skip(1)"
  expect(findSwitchedOff(project({ 'a.test.ts': text }))).toEqual([])
})

test('a version that can change, a download host and a missing licence are found', () => {
  const files = project({
    'package.json':
      '{"license":"MIT","dependencies":{"a":"^1.0.0","b":"1.0.0"},"devDependencies":{"c":"*"}}',
    'package-lock.json': '{"packages": {}, "resolved": "https://example.org/a.tgz"}',
  })
  expect(findMissingFromLock(files)).toEqual([])
  expect(findLooseVersions(files)).toHaveLength(2)
  expect(findDownloadHosts(files)).toHaveLength(1)
  expect(findLicenceProblems(files)).toHaveLength(1)
})

test('a package that the lockfile asks for and does not hold is found', () => {
  const lock = (packages: object): Source[] =>
    project({ 'package-lock.json': JSON.stringify({ packages }) })
  const whole = {
    '': { dependencies: { a: '1.0.0' } },
    'node_modules/a': { dependencies: { b: '1', c: '1' }, optionalDependencies: { '@d/e': '1' } },
    'node_modules/a/node_modules/b': { dependencies: { c: '1', b2: '1' } },
    'node_modules/a/node_modules/b2': {},
    'node_modules/c': {},
    'node_modules/@d/e': {},
  }
  expect(findMissingFromLock(lock(whole))).toEqual([])
  const { 'node_modules/@d/e': _platform, 'node_modules/c': _shared, ...broken } = whole
  expect(findMissingFromLock(lock(broken))).toHaveLength(3)
  // What stands inside another package is out of reach.
  const inside = { '': { dependencies: { b: '1' } }, 'node_modules/a/node_modules/b': {} }
  expect(findMissingFromLock(lock(inside))).toHaveLength(1)
})
