import { existsSync, readFileSync, readdirSync } from 'node:fs'
import { type Server, createServer } from 'node:net'
import { join } from 'node:path'
import type { AddressInfo } from 'node:net'
import type { ContainerClient, RestError } from '@azure/storage-blob'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type TestClient, createTestClient } from '../../testing/client.ts'
import { type TestServer, start } from '../../testing/index.ts'
import { testTraffic, useWatchedServer } from '../contract/watched-server.ts'
import { World, codeOf, storagePath } from '../contract/world-fixture.ts'
import { requires } from '../requirements.ts'
import { blobsByKey } from './sdk-fixture.ts'

// Both nodes are one installation to their clients: one public address, which the first one has.
const [httpsPort, blobPort] = await freePorts()
const settings = ['--effect-limit', '2']
const watched = useWatchedServer({
  serverOptions: ['--https-port', `${httpsPort}`, '--blob-port', `${blobPort}`, ...settings],
})

/** A node as it is reached behind the public address. */
type Node = {
  readonly client: TestClient
  readonly world: World
  readonly blobEndpoint: string
  readonly ca: string
  readonly dataFolder: string
}

let second: TestServer
let first: Node
let other: Node
let restarted: TestServer | null = null

describe('two nodes on one database', requires('postgresql'), () => {
  beforeAll(async () => {
    const { server } = watched
    second = await start({
      ...(watched.databaseUrl === null ? {} : { database: watched.databaseUrl }),
      serverOptions: [
        `--key-file=${join(server.dataFolder, 'master.key')}`,
        `--public-url=${server.endpoint}`,
        `--public-blob-url=${server.blobEndpoint}`,
        ...settings,
      ],
    })
    first = nodeOf(server)
    other = nodeOf(second)
    for (const { client } of [first, other]) {
      watched.watch({ client, credential: server.credential })
    }
    await first.world.clock('two', '2026-03-01T00:00:00Z')
    await first.world.billingAccount('two', { testClock: 'two' })
  }, 60_000)
  afterAll(async () => {
    for (const node of [first, other]) await node.client.close()
    await restarted?.close()
    await second.close()
  })

  test('what one made, the other serves, whichever holds the bytes', async () => {
    const { subscriptionId, here, there } = await populate('served')
    for (const node of [first, other]) {
      const { body } = await node.client.request(
        'GET',
        `/subscriptions/${subscriptionId}/resources`,
      )
      const { value } = body as { value: { name: string }[] }
      expect(value.map(({ name }) => name).sort()).toEqual(['servedhere', 'servedthere'])
    }
    for (const [name, key] of Object.entries({ servedhere: here, servedthere: there })) {
      for (const [writer, reader] of [[first, other] as const, [other, first] as const]) {
        const content = Buffer.from(`${name} by ${writer.blobEndpoint}`)
        const blob = `by ${new URL(writer.blobEndpoint).port}`
        await container(writer, name, key).getBlockBlobClient(blob).uploadData(content)
        const read = container(reader, name, key).getBlobClient(blob).downloadToBuffer()
        expect(await read).toEqual(content)
      }
    }
    // The bytes lie where the account was made, and nowhere else.
    expect(storesOf(first)).toHaveLength(1)
    expect(storesOf(other)).toHaveLength(1)
  }, 60_000)

  test('a cancel on one ends the writes through the other before it answers', async () => {
    const { subscriptionId, here, there } = await populate('ended')
    const accounts = { endedhere: here, endedthere: there }
    const uploads = Object.entries(accounts).flatMap(([name, key]) =>
      [first, other].map((node) => keepUploading(container(node, name, key))),
    )
    await Promise.all(uploads.map((upload) => upload.hasBegun))
    const cancelled = await first.client.request(
      'POST',
      `/subscriptions/${subscriptionId}/providers/Microsoft.Subscription/cancel`,
      { query: { IgnoreResourceCheck: 'true' } },
    )
    expect(cancelled.status).toBe(200)
    for (const upload of uploads) upload.cancelAnswered()
    for (const upload of uploads) {
      const { acknowledged, begunTooLate, refusal } = await upload.end
      expect(refusal).toMatchObject({ statusCode: 403, code: 'InsufficientAccountPermissions' })
      // Nothing that began after the answer was taken, and what was taken is there, and no more.
      expect(begunTooLate).toEqual([])
      expect(await namesIn(upload.container, upload.prefix)).toEqual(acknowledged)
    }
  }, 60_000)

  test('while one is down the other serves the rest, and a purge waits for its data', async () => {
    const before = storesOf(first)
    const { subscriptionId, here, there } = await populate('waiting')
    await container(first, 'waitinghere', here).getBlockBlobClient('blob').uploadData(bytes)
    await container(first, 'waitingthere', there).getBlockBlobClient('blob').uploadData(bytes)
    const cancel = `/subscriptions/${subscriptionId}/providers/Microsoft.Subscription/cancel`
    await other.client.request('POST', cancel, { query: { IgnoreResourceCheck: 'true' } })
    const [store = ''] = storesOf(first).filter((name) => !before.includes(name))
    const folder = join(first.dataFolder, 'stores', store)
    await watched.server.kill()

    const unreachable = container(other, 'waitinghere', here).getBlobClient('blob')
    expect(await refusalOf(unreachable.downloadToBuffer())).toMatchObject({ statusCode: 503 })
    const reachable = container(other, 'waitingthere', there).getBlobClient('blob')
    expect(await reachable.downloadToBuffer()).toEqual(bytes)
    const subscription = await other.client.request('GET', `/subscriptions/${subscriptionId}`)
    expect(subscription.status).toBe(200)

    // Polled where the work is started: the public address is that of the node that is down.
    await advanceThrough(other, 'two', 'P91D')
    expect(existsSync(folder)).toBe(true)
    const waiting = await lifecycleOf(other, subscriptionId)
    expect(waiting).toMatchObject({ state: 'Deleted', purgedAt: null })
    expect(waiting.effects.stuck[0]).toMatchObject({
      resourceId: storagePath(subscriptionId, 'waiting', 'waitinghere'),
    })
    expect(codeOf(await other.client.request('GET', `/subscriptions/${subscriptionId}`))).toBe(
      'SubscriptionNotFound',
    )

    restarted = await watched.server.restart()
    await untilPurged(subscriptionId)
    expect(existsSync(folder)).toBe(false)
  }, 90_000)
})

