import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { start, type TestServer } from '../../testing/index.ts'
import { type Cluster, startCluster } from '../postgres/cluster.ts'
import { pause, waitFor } from './pause.ts'
import { childrenOf, isRunning, serversOn } from './processes.ts'
import { Violation } from './uncertain.ts'

export type Engine = 'pglite' | 'postgres'

/** A server on a data folder and a database of its own, to be killed and started again. */
export type Installation = {
  readonly dataFolder: string
  readonly cluster: Cluster | null
  readonly server: () => TestServer
  /** SIGKILL; returns when the server and all that it had started are gone. */
  readonly kill: () => Promise<void>
  readonly start: () => Promise<void>
  /** Starts it and kills it after so long, ready or not. */
  readonly startAndKill: (afterMs: number) => Promise<void>
  /** A second server on the same folder: it must refuse to start, saying why. */
  readonly startRival: () => Promise<void>
  /** Ends it in good order, and keeps the folder for another `start`. */
  readonly stop: () => Promise<void>
  readonly remove: () => Promise<void>
}

export type InstallationSettings = {
  readonly engine: Engine
  readonly logLevel: 'silent' | 'error' | 'warn'
}

/** How long what a killed server had started may take to notice. */
const childrenLimitMs = 5_000

export async function install({ engine, logLevel }: InstallationSettings): Promise<Installation> {
  const cluster = engine === 'postgres' ? await startCluster() : null
  const dataFolder = mkdtempSync(join(tmpdir(), 'reprieve-kill-'))
  const database = cluster === null ? {} : { database: cluster.url }
  let server: TestServer | null = null
  const begin = async (): Promise<void> => {
    server = await start({ ...database, dataFolder, logLevel })
  }
  const running = (): TestServer => {
    if (server === null) throw new Error('the server was not started')
    return server
  }
  const abandon = async (): Promise<void> => {
    await server?.client.close()
    server = null
  }
  const kill = async (): Promise<void> => {
    const killed = running()
    const children = childrenOf(killed.pid)
    await killed.kill()
    await abandon()
    await requireGone(children)
  }
  const stop = async (): Promise<void> => {
    if (server === null) return
    const children = childrenOf(server.pid)
    await server.close()
    server = null
    await requireGone(children)
  }
  return {
    dataFolder,
    cluster,
    server: running,
    kill,
    start: begin,
    startAndKill: async (afterMs) => {
      const started = begin().catch(() => {})
      await pause(afterMs)
      if (server !== null) return kill()
      for (const pid of serversOn(dataFolder)) process.kill(pid, 'SIGKILL')
      await started
      // It may have become ready in its last moment.
      await abandon()
    },
    startRival: () => refuseRival(dataFolder, cluster?.url ?? null),
    stop,
    remove: async () => {
      await stop()
      await cluster?.stop()
      rmSync(dataFolder, { recursive: true, force: true })
    },
  }
}

async function requireGone(children: readonly number[]): Promise<void> {
  const left = (): readonly number[] => children.filter(isRunning)
  const gone = await waitFor(() => (left().length === 0 ? true : null), childrenLimitMs, 5)
  if (gone === null)
    throw new Violation(`children of a killed server live on: ${left().join(', ')}`)
}

const launcher = fileURLToPath(new URL('../../bin/reprieve.js', import.meta.url))

async function refuseRival(dataFolder: string, databaseUrl: string | null): Promise<void> {
  const database = databaseUrl === null ? [] : ['--database', databaseUrl]
  const ports = ['--http-port', '0', '--https-port', '0', '--blob-port', '0']
  const place = ['serve', '--data', dataFolder, '--until-input-ends', ...ports, ...database]
  const rival = spawn(process.execPath, [launcher, ...place], {
    stdio: ['pipe', 'ignore', 'pipe'],
  })
  let said = ''
  rival.stderr.setEncoding('utf8').on('data', (text: string) => {
    said += text
  })
  const code = await new Promise<number | null>((resolve) => rival.on('exit', resolve))
  if (code === 1 && /^reprieve: .*folder.*\.$/s.test(said.trim())) return
  throw new Violation(`a second server on the same folder ended with ${code}: ${said}`)
}
