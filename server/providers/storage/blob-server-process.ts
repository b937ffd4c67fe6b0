import { type ChildProcess, fork } from 'node:child_process'
import { Agent } from 'node:http'
import { extname } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Keys } from './azurite.ts'
import { exitCodes, type FromChild, type ToChild } from './blob-server-messages.ts'

/** Where an open blob server listens, and how to be heard there. */
export type Origin = {
  readonly port: number
  readonly pass: string
  readonly agent: Agent
  readonly pid: number
}

export type BlobServerProcess = {
  readonly origin: Origin
  /** Resolves when the child knows the keys. */
  readonly setKeys: (keys: Keys) => Promise<void>
  /**
   * Asks it to close and kills it when that takes longer than `limitMs`. Resolves when it is gone.
   */
  readonly close: (limitMs: number) => Promise<void>
  readonly kill: () => Promise<void>
  /** Resolves with what it said at its end, never rejects. */
  readonly ended: Promise<string>
}

export class BlobServerStartError extends Error {
  override readonly name = 'BlobServerStartError'
  /** Another process holds the folder's lock: it may be about to end. */
  readonly lockHeld: boolean

  constructor(message: string, lockHeld: boolean) {
    super(message)
    this.lockHeld = lockHeld
  }
}

type Start = {
  readonly folder: string
  readonly account: { readonly name: string; readonly keys: Keys }
  readonly pass: string
  readonly limitMs: number
  readonly onProblem: (message: string) => void
}

/** The entry beside this file: TypeScript in a checkout, JavaScript in a package. */
const entry = fileURLToPath(
  new URL(`./blob-server.main${extname(new URL(import.meta.url).pathname)}`, import.meta.url),
)

/** Starts the process of one account. Throws {@link BlobServerStartError} when it does not open. */
export async function startBlobServer(start: Start): Promise<BlobServerProcess> {
  const child = fork(entry, [], {
    execPath: process.execPath,
    // Neither the parent's flags nor its environment: secrets of the control plane are none of its
    // business.
    execArgv: ['--disable-warning=DEP0040', '--disable-warning=ExperimentalWarning'],
    env: {},
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    serialization: 'json',
  })
  const said = collectErrors(child)
  const ended = new Promise<{ code: number | null; said: string }>((resolve) => {
    child.once('error', (error) => resolve({ code: null, said: error.message }))
    child.once('exit', (code, signal) => resolve({ code, said: `${signal ?? code} ${said()}` }))
  })
  const agent = new Agent({ keepAlive: true, maxSockets: Number.POSITIVE_INFINITY })
  void ended.then(() => agent.destroy())
  const port = await waitUntilReady(child, ended, start, said)
  const setKeys = keySetter(child, ended)

  const kill = async (): Promise<void> => {
    child.kill('SIGKILL')
    await ended
  }
  const close = async (limitMs: number): Promise<void> => {
    tell(child, { type: 'close' })
    // A real timer: a child that hangs must not hold up the shutdown of its parent.
    const timer = setTimeout(() => child.kill('SIGKILL'), limitMs)
    await ended
    clearTimeout(timer)
  }
  return {
    origin: { port, pass: start.pass, agent, pid: child.pid ?? 0 },
    setKeys,
    close,
    kill,
    ended: ended.then((end) => end.said),
  }
}

async function waitUntilReady(
  child: ChildProcess,
  ended: Promise<{ code: number | null; said: string }>,
  { folder, account, pass, limitMs, onProblem }: Start,
  said: () => string,
): Promise<number> {
  const ready = new Promise<number>((resolve) => {
    child.on('message', (message: FromChild) => {
      if (message.type === 'ready') resolve(message.port)
      if (message.type === 'problem' || message.type === 'failed') onProblem(message.message)
    })
  })
  tell(child, { type: 'open', folder, account, pass })
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<'late'>((resolve) => {
    timer = setTimeout(() => resolve('late'), limitMs)
  })
  const first = await Promise.race([ready, ended, late])
  clearTimeout(timer)
  if (typeof first === 'number') return first
  child.kill('SIGKILL')
  if (first === 'late') {
    await ended
    throw new BlobServerStartError(`did not open within ${limitMs} ms: ${said()}`, false)
  }
  throw new BlobServerStartError(
    `ended while opening: ${first.said}`,
    first.code === exitCodes.lockHeld,
  )
}

function keySetter(child: ChildProcess, ended: Promise<unknown>): (keys: Keys) => Promise<void> {
  let requests = 0
  return async (keys) => {
    const request = ++requests
    let listen: (message: FromChild) => void = () => undefined
    const known = new Promise<void>((resolve) => {
      listen = (message) => {
        if (message.type === 'keysSet' && message.request === request) resolve()
      }
      child.on('message', listen)
    })
    tell(child, { type: 'keys', request, keys })
    // One that ended opens with the new keys the next time.
    await Promise.race([known, ended])
    child.off('message', listen)
  }
}

function tell(child: ChildProcess, message: ToChild): void {
  // A closed channel means that the child is ending; `ended` tells the rest.
  if (child.connected) child.send(message, () => undefined)
}

const errorCharacters = 4_000

/** Keeps the last of what the child wrote to its error stream. */
function collectErrors(child: ChildProcess): () => string {
  let text = ''
  child.stderr?.setEncoding('utf8').on('data', (chunk: string) => {
    text = (text + chunk).slice(-errorCharacters)
  })
  return () => text.trim()
}
