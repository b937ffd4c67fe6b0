import { request as requestHttp } from 'node:http'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { AccountView } from './gateway-options.ts'
import { type Answer, ask, startGateway, type TestGateway } from './testing.ts'

let it: TestGateway
let alpha: AccountView
/** Called with each reading of the gate; a test may hold one back. */
let onReading: () => Promise<void>
let readings: number

const limitMs = 700

beforeEach(async () => {
  readings = 0
  onReading = async () => undefined
  const writable = (): boolean => !it.closed.has('alpha')
  it = await startGateway({
    commitLimitMs: limitMs,
    readGate: async () => {
      const state = { writable: writable() }
      readings += 1
      await onReading()
      return state
    },
  })
  alpha = await it.add('alpha')
  await it.clientFor('alpha').getContainerClient('box').create()
  readings = 0
})
afterEach(async () => it.dispose())

const box = () => it.clientFor('alpha').getContainerClient('box')
const isAlpha = ({ uid }: AccountView): boolean => uid === alpha.uid
const headers = { authorization: 'Bearer read+write+add+delete' }

const listed = async (): Promise<string[]> => {
  const names: string[] = []
  const all = { includeUncommitedBlobs: true, includeSnapshots: true }
  for await (const blob of box().listBlobsFlat(all)) names.push(blob.name)
  return names
}

type Upload = {
  readonly send: (bytes: Buffer) => Promise<void>
  readonly end: () => void
  readonly answer: Promise<Answer>
}

/** An upload in the test's hands: its body goes out when the test says so. */
function upload(path: string, length: number, more: Record<string, string>): Upload {
  const asked = requestHttp(`${it.url}/alpha/box/${path}`, {
    method: 'PUT',
    headers: { ...headers, 'content-length': String(length), ...more },
  })
  const answer = new Promise<Answer>((resolve, reject) => {
    asked.on('error', reject)
    asked.on('response', (response) => {
      let body = ''
      response.setEncoding('utf8').on('data', (chunk: string) => {
        body += chunk
      })
      response.on('error', reject)
      response.on('end', () =>
        resolve({ status: response.statusCode ?? 0, headers: response.headers, body }),
      )
    })
  })
  answer.catch(() => undefined)
  const send = (bytes: Buffer): Promise<void> =>
    new Promise((resolve) => asked.write(bytes, () => resolve()))
  return { send, end: () => asked.end(), answer }
}

test('while the gate is closed every kind of write is refused, and every kind of read passes', async () => {
  const blob = box().getBlockBlobClient('kept')
  await blob.upload('text', 4, { tags: { a: 'b' } })
  await box().getAppendBlobClient('log').create()
  await box().getPageBlobClient('disk').create(512)
  const snapshot = (await blob.createSnapshot()).snapshot ?? ''
  const before = await listed()
  it.closed.add('alpha')
  const client = it.clientFor('alpha')
  const id = Buffer.from('01').toString('base64')
  const writes: Record<string, () => Promise<unknown>> = {
    putBlob: () => blob.upload('new', 3),
    putLargeBlob: () => blob.upload(Buffer.alloc(3_000_000), 3_000_000),
    putBlock: () => blob.stageBlock(id, 'new', 3),
    putBlockList: () => blob.commitBlockList([]),
    createAppendBlob: () => box().getAppendBlobClient('log2').create(),
    appendBlock: () => box().getAppendBlobClient('log').appendBlock('new', 3),
    createPageBlob: () => box().getPageBlobClient('disk2').create(512),
    putPage: () => box().getPageBlobClient('disk').uploadPages(Buffer.alloc(512), 0, 512),
    clearPage: () => box().getPageBlobClient('disk').clearPages(0, 512),
    resize: () => box().getPageBlobClient('disk').resize(1_024),
    metadata: () => blob.setMetadata({ a: 'b' }),
    headers: () => blob.setHTTPHeaders({ blobContentType: 'x/y' }),
    tags: () => blob.setTags({ c: 'd' }),
    tier: () => blob.setAccessTier('Cool'),
    snapshot: () => blob.createSnapshot(),
    lease: () => blob.getBlobLeaseClient().acquireLease(15),
    copy: () => box().getBlobClient('copy').beginCopyFromURL(blob.url),
    syncCopy: () => box().getBlobClient('copy').syncCopyFromURL(blob.url),
    deleteSnapshot: () => blob.withSnapshot(snapshot).delete(),
    deleteBlob: () => blob.delete({ deleteSnapshots: 'include' }),
    undelete: () => blob.undelete(),
    batch: () => client.getBlobBatchClient().deleteBlobs([blob]),
    createContainer: () => client.getContainerClient('other').create(),
    containerMetadata: () => box().setMetadata({ a: 'b' }),
    containerLease: () => box().getBlobLeaseClient().acquireLease(15),
    containerPolicy: () => box().setAccessPolicy(),
    deleteContainer: () => box().delete(),
    serviceProperties: () => client.setProperties({ defaultServiceVersion: '2023-11-03' }),
  }
  for (const [name, write] of Object.entries(writes)) {
    const refusal = { statusCode: 403, code: 'InsufficientAccountPermissions' }
    await expect(write(), name).rejects.toMatchObject(refusal)
  }
  expect(await listed()).toEqual(before)
  expect((await blob.downloadToBuffer()).toString()).toBe('text')
  expect((await blob.getProperties()).metadata).toEqual({})
  expect((await blob.getTags()).tags).toEqual({ a: 'b' })
  expect((await client.listContainers().byPage().next()).value.containerItems).toHaveLength(1)
  expect(await blob.withSnapshot(snapshot).exists()).toBe(true)
  it.closed.delete('alpha')
  await blob.upload('again', 5)
})

