import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { existsSync, readFileSync, readdirSync, rmSync } from 'node:fs'
import { chown, mkdtemp, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Client } from 'pg'

/** A PostgreSQL server of our own, with fsync on, that is gone without remains after `stop`. */
export type Cluster = {
  /** Of a superuser; stays the same through `restart`. */
  readonly url: string
  /** Everything of its own is in here. */
  readonly folder: string
  /** The process id of the running server's main process. */
  readonly pid: () => number
  /** SIGKILL to the server and all its processes; returns when they are gone. */
  readonly kill9: () => Promise<void>
  /**
   * Starts it again on the same folder, after `kill9` or instead of a stop; returns when it
   * answers.
   */
  readonly restart: () => Promise<void>
  /** Stops it in good order and removes its folder. */
  readonly stop: () => Promise<void>
}

export type ClusterSettings = {
  /** Lines of postgresql.conf, for example `max_connections = 20`. */
  readonly configuration?: readonly string[]
}

const startLimitMs = 60_000
const lookAgainMs = 25

/**
 * Makes and starts one from the server programs that are installed. They refuse to run as root:
 * then they run as the user `postgres`, or as `nobody`.
 */
export async function startCluster(settings: ClusterSettings = {}): Promise<Cluster> {
  const programs = findPrograms()
  const user = unprivilegedUser()
  const folder = await mkdtemp(join(tmpdir(), 'reprieve-postgres-'))
  const removeFolder = (): void => rmSync(folder, { recursive: true, force: true })
  try {
    if (user !== null) await chown(folder, user.uid, user.gid)
    const place: Place = {
      programs,
      user,
      folder,
      data: join(folder, 'data'),
      password: password(),
    }
    await makeFiles(place, await freePort(), settings.configuration ?? [])
    return await run(place, removeFolder)
  } catch (error) {
    removeFolder()
    throw error
  }
}

type User = { readonly uid: number; readonly gid: number }

type Place = {
  readonly programs: string
  readonly user: User | null
  readonly folder: string
  readonly data: string
  readonly password: string
}

async function run(place: Place, removeFolder: () => void): Promise<Cluster> {
  let server = startServer(place)
  const killNow = (): void => void killAll(server)
  // A run that ends early, by an error or a signal that it handles, leaves no server behind.
  process.on('exit', killNow)
  const url = urlOf(place)
  const stop = async (): Promise<void> => {
    process.off('exit', killNow)
    // "Fast": ends the sessions that are left, and writes everything.
    await end(server, 'SIGINT')
    removeFolder()
  }
  try {
    await waitUntilReady(server, url)
  } catch (error) {
    await stop()
    throw error
  }
  return {
    url,
    folder: place.folder,
    pid: () => server.pid ?? 0,
    kill9: async () => {
      const ended = hasEnded(server) ? null : once(server, 'exit')
      const processes = killAll(server)
      await ended
      await waitUntilGone(processes)
    },
    restart: async () => {
      await end(server, 'SIGINT')
      server = startServer(place)
      await waitUntilReady(server, url)
    },
    stop,
  }
}

async function makeFiles(
  place: Place,
  port: number,
  configuration: readonly string[],
): Promise<void> {
  const { programs, user, folder, data } = place
  const passwordFile = join(folder, 'password')
  await writeFile(passwordFile, place.password, { mode: 0o600 })
  if (user !== null) await chown(passwordFile, user.uid, user.gid)
  // Sorted as a language does, unlike the embedded engine: what relies on a sort order shows here.
  const language = ['--locale=C.UTF-8', '--locale-provider=icu', '--icu-locale=en']
  const access = ['--username=reprieve', '--auth=scram-sha-256', `--pwfile=${passwordFile}`]
  execFileSync(
    join(programs, 'initdb'),
    ['--no-sync', '--encoding=UTF8', ...language, ...access, '--pgdata', data],
    { cwd: folder, stdio: 'pipe', ...user },
  )
  rmSync(passwordFile)
  const lines = [
    "listen_addresses = '127.0.0.1'",
    `port = ${port}`,
    `unix_socket_directories = '${folder}'`,
    'fsync = on',
    'max_connections = 200',
    // Soon: the tests make deadlocks on purpose.
    'deadlock_timeout = 100ms',
    ...configuration,
  ]
  await writeFile(join(data, 'postgresql.auto.conf'), `${lines.join('\n')}\n`)
}

