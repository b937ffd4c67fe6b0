import { randomBytes, randomUUID } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { request } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { BlobServiceClient, newPipeline, StorageSharedKeyCredential } from '@azure/storage-blob'
import type { Random } from '../../kernel/ids.ts'
import type { Keys } from './azurite.ts'
import { passHeader } from './blob-server-messages.ts'
import type { Origin } from './blob-server-process.ts'
import { type BlobServers, createBlobServers } from './blob-servers.ts'

/** What the tests of this folder share. Nothing of the product imports it. */
export const testRandom: Random = {
  uuid: () => randomUUID(),
  bytes: (length) => randomBytes(length),
}

export function newKeys(): Keys {
  return [randomBytes(64).toString('base64'), randomBytes(64).toString('base64')]
}

export type TestServers = {
  readonly root: string
  readonly servers: BlobServers
  readonly events: string[]
  readonly dispose: () => Promise<void>
}

export async function startServers(
  more: { maxOpen?: number; idleMs?: number } = {},
): Promise<TestServers> {
  const root = await mkdtemp(join(tmpdir(), 'reprieve-storage-'))
  const events: string[] = []
  const servers = createBlobServers({
    root,
    maxOpen: more.maxOpen ?? 4,
    idleMs: more.idleMs ?? 60_000,
    startTimeoutMs: 30_000,
    random: testRandom,
    log: (event) => events.push(event),
  })
  const dispose = async (): Promise<void> => {
    await servers.stop()
    await rm(root, { recursive: true, force: true })
  }
  return { root, servers, events, dispose }
}

/** The official client, straight to a child: as the gateway would ask it. */
export function clientOf(origin: Origin, name: string, keys: Keys): BlobServiceClient {
  const pipeline = newPipeline(new StorageSharedKeyCredential(name, keys[0]), {
    retryOptions: { maxTries: 1 },
  })
  pipeline.factories.unshift({
    create: (next) => ({
      sendRequest: (asked) => {
        asked.headers.set(passHeader, origin.pass)
        return next.sendRequest(asked)
      },
    }),
  })
  return new BlobServiceClient(`http://127.0.0.1:${origin.port}/${name}`, pipeline)
}

export type Answer = {
  readonly status: number
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
  readonly body: string
}

/** One plain request; rejects when the connection ends before the answer is whole. */
export function ask(
  url: string,
  given: { method?: string; headers?: Record<string, string>; body?: string | Buffer } = {},
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const { method = 'GET', headers = {}, body } = given
    const asked = request(url, { method, headers }, (response) => {
      let text = ''
      response.setEncoding('utf8').on('data', (chunk: string) => {
        text += chunk
      })
      response.on('end', () =>
        resolve({ status: response.statusCode ?? 0, headers: response.headers, body: text }),
      )
      response.on('error', reject)
    })
    asked.on('error', reject)
    asked.end(body)
  })
}