test('an upload in flight when the gate closes is refused whole, whatever its kind', async () => {
  const id = encodeURIComponent(Buffer.from('01').toString('base64'))
  const append = box().getAppendBlobClient('log')
  await append.create()
  const page = box().getPageBlobClient('disk')
  await page.create(262_144)
  const block = { 'x-ms-blob-type': 'BlockBlob' }
  const range = { 'x-ms-page-write': 'update', 'x-ms-range': 'bytes=0-262143' }
  const kinds: [string, Record<string, string>][] = [
    ['put', block],
    [`staged?comp=block&blockid=${id}`, {}],
    ['log?comp=appendblock', {}],
    ['disk?comp=page', range],
  ]
  const length = 262_144
  for (const [path, more] of kinds) {
    it.closed.delete('alpha')
    readings = 0
    const flying = upload(path, length, more)
    // All but one byte is under way, past the first look at the gate.
    await flying.send(Buffer.alloc(length - 1, 1))
    await expect.poll(() => readings).toBe(1)
    it.closed.add('alpha')
    await flying.send(Buffer.alloc(1, 1))
    flying.end()
    const answer = await flying.answer
    expect([path, answer.status]).toEqual([path, 403])
    expect(answer.headers['x-ms-error-code']).toBe('InsufficientAccountPermissions')
  }
  expect(await listed()).toEqual(['disk', 'log'])
  expect((await append.getProperties()).contentLength).toBe(0)
  expect((await page.getPageRanges()).pageRange).toEqual([])
})

test('a block list in flight when the gate closes is refused whole', async () => {
  const blob = box().getBlockBlobClient('blocks')
  const id = Buffer.from('01').toString('base64')
  await blob.stageBlock(id, 'text', 4)
  const body = Buffer.from(`<?xml version="1.0"?><BlockList><Latest>${id}</Latest></BlockList>`)
  const flying = upload('blocks?comp=blocklist', body.length, { 'content-type': 'application/xml' })
  await flying.send(body.subarray(0, body.length - 1))
  it.closed.add('alpha')
  await flying.send(body.subarray(body.length - 1))
  flying.end()
  expect((await flying.answer).status).toBe(403)
  expect((await blob.getBlockList('uncommitted')).uncommittedBlocks).toHaveLength(1)
  await expect(blob.download()).rejects.toMatchObject({ statusCode: 404 })
})

