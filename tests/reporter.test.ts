import { execFile } from 'node:child_process'
import { mkdtemp, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { formatTotals } from './reporter.ts'

const here = import.meta.dirname
let folder: string

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'reprieve-reporter-'))
  await symlink(join(here, '..', 'node_modules'), join(folder, 'node_modules'))
  await writeFile(join(folder, 'package.json'), '{"type":"module"}')
  await writeFile(
    join(folder, 'vitest.config.ts'),
    `import { countTotals, formatTotals, leftOutReporter } from '${here}/reporter.ts'
     import { requirementTags } from '${here}/requirements.ts'
     const totals = { onTestRunEnd: (modules, errors) =>
       console.log('TOTALS ' + formatTotals(countTotals(modules, errors.length))) }
     export default { test: { tags: requirementTags, include: ['*.test.ts'], maxWorkers: 1,
       experimental: { viteModuleRunner: false }, reporters: [leftOutReporter, totals] } }`,
  )
})

afterEach(() => rm(folder, { recursive: true, force: true }))

async function runSuite(source: string): Promise<{ exitCode: number; output: string }> {
  const imports = `import { beforeAll, describe, expect, test } from 'vitest'
    import { requires } from '${here}/requirements.ts'\n`
  await writeFile(join(folder, 'sample.test.ts'), imports + source)
  const vitest = join(here, '..', 'node_modules', 'vitest', 'vitest.mjs')
  // Not there, wherever the suite that runs this one finds its own.
  const environment = { ...process.env, REPRIEVE_SWAGGER: join(folder, 'none') }
  return new Promise((resolve) => {
    execFile(
      process.execPath,
      [vitest, 'run', '--root', folder],
      { env: { ...environment, NO_COLOR: '1' } },
      (error, stdout, stderr) => {
        resolve({ exitCode: error === null ? 0 : Number(error.code), output: stdout + stderr })
      },
    )
  })
}

test('a test whose requirement is not met is left out, counted and named', async () => {
  const { exitCode, output } = await runSuite(`
    test('one', requires('swagger'), () => { throw new Error('ran') })
    describe('several', requires('swagger'), () => {
      beforeAll(() => { throw new Error('its hooks do not run either') })
      test('two', () => {})
    })
    test('three', () => {})`)
  expect(output).toContain('swagger: 2 tests. To run them: set REPRIEVE_SWAGGER')
  expect(output).toContain('TOTALS 1 passed, 0 failed, 2 skipped')
  expect(exitCode).toBe(0)
})

test('a test left out without a named requirement is shown with its name', async () => {
  const { output } = await runSuite(`
    test.${'skip'}('unexplained', () => {})
    test('other', () => {})`)
  expect(output).toMatch(/no requirement named: sample\.test\.ts: unexplained/)
})

test('two tests of one name in one file fail the run', async () => {
  const { exitCode, output } = await runSuite(`
    describe('a', () => { test('same', () => {}); test('same', () => {}) })
    describe('b', () => { test('same', () => {}) })`)
  expect(output).toContain('sample.test.ts: a > same')
  expect(output).not.toContain('b > same')
  expect(output).toContain('TOTALS 3 passed, 1 failed')
  expect(exitCode).toBe(1)
})

test('failures of tests, hooks, imports and stray promises all count as failed', async () => {
  const failing = await runSuite(`test('fails', () => expect(1).toBe(2))`)
  expect(failing.output).toContain('TOTALS 0 passed, 1 failed')

  const hook = await runSuite(`beforeAll(() => { throw new Error('hook') }); test('t', () => {})`)
  expect(hook.output).toContain('TOTALS 0 passed, 1 failed')

  const unreadable = await runSuite(`import './missing.ts'`)
  expect(unreadable.output).toContain('TOTALS 0 passed, 1 failed')

  const stray = await runSuite(`test('t', () => { void Promise.reject(new Error('stray')) })`)
  expect(stray.output).toContain('TOTALS 1 passed, 1 failed')
  for (const { exitCode } of [failing, hook, unreadable, stray]) expect(exitCode).toBe(1)
})

test('the totals name what was skipped only when something was', () => {
  expect(formatTotals({ passed: 3, failed: 0, skipped: 0 })).toBe('3 passed, 0 failed')
  expect(formatTotals({ passed: 3, failed: 1, skipped: 2 })).toBe('3 passed, 1 failed, 2 skipped')
})
