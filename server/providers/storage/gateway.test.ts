import type { BlobClient } from '@azure/storage-blob'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { ask, startGateway, type TestGateway } from './testing.ts'

let it: TestGateway
beforeAll(async () => {
  it = await startGateway()
  await it.add('alpha')
})
afterAll(async () => {
  expect(it.events).toEqual([])
  await it.dispose()
})

let boxes = 0
const newBox = async () => {
  boxes += 1
  const box = it.clientFor('alpha').getContainerClient(`box${boxes}`)
  await box.create()
  return box
}

const text = async (blob: BlobClient): Promise<string> => (await blob.downloadToBuffer()).toString()

test('the official client works by key: blobs of every kind, blocks, ranges, listings', async () => {
  const box = await newBox()
  const bytes = Buffer.from(Array.from({ length: 3_000_000 }, (_, n) => (n * 7) % 251))
  const blob = box.getBlockBlobClient('in/blocks äö +&')
  await blob.uploadData(bytes, { maxSingleShotSize: 1_000_000, blockSize: 700_000 })
  expect((await blob.downloadToBuffer()).equals(bytes)).toBe(true)
  const part = await blob.downloadToBuffer(1_234_567, 1_000)
  expect(part.equals(bytes.subarray(1_234_567, 1_235_567))).toBe(true)

  const append = box.getAppendBlobClient('in/append')
  await append.create()
  await append.appendBlock('one,', 4)
  await append.appendBlock('two', 3)
  expect(await text(append)).toBe('one,two')

  const page = box.getPageBlobClient('in/page')
  await page.create(2_048)
  await page.uploadPages(Buffer.alloc(512, 1), 512, 512)
  await page.uploadPages(Buffer.alloc(512, 2), 1_024, 512)
  await page.clearPages(512, 512)
  expect((await page.getPageRanges()).pageRange).toEqual([{ offset: 1_024, count: 511 }])
  const pages = Buffer.concat([Buffer.alloc(1_024), Buffer.alloc(512, 2), Buffer.alloc(512)])
  expect((await page.downloadToBuffer()).equals(pages)).toBe(true)

  const snapshot = await append.createSnapshot()
  await append.appendBlock('!', 1)
  expect(await text(append.withSnapshot(snapshot.snapshot ?? ''))).toBe('one,two')

  const names: string[] = []
  for await (const item of box.listBlobsFlat({ prefix: 'in/' })) names.push(item.name)
  expect(names).toEqual(['in/append', 'in/blocks äö +&', 'in/page'])
})

test('properties, metadata, conditions, leases and tags pass through as they are', async () => {
  const blob = (await newBox()).getBlockBlobClient('b')
  await blob.upload('text', 4, {
    metadata: { Case: 'Kept' },
    blobHTTPHeaders: { blobContentType: 'text/x-test', blobCacheControl: 'no-cache' },
    tags: { colour: 'blue' },
  })
  const properties = await blob.getProperties()
  expect(properties).toMatchObject({ contentType: 'text/x-test', cacheControl: 'no-cache' })
  expect(properties.metadata).toEqual({ case: 'Kept' })
  expect((await blob.getTags()).tags).toEqual({ colour: 'blue' })
  const conditions = { ifNoneMatch: properties.etag ?? '' }
  await expect(blob.download(0, undefined, { conditions })).rejects.toMatchObject({
    statusCode: 304,
  })
  const lease = blob.getBlobLeaseClient()
  await lease.acquireLease(15)
  await expect(blob.upload('other', 5)).rejects.toMatchObject({ code: 'LeaseIdMissing' })
  await lease.releaseLease()
  const wrongHash = { blobHTTPHeaders: { blobContentMD5: new Uint8Array(16) } }
  await expect(blob.upload('other', 5, wrongHash)).rejects.toMatchObject({ statusCode: 400 })
  expect(await text(blob)).toBe('text')
})

test('listings show the public address, not that of the server behind', async () => {
  const listed = await it.clientFor('alpha').listContainers().byPage().next()
  expect(listed.value.serviceEndpoint).toBe(`${it.url}/alpha`)
})

test('an account that does not exist is a storage error that tells nothing', async () => {
  const answer = await ask(`${it.url}/nobody/box/blob`, {
    headers: { 'x-ms-version': '2026-04-06' },
  })
  expect(answer.status).toBe(404)
  expect(answer.headers).toMatchObject({
    'x-ms-error-code': 'ResourceNotFound',
    'x-ms-version': '2026-04-06',
    'content-type': 'application/xml',
  })
  expect(answer.headers['x-ms-request-id']).toMatch(/^[0-9a-f-]{36}$/)
  expect(answer.body).toContain('<Code>ResourceNotFound</Code>')
  expect(answer.body).not.toContain('nobody')
})