test('the barrier waits for a write that passed while the gate was open, and it is acknowledged', async () => {
  const held = Promise.withResolvers<void>()
  onReading = () => held.promise
  const write = box().getBlockBlobClient('first').upload('text', 4)
  await expect.poll(() => readings).toBe(1)
  it.closed.add('alpha')
  const order: string[] = []
  const barrier = it.gateway.barrier(isAlpha).then(() => order.push('barrier'))
  await it.gateway.barrier(() => false)
  expect(order).toEqual([])
  held.resolve()
  await barrier
  await write
  expect(await listed()).toEqual(['first'])
  await expect(box().getBlockBlobClient('second').upload('x', 1)).rejects.toMatchObject({
    statusCode: 403,
  })
})

test('the barrier refuses uploads that are still coming, without waiting for their senders', async () => {
  const flying = upload('slow', 1_000_000, { 'x-ms-blob-type': 'BlockBlob' })
  await flying.send(Buffer.alloc(500_000))
  await expect.poll(() => readings).toBe(1)
  it.closed.add('alpha')
  await it.gateway.barrier(isAlpha)
  expect((await flying.answer).status).toBe(403)
  expect(await listed()).toEqual([])
})

test('a write that is not answered in time never succeeds, and nothing of it happens after the barrier', async () => {
  const { pid } = await it.servers.use(alpha, async (origin) => origin)
  process.kill(pid, 'SIGSTOP')
  const write = box().getBlockBlobClient('stuck').upload('text', 4)
  const failed = write.then(
    () => false,
    () => true,
  )
  await expect.poll(() => readings).toBe(1)
  it.closed.add('alpha')
  const since = performance.now()
  await it.gateway.barrier(isAlpha)
  expect(performance.now() - since).toBeLessThan(limitMs + 2_000)
  expect(await failed).toBe(true)
  // The stopped server held the write; it was ended, so that it cannot wake up and carry it out.
  expect(() => process.kill(pid, 'SIGCONT')).toThrow()
  expect(await listed()).toEqual([])
})

test('a write whose time ran out while the gate was being read is not sent on', async () => {
  const held = Promise.withResolvers<void>()
  onReading = () => held.promise
  await expect(box().getBlockBlobClient('late').upload('text', 4)).rejects.toThrow()
  held.resolve()
  onReading = async () => undefined
  expect(await listed()).toEqual([])
  await box().getBlockBlobClient('late').upload('text', 4)
})

test('a client that goes away before its body is whole leaves nothing behind', async () => {
  const asked = requestHttp(`${it.url}/alpha/box/half`, {
    method: 'PUT',
    headers: { ...headers, 'x-ms-blob-type': 'BlockBlob', 'content-length': '1000000' },
  })
  asked.on('error', () => undefined)
  await new Promise<void>((resolve) => asked.write(Buffer.alloc(600_000), () => resolve()))
  await expect.poll(() => readings).toBe(1)
  asked.destroy()
  await it.gateway.barrier(isAlpha)
  await it.servers.close(alpha.uid)
  expect(await listed()).toEqual([])
})

test('a client that asks first is told before it sends its body', async () => {
  const ask100 = (): Promise<string> =>
    new Promise((resolve, reject) => {
      const asked = requestHttp(`${it.url}/alpha/box/asked`, {
        method: 'PUT',
        headers: {
          ...headers,
          'x-ms-blob-type': 'BlockBlob',
          'content-length': '4',
          expect: '100-continue',
        },
      })
      let continued = ''
      asked.on('continue', () => {
        continued = 'continued '
        asked.end('text')
      })
      asked.on('response', (response) => {
        response.resume()
        resolve(`${continued}${response.statusCode}`)
        if (continued === '') asked.destroy()
      })
      asked.on('error', reject)
      asked.flushHeaders()
    })
  expect(await ask100()).toBe('continued 201')
  it.closed.add('alpha')
  expect(await ask100()).toBe('403')
})

test('a gate that cannot be read lets nothing through', async () => {
  onReading = async () => {
    throw new Error('the database is away')
  }
  const path = `${it.url}/alpha/box/blind`
  const put = { method: 'PUT', headers: { ...headers, 'x-ms-blob-type': 'BlockBlob' }, body: 'x' }
  expect((await ask(path, put)).status).toBe(500)
  expect(await listed()).toEqual([])
})