function startServer({ programs, user, folder, data }: Place): ChildProcess {
  // A session of its own: an interrupt typed at the terminal is for whoever started us, who stops
  // it.
  const server = spawn(join(programs, 'postgres'), ['-D', data], {
    cwd: folder,
    detached: true,
    stdio: ['ignore', 'ignore', 'pipe'],
    ...user,
  })
  let log = ''
  server.stderr?.setEncoding('utf8').on('data', (text: string) => {
    log = (log + text).slice(-20_000)
  })
  logs.set(server, () => log)
  if (server.pid !== undefined) endWithUs(server, server.pid, { user, folder })
  return server
}

/**
 * A run that is killed stops nothing itself. The pipe to this shell closes when we end, however we
 * end; a server that is stopped in good order ends the shell before.
 */
function endWithUs(
  server: ChildProcess,
  pid: number,
  { user, folder }: Pick<Place, 'user' | 'folder'>,
): void {
  const script = 'read -r line; kill -9 "$0"; rm -rf "$1"'
  const guard = spawn('/bin/sh', ['-c', script, String(pid), folder], {
    cwd: '/',
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
    ...user,
  })
  guard.unref()
  server.on('exit', () => guard.kill('SIGKILL'))
}

const logs = new WeakMap<ChildProcess, () => string>()

/** The server may need several tries: after a SIGKILL it waits for its memory to be let go. */
async function waitUntilReady(server: ChildProcess, url: string): Promise<void> {
  const deadline = performance.now() + startLimitMs
  for (;;) {
    if (hasEnded(server)) throw new Error(`PostgreSQL did not start:\n${logs.get(server)?.()}`)
    const client = new Client({ connectionString: url })
    try {
      await client.connect()
      await client.end()
      return
    } catch (error) {
      await client.end().catch(() => {})
      if (performance.now() > deadline) {
        throw new Error(`PostgreSQL did not answer:\n${logs.get(server)?.()}`, { cause: error })
      }
    }
    await lookAgain()
  }
}

async function end(server: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  if (hasEnded(server)) return
  const ended = once(server, 'exit')
  server.kill(signal)
  await ended
}

function hasEnded(server: ChildProcess): boolean {
  return server.exitCode !== null || server.signalCode !== null
}

/** Returns the processes that were sent the signal. */
function killAll(server: ChildProcess): number[] {
  const { pid } = server
  if (pid === undefined || hasEnded(server)) return []
  const processes = [pid, ...childrenOf(pid)]
  for (const each of processes) {
    try {
      process.kill(each, 'SIGKILL')
    } catch {
      // It has just ended by itself.
    }
  }
  return processes
}

function childrenOf(pid: number): number[] {
  const list = `/proc/${pid}/task/${pid}/children`
  if (!existsSync(list)) return []
  return readFileSync(list, 'utf8').split(' ').filter(Boolean).map(Number)
}

async function waitUntilGone(processes: readonly number[]): Promise<void> {
  while (processes.some((pid) => existsSync(`/proc/${pid}/stat`) && !isZombie(pid))) {
    await lookAgain()
  }
}

function isZombie(pid: number): boolean {
  try {
    return / Z /.test(readFileSync(`/proc/${pid}/stat`, 'utf8'))
  } catch {
    return true
  }
}

function lookAgain(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, lookAgainMs))
}

/** The newest that is installed, where Debian puts it. */
function findPrograms(): string {
  const root = '/usr/lib/postgresql'
  const versions = existsSync(root)
    ? readdirSync(root)
        .map(Number)
        .sort((a, b) => b - a)
    : []
  const newest = versions.find((version) => existsSync(`${root}/${version}/bin/initdb`))
  if (newest !== undefined) return `${root}/${newest}/bin`
  throw new Error(
    'No PostgreSQL server is installed. On Debian or Ubuntu: apt-get install postgresql',
  )
}

/** Null when we are not root: then it runs as ourselves. */
function unprivilegedUser(): User | null {
  if (process.getuid?.() !== 0) return null
  const users = readFileSync('/etc/passwd', 'utf8')
    .split('\n')
    .map((line) => line.split(':'))
  for (const wanted of ['postgres', 'nobody']) {
    const found = users.find(([name]) => name === wanted)
    if (found !== undefined) return { uid: Number(found[2]), gid: Number(found[3]) }
  }
  throw new Error('PostgreSQL refuses to run as root, and there is no user postgres or nobody')
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  server.close()
  await once(server, 'close')
  if (address === null || typeof address === 'string') throw new Error('no port was free')
  return address.port
}

function password(): string {
  return randomBytes(24).toString('hex')
}

function urlOf({ data, password: word }: Place): string {
  const settings = readFileSync(join(data, 'postgresql.auto.conf'), 'utf8')
  const port = /^port = (\d+)$/m.exec(settings)?.[1]
  return `postgres://reprieve:${word}@127.0.0.1:${port}/postgres`
}
