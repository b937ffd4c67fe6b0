import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { delimiter, join, sep } from 'node:path'
import { pathToFileURL } from 'node:url'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, test } from 'vitest'

const project = join(import.meta.dirname, '..', '..')
const run = promisify(execFile)
let folder: string
let packed: readonly string[]

/** As on a customer's machine: none of the project's programs, so Node is the machine's own. */
function customerEnvironment(): NodeJS.ProcessEnv {
  const folders = (process.env['PATH'] ?? '').split(delimiter)
  const outside = folders.filter((path) => !path.includes(`${sep}node_modules${sep}`))
  const ours = Object.keys(process.env).filter((name) =>
    /^(npm_|REPRIEVE_|VITEST|NODE_)/i.test(name),
  )
  const environment: NodeJS.ProcessEnv = { ...process.env, PATH: outside.join(delimiter) }
  for (const name of ours) delete environment[name]
  return environment
}

async function inFolder(command: string, ...args: string[]): Promise<string> {
  const { stdout } = await run(command, args, { cwd: folder, env: customerEnvironment() })
  return stdout
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'reprieve-pack-'))
  const { stdout } = await run(
    'npm',
    ['pack', '--json', '--foreground-scripts=false', '--pack-destination', folder],
    { cwd: project },
  )
  // npm prints one entry per package: a list in some versions, a record by name in others.
  const [description] = Object.values(JSON.parse(stdout) as Record<string, Packed>)
  packed = description!.files.map(({ path }) => path)
  await writeFile(join(folder, 'package.json'), '{"name":"customer","type":"module"}')
  await inFolder('npm', 'install', '--prefer-offline', join(folder, description!.filename))
}, 300_000)

type Packed = { readonly filename: string; readonly files: readonly { readonly path: string }[] }

afterAll(() => rm(folder, { recursive: true, force: true }))

test('the package holds what was built and no source, test or setting', () => {
  expect(packed).toEqual(
    expect.arrayContaining(['LICENSE', 'README.md', 'bin/reprieve.js', 'dist/cli/main.js']),
  )
  const strangers = packed.filter(
    (path) => !/^(dist\/.*|bin\/.*\.js|LICENSE|README\.md|package\.json)$/.test(path),
  )
  expect(strangers).toEqual([])
  expect(packed.filter((path) => /\.test\.|-fixture\.|\.map$|(?<!\.d)\.ts$/.test(path))).toEqual([])
})

test('the command runs in an empty folder after a plain install', async () => {
  expect(await inFolder('npx', '--no-install', 'reprieve', '--help')).toMatch(/serve/)
})

test('a test suite can import the server, with types', async () => {
  await writeFile(
    join(folder, 'use.ts'),
    `import { start } from 'reprieve/testing'
     const running: ReturnType<typeof start> = start()
     // @ts-expect-error a name that is not there: the types are read, not taken for any.
     void running.nothingOfThatName
     type AnyWouldPass = 0 extends 1 & typeof start ? never : true
     export const known: AnyWouldPass = true`,
  )
  const compiler = join(project, 'node_modules', 'typescript', 'bin', 'tsc')
  const types = join(project, 'node_modules', '@types')
  const settings = ['--strict', '--skipLibCheck', '--module', 'nodenext', '--noEmit']
  await run(
    process.execPath,
    [
      compiler,
      ...settings,
      '--target',
      'es2024',
      '--lib',
      'es2024,esnext',
      '--typeRoots',
      types,
      '--types',
      'node',
      'use.ts',
    ],
    { cwd: folder },
  )
  const script = `import('reprieve/testing').then(({ start }) => console.log(typeof start))`
  const { stdout } = await run(process.execPath, ['--eval', script], { cwd: folder })
  expect(stdout.trim()).toBe('function')
})

test('every file that a built module names beside itself was packed with it', async () => {
  const built = join(folder, 'node_modules', 'reprieve', 'dist')
  const scripts = (await readdir(built, { recursive: true })).filter((path) => path.endsWith('.js'))
  const missing: string[] = []
  for (const script of scripts) {
    const source = await readFile(join(built, script), 'utf8')
    // A path ending in `.ts` is right in a checkout and names nothing in the package.
    for (const [, path] of source.matchAll(/new URL\(\s*['"`](\.[^'"`$]*)['"`]/g)) {
      const target = new URL(path!, pathToFileURL(join(built, script)))
      if (!existsSync(target)) missing.push(`${script}: ${path}`)
    }
  }
  expect(scripts).toContain(join('cli', 'main.js'))
  expect(missing).toEqual([])
})