const bytes = Buffer.from('two nodes')

function nodeOf(server: TestServer): Node {
  const { controlUrl, blobUrl } = JSON.parse(
    readFileSync(join(server.dataFolder, 'server.json'), 'utf8'),
  ) as { readonly controlUrl: string; readonly blobUrl: string }
  const { ca, dataFolder } = server
  const { credential } = watched.server
  const client = createTestClient({ endpoint: controlUrl, ca, credential })
  return { client, world: new World(client), blobEndpoint: blobUrl, ca, dataFolder }
}

/** A subscription with an account on each node, made through that node, and a container in each. */
async function populate(name: string) {
  const scope = '/providers/Microsoft.Billing/billingAccounts/two'
  const subscriptionId = await other.world.subscription(scope)
  await first.world.group(subscriptionId, name)
  const here = await first.world.storage(subscriptionId, name, `${name}here`)
  const there = await other.world.storage(subscriptionId, name, `${name}there`)
  await container(other, `${name}here`, here).create()
  await container(first, `${name}there`, there).create()
  return { subscriptionId, here, there }
}

function container(node: Node, account: string, key: string): ContainerClient {
  return blobsByKey(node, account, key).getContainerClient('data')
}

let uploaders = 0

/** Uploads one blob after the other until one is refused. */
function keepUploading(into: ContainerClient) {
  uploaders += 1
  const prefix = `uploader-${uploaders}-`
  const begun = Promise.withResolvers<void>()
  const acknowledged: string[] = []
  const begunTooLate: string[] = []
  let isOver = false
  const upload = async () => {
    for (let count = 0; ; count += 1) {
      const name = prefix + String(count).padStart(6, '0')
      const isLate = isOver
      const blob = into.getBlockBlobClient(name)
      const refusal = await refusalOrNull(blob.uploadData(bytes))
      if (refusal !== null) return { acknowledged, begunTooLate, refusal }
      acknowledged.push(name)
      if (isLate) begunTooLate.push(name)
      if (count === 3) begun.resolve()
    }
  }
  return {
    container: into,
    prefix,
    hasBegun: begun.promise,
    cancelAnswered: () => {
      isOver = true
    },
    end: upload(),
  }
}

async function namesIn(from: ContainerClient, prefix: string): Promise<string[]> {
  const names: string[] = []
  for await (const { name } of from.listBlobsFlat({ prefix })) names.push(name)
  return names
}

function storesOf({ dataFolder }: Node): string[] {
  return readdirSync(join(dataFolder, 'stores'))
}

type Lifecycle = {
  readonly purgedAt: string | null
  readonly effects: { readonly stuck: readonly { readonly resourceId: string }[] }
}

async function lifecycleOf(node: Node, subscriptionId: string): Promise<Lifecycle> {
  const path = `/subscriptions/${subscriptionId}/providers/Reprieve.Lifecycle/lifecycles/default`
  const { body } = await node.client.request('GET', path)
  return (body as { properties: Lifecycle }).properties
}

async function untilPurged(subscriptionId: string): Promise<void> {
  await expect
    .poll(async () => (await lifecycleOf(other, subscriptionId)).purgedAt, {
      timeout: 60_000,
      interval: 100,
    })
    .not.toBe(null)
}

/** As a client does it that knows this node only. */
async function advanceThrough(node: Node, clock: string, by: string): Promise<void> {
  const path = `/providers/Reprieve.Lifecycle/testClocks/${clock}`
  const started = await node.client.request('POST', `${path}/advance`, { body: { by } })
  expect(started.status).toBe(202)
  await expect
    .poll(
      async () => {
        const { body } = await node.client.request('GET', path)
        return (body as { properties: { status: string } }).properties.status
      },
      { timeout: 60_000, interval: 100 },
    )
    .toBe('Ready')
}

async function refusalOrNull(call: Promise<unknown>): Promise<RestError | null> {
  return call.then(
    () => null,
    (error: unknown) => error as RestError,
  )
}

async function refusalOf(call: Promise<unknown>): Promise<RestError> {
  const refusal = await refusalOrNull(call)
  if (refusal === null) throw new Error('it was not refused')
  return refusal
}

/** Held open together, so that they differ. */
async function freePorts(): Promise<number[]> {
  const servers: Server[] = []
  const ports: number[] = []
  for (let count = 0; count < 2; count += 1) {
    const server = createServer().listen(0, '127.0.0.1')
    await new Promise((resolve) => server.once('listening', resolve))
    servers.push(server)
    ports.push((server.address() as AddressInfo).port)
  }
  for (const server of servers) await new Promise((resolve) => server.close(resolve))
  return ports
}

testTraffic(watched, 'postgresql')