test('a read stays a read: neither a method in a header nor a repeated parameter makes it a write', async () => {
  const box = await newBox()
  await box.getBlockBlobClient('b').upload('text', 4)
  it.closed.add('alpha')
  const url = `${it.url}/alpha/${box.containerName}/b`
  for (const name of ['X-HTTP-Method', 'X-HTTP-Method-Override']) {
    const headers = { authorization: 'Bearer read+delete', [name]: 'DELETE' }
    expect((await ask(url, { headers })).body).toBe('text')
  }
  const headers = { authorization: 'Bearer read+write' }
  const twice = await ask(`${url}?comp=query&comp=lease`, { method: 'POST', headers })
  expect(twice.status).toBe(400)
  it.closed.delete('alpha')
  expect(await text(box.getBlobClient('b'))).toBe('text')
})

test('a batch answers for each of its parts', async () => {
  const box = await newBox()
  for (const name of ['one', 'two']) await box.getBlockBlobClient(name).upload('x', 1)
  const blobs = ['one', 'two', 'missing'].map((name) => box.getBlobClient(name))
  const done = await it.clientFor('alpha').getBlobBatchClient().deleteBlobs(blobs)
  expect([done.subResponsesSucceededCount, done.subResponsesFailedCount]).toEqual([2, 1])
  expect(await box.getBlobClient('one').exists()).toBe(false)
  const byToken = await ask(`${it.url}/alpha?comp=batch`, {
    method: 'POST',
    headers: { authorization: 'Bearer read+write+delete' },
    body: 'x',
  })
  expect(byToken.status).toBe(403)
})

test('an account that allows it may show containers to everybody; a CORS preflight needs no key', async () => {
  const open = await it.add('open', { allowBlobPublicAccess: true })
  const box = it.clientFor(open.name).getContainerClient('public')
  await box.create({ access: 'blob' })
  await box.getBlockBlobClient('page').upload('for all', 7)
  const url = `${it.url}/open/public/page`
  expect((await ask(url)).body).toBe('for all')
  expect((await ask(url, { method: 'HEAD' })).headers['content-length']).toBe('7')
  await it.clientFor('alpha').setProperties({
    cors: [
      {
        allowedOrigins: 'https://app.test',
        allowedMethods: 'GET',
        allowedHeaders: '',
        exposedHeaders: '',
        maxAgeInSeconds: 60,
      },
    ],
  })
  const preflight = await ask(`${it.url}/alpha/box1/b`, {
    method: 'OPTIONS',
    headers: { origin: 'https://app.test', 'access-control-request-method': 'GET' },
  })
  expect(preflight.status).toBe(200)
  expect(preflight.headers['access-control-allow-origin']).toBe('https://app.test')
})

test('a body of unknown length, and a text too large to read, are refused', async () => {
  const headers = { authorization: 'Bearer write', 'x-ms-blob-type': 'BlockBlob' }
  const chunked = await ask(`${it.url}/alpha/box1/b`, {
    method: 'PUT',
    headers: { ...headers, 'transfer-encoding': 'chunked' },
    body: 'x',
  })
  expect([chunked.status, chunked.headers['x-ms-error-code']]).toEqual([
    411,
    'MissingContentLengthHeader',
  ])
  const large = await ask(`${it.url}/alpha/box1/b?comp=blocklist`, {
    method: 'PUT',
    headers,
    body: Buffer.alloc(17 * 1024 * 1024),
  })
  expect(large.status).toBe(413)
})

test('a request in flight when its account is destroyed ends, and the account is then unknown', async () => {
  const gone = await it.add('goner')
  const box = it.clientFor('goner').getContainerClient('box')
  await box.create()
  await box.getBlockBlobClient('b').uploadData(Buffer.alloc(40_000_000, 1))
  const download = await box.getBlobClient('b').download()
  it.accounts.delete('goner')
  const rest = download.readableStreamBody?.[Symbol.asyncIterator]()
  await rest?.next()
  expect(await it.servers.destroy(gone.uid)).toMatchObject({ gone: true })
  const readAll = async (): Promise<void> => {
    while ((await rest?.next())?.done === false);
  }
  await expect(readAll()).rejects.toThrow()
  await expect(box.getProperties()).rejects.toMatchObject({ statusCode: 404 })
  it.events.splice(0)
})
