/**
 * The child process that serves one storage account's blobs on a loopback port. It is told what to
 * serve over its parent's channel, and ends when that closes, however the parent ended.
 */
import { timingSafeEqual } from 'node:crypto'
import { createServer, get, type IncomingMessage, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { type BlobEngine, openBlobEngine } from './azurite.ts'
import {
  exitCodes,
  type FromChild,
  type OpenMessage,
  passHeader,
  type ToChild,
} from './blob-server-messages.ts'
import { takeFolderLock } from './folder-lock.ts'

const sweepEveryMs = 10 * 60_000

type Running = {
  readonly engine: BlobEngine
  readonly server: Server
  readonly release: () => void
}

let running: Running | null = null

process.on('disconnect', () => process.exit(exitCodes.parentGone))
process.on('message', (message: ToChild) => {
  handle(message).catch((error: unknown) => fail(exitCodes.failed, String(error)))
})

async function handle(message: ToChild): Promise<void> {
  if (message.type === 'open') running = await open(message)
  if (message.type === 'keys') {
    running?.engine.setKeys(message.keys)
    tell({ type: 'keysSet', request: message.request })
  }
  if (message.type === 'close') await close()
}

async function open({ folder, account, pass }: OpenMessage): Promise<Running | null> {
  const lock = takeFolderLock(folder)
  if (lock === null) {
    fail(exitCodes.lockHeld, `another process has the lock of ${folder}`)
    return null
  }
  let port = 0
  const readOwn = (path: string): Promise<number> =>
    new Promise((resolve, reject) => {
      const headers = { [passHeader]: pass, 'x-forwarded-proto': 'https' }
      get({ host: '127.0.0.1', port, path, headers }, (response) => {
        response.resume()
        resolve(response.statusCode ?? 500)
      }).on('error', reject)
    })
  const engine = await openBlobEngine({ folder, account, readOwn })
  const server = createServer({ requestTimeout: 0, keepAliveTimeout: 0 }, (request, response) => {
    // Any program on this machine can connect here; only the gateway may be heard.
    if (!knowsPass(request, pass)) {
      response.writeHead(403).end()
      return
    }
    delete request.headers[passHeader]
    // Azurite would take a GET with this header for the method that it names.
    delete request.headers['x-http-method']
    engine.app(request, response)
  })
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(0, '127.0.0.1', resolve)
  })
  port = (server.address() as AddressInfo).port
  tell({ type: 'ready', port })
  sweepRepeatedly(engine)
  return { engine, server, release: lock.release }
}

function knowsPass(request: IncomingMessage, pass: string): boolean {
  const given = Buffer.from(String(request.headers[passHeader] ?? ''))
  const wanted = Buffer.from(pass)
  return given.length === wanted.length && timingSafeEqual(given, wanted)
}

function sweepRepeatedly(engine: BlobEngine): void {
  const sweep = (): void => {
    engine
      .sweep(Date.now())
      .catch((error: unknown) => tell({ type: 'problem', message: `sweep: ${String(error)}` }))
      .finally(() => setTimeout(sweep, sweepEveryMs).unref())
  }
  sweep()
}

/** Ends at once when nothing is open; else after the metadata is closed. Nothing is in use then. */
async function close(): Promise<void> {
  running?.server.close()
  running?.server.closeAllConnections()
  await running?.engine.close()
  running?.release()
  process.exit(exitCodes.closed)
}

function tell(message: FromChild): void {
  if (process.connected) process.send?.(message)
}

function fail(code: number, message: string): void {
  if (!process.connected) process.exit(code)
  process.send?.({ type: 'failed', message } satisfies FromChild, () => process.exit(code))
}
