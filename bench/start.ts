import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { pause } from '../tests/kill/pause.ts'
import { median, table } from './figures.ts'

/**
 * `npm run bench:start`: how long `npm start` takes until `/readyz` says so, the first time and
 * then again on the same data folder, how much memory the idle server holds, and how long it takes
 * to end after SIGTERM.
 */
const launcher = fileURLToPath(new URL('../bin/reprieve.js', import.meta.url))
const idleMs = 3_000

type Figures = { readonly readyMs: number; readonly memoryMb: number; readonly endMs: number }

async function main(): Promise<void> {
  const { values } = parseArgs({ options: { times: { type: 'string', default: '5' } } })
  const first: Figures[] = []
  const second: Figures[] = []
  for (let time = 0; time < Number(values.times); time += 1) {
    const folder = mkdtempSync(join(tmpdir(), 'reprieve-start-'))
    try {
      first.push(await startOnce(folder))
      second.push(await startOnce(folder))
    } finally {
      rmSync(folder, { recursive: true, force: true })
    }
  }
  const row = (name: string, all: readonly Figures[]): readonly string[] => [
    name,
    `${median(all.map(({ readyMs }) => readyMs)).toFixed(0)} ms`,
    `${median(all.map(({ memoryMb }) => memoryMb)).toFixed(0)} MB`,
    `${median(all.map(({ endMs }) => endMs)).toFixed(0)} ms`,
  ]
  const head = ['', 'until ready', 'memory when idle', 'until ended']
  process.stdout.write(`${table([head, row('first start', first), row('second', second)])}\n`)
}

async function startOnce(folder: string): Promise<Figures> {
  const ports = ['--http-port', '0', '--https-port', '0', '--blob-port', '0']
  const startedAt = performance.now()
  const server = spawn(process.execPath, [launcher, 'serve', '--data', folder, ...ports], {
    stdio: ['ignore', 'ignore', 'inherit'],
  })
  try {
    await untilReady(server, folder)
    const readyMs = performance.now() - startedAt
    await pause(idleMs)
    const memoryMb = memoryOf(server.pid ?? 0)
    const endedAt = performance.now()
    const ended = once(server, 'exit')
    server.kill('SIGTERM')
    await ended
    return { readyMs, memoryMb, endMs: performance.now() - endedAt }
  } finally {
    server.kill('SIGKILL')
  }
}

async function untilReady(server: ChildProcess, folder: string): Promise<void> {
  for (;;) {
    const end = server.exitCode ?? server.signalCode
    if (end !== null) throw new Error(`the server ended before it was ready: ${end}`)
    if (await isReady(folder)) return
    await pause(10)
  }
}

async function isReady(folder: string): Promise<boolean> {
  try {
    const text = readFileSync(join(folder, 'server.json'), 'utf8')
    const { httpUrl } = JSON.parse(text) as { readonly httpUrl: string }
    return (await fetch(`${httpUrl}/readyz`)).status === 200
  } catch {
    // It does not listen yet.
    return false
  }
}

/** Resident, of the server's own process. */
function memoryOf(pid: number): number {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8')
  return Number(/^VmRSS:\s+(\d+) kB/m.exec(status)?.[1]) / 1024
}

await main()
