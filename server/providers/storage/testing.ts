import { randomBytes, randomUUID } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { createServer, globalAgent, request } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { BlobServiceClient, newPipeline, StorageSharedKeyCredential } from '@azure/storage-blob'
import type { Random } from '../../kernel/ids.ts'
import { instant } from '../../kernel/instant.ts'
import type { Keys } from './azurite.ts'
import { passHeader } from './blob-server-messages.ts'
import type { Origin } from './blob-server-process.ts'
import { type BlobServers, createBlobServers } from './blob-servers.ts'
import { createGateway, type Gateway } from './gateway.ts'
import type { AccountView, GatewayOptions } from './gateway-options.ts'

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
    marks: `${root}.removed`,
    maxOpen: more.maxOpen ?? 4,
    idleMs: more.idleMs ?? 60_000,
    startTimeoutMs: 100_000,
    random: testRandom,
    log: (event) => events.push(event),
  })
  const dispose = async (): Promise<void> => {
    await servers.stop()
    await rm(root, { recursive: true, force: true })
    await rm(`${root}.removed`, { recursive: true, force: true })
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

/** A bearer token of the tests: what it allows is its text. */
export type TestGateway = TestServers & {
  readonly gateway: Gateway
  readonly url: string
  readonly accounts: Map<string, AccountView>
  /** Names of accounts that are read-only. */
  readonly closed: Set<string>
  readonly add: (name: string, more?: Partial<AccountView>) => Promise<AccountView>
  readonly clientFor: (name: string) => BlobServiceClient
}

/** A token of these tests names what it allows: `read+write`. */
const judgeToken: GatewayOptions['authorizeToken'] = async (bearer, _account, action) => {
  if (bearer === 'forged') return 'invalid'
  return bearer.split('+').includes(action.verb) ? 'allow' : 'deny'
}

export async function startGateway(
  more: Partial<GatewayOptions> & { readonly maxOpen?: number } = {},
): Promise<TestGateway> {
  const started = await startServers(more.maxOpen === undefined ? {} : { maxOpen: more.maxOpen })
  const accounts = new Map<string, AccountView>()
  const closed = new Set<string>()
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const gateway = createGateway({
    servers: started.servers,
    findAccount: async (name) => accounts.get(name) ?? null,
    readGate: async (uid) => {
      const account = [...accounts.values()].find((one) => one.uid === uid)
      return account === undefined ? null : { writable: !closed.has(account.name) }
    },
    authorizeToken: judgeToken,
    thisHostId: 'host-1',
    hostUrl: async () => null,
    hostAgent: globalAgent,
    passOnKey: Buffer.from('the same on all hosts'),
    publicUrl: url,
    tokenChallenge: 'Bearer authorization_uri=https://issuer.test/',
    clock: { now: () => instant(Date.now()) },
    random: testRandom,
    log: (event) => started.events.push(event),
    ...more,
  })
  gateway.attach(server)
  return {
    ...started,
    gateway,
    url,
    accounts,
    closed,
    add: async (name, given = {}) => {
      const account: AccountView = {
        uid: randomUUID(),
        name,
        keys: newKeys(),
        subscriptionId: 'subscription-1',
        hostId: 'host-1',
        ...given,
      }
      accounts.set(name, account)
      await started.servers.ensure(account.uid)
      return account
    },
    clientFor: (name) => {
      const keys = accounts.get(name)?.keys ?? newKeys()
      const credential = new StorageSharedKeyCredential(name, keys[0])
      return new BlobServiceClient(`${url}/${name}`, credential, { retryOptions: { maxTries: 1 } })
    },
    dispose: async () => {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
      await started.dispose()
    },
  }
}
