import {
  AccountSASPermissions,
  AnonymousCredential,
  type BlobClient,
  BlobServiceClient,
  generateAccountSASQueryParameters,
  SASProtocol,
  StorageSharedKeyCredential,
} from '@azure/storage-blob'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { AccountView } from './gateway-options.ts'
import { ask, startGateway, type TestGateway } from './testing.ts'

let it: TestGateway
let alpha: AccountView
beforeAll(async () => {
  it = await startGateway()
  alpha = await it.add('alpha')
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

function sasOf(permissions: string, more: object = {}): string {
  return generateAccountSASQueryParameters(
    {
      expiresOn: new Date(Date.now() + 600_000),
      permissions: AccountSASPermissions.parse(permissions),
      services: 'b',
      resourceTypes: 'sco',
      ...more,
    },
    new StorageSharedKeyCredential('alpha', alpha.keys[0]),
  ).toString()
}

const bySas = (sas: string): BlobServiceClient =>
  new BlobServiceClient(`${it.url}/alpha?${sas}`, new AnonymousCredential(), {
    retryOptions: { maxTries: 1 },
  })

const text = async (blob: BlobClient): Promise<string> => (await blob.downloadToBuffer()).toString()

test('a wrong key and a stranger are refused', async () => {
  const wrong = new StorageSharedKeyCredential('alpha', Buffer.alloc(64).toString('base64'))
  const client = new BlobServiceClient(`${it.url}/alpha`, wrong, { retryOptions: { maxTries: 1 } })
  await expect(client.getProperties()).rejects.toMatchObject({ statusCode: 403 })
  // Also while a body is still to come: the refusal must reach its sender.
  const upload = client.getContainerClient('box1').getBlockBlobClient('b')
  const body = Buffer.alloc(5_000_000)
  await expect(upload.upload(body, body.length)).rejects.toMatchObject({ statusCode: 403 })
  const anonymous = await ask(`${it.url}/alpha/box1?restype=container&comp=list`)
  expect(anonymous.status).toBe(409)
  expect(anonymous.headers['x-ms-error-code']).toBe('PublicAccessNotPermitted')
})

test('a shared access signature allows what it says, from where it says', async () => {
  const box = await newBox()
  await box.getBlockBlobClient('b').upload('text', 4)
  const reader = bySas(sasOf('r')).getContainerClient(box.containerName)
  expect(await text(reader.getBlobClient('b'))).toBe('text')
  await expect(reader.getBlockBlobClient('b').upload('x', 1)).rejects.toMatchObject({
    code: 'AuthorizationPermissionMismatch',
  })
  const here = bySas(sasOf('r', { ipRange: { start: '127.0.0.0', end: '127.0.0.9' } }))
  expect(await text(here.getContainerClient(box.containerName).getBlobClient('b'))).toBe('text')
  const elsewhere = bySas(sasOf('r', { ipRange: { start: '10.0.0.1' } }))
  await expect(elsewhere.getProperties()).rejects.toMatchObject({
    code: 'AuthorizationSourceIPMismatch',
  })
  const httpsOnly = bySas(sasOf('r', { protocol: SASProtocol.Https }))
  await expect(httpsOnly.getProperties()).rejects.toMatchObject({
    code: 'AuthorizationProtocolMismatch',
  })
})

test('a signature that may write also resizes and seals', async () => {
  const box = bySas(sasOf('rwa')).getContainerClient((await newBox()).containerName)
  const page = box.getPageBlobClient('disk')
  await page.create(512)
  await page.resize(1_024)
  expect((await page.getProperties()).contentLength).toBe(1_024)
  const append = box.getAppendBlobClient('log')
  await append.create()
  await append.seal()
  await expect(append.appendBlock('x', 1)).rejects.toMatchObject({ code: 'BlobIsSealed' })
})

test('a user delegation key that anybody could compute signs nothing', async () => {
  const { createHmac } = await import('node:crypto')
  const { generateBlobSASQueryParameters, BlobSASPermissions } = await import('@azure/storage-blob')
  const [signedStartsOn, signedExpiresOn] = [
    new Date(Date.now() - 60_000),
    new Date(Date.now() + 600_000),
  ]
  const iso = (date: Date): string => `${date.toISOString().slice(0, 19)}Z`
  const signed = ['oid', 'tid', iso(signedStartsOn), iso(signedExpiresOn), 'b', '2023-11-03'].join(
    '\n',
  )
  const value = createHmac('sha256', 'azurite-user-delegation-signing-seed-v1')
    .update(signed)
    .digest('base64')
  const key = {
    signedObjectId: 'oid',
    signedTenantId: 'tid',
    signedStartsOn,
    signedExpiresOn,
    signedService: 'b',
    signedVersion: '2023-11-03',
    value,
  }
  const box = await newBox()
  await box.getBlockBlobClient('b').upload('text', 4)
  const sas = generateBlobSASQueryParameters(
    {
      containerName: box.containerName,
      blobName: 'b',
      permissions: BlobSASPermissions.parse('r'),
      expiresOn: signedExpiresOn,
      version: '2023-11-03',
    },
    key,
    'alpha',
  )
  const answer = await ask(`${it.url}/alpha/${box.containerName}/b?${sas.toString()}`)
  expect(answer.status).toBe(403)
})

test('a token is checked here: what it allows works, the rest is refused, a forged one is challenged', async () => {
  const box = await newBox()
  const url = `${it.url}/alpha/${box.containerName}/b`
  const put = (authorization: string, body: string) =>
    ask(url, { method: 'PUT', headers: { authorization, 'x-ms-blob-type': 'BlockBlob' }, body })
  const denied = await put('Bearer read', 'x')
  expect([denied.status, denied.headers['x-ms-error-code']]).toEqual([
    403,
    'AuthorizationPermissionMismatch',
  ])
  expect((await put('Bearer write', 'by token')).status).toBe(201)
  expect((await ask(url, { headers: { authorization: 'Bearer read' } })).body).toBe('by token')
  const list = `${it.url}/alpha/${box.containerName}?restype=container&comp=list`
  expect((await ask(list, { headers: { authorization: 'Bearer read' } })).status).toBe(200)
  const forged = await ask(url, { headers: { authorization: 'Bearer forged' } })
  expect(forged.status).toBe(401)
  expect(forged.headers['www-authenticate']).toContain('authorization_uri=')
  const acl = `${it.url}/alpha/${box.containerName}?restype=container&comp=acl`
  expect((await ask(acl, { headers: { authorization: 'Bearer read+write' } })).status).toBe(403)
  const both = await ask(`${url}?${sasOf('r')}`, { headers: { authorization: 'Bearer read' } })
  expect(both.status).toBe(400)
})

test('a copy reads only what its caller may read, and nothing outside its account', async () => {
  const box = await newBox()
  const source = box.getBlockBlobClient('source')
  await source.upload('text', 4)
  const copy = box.getBlockBlobClient('copy')
  expect((await copy.syncCopyFromURL(source.url)).copyStatus).toBe('success')
  expect(await text(copy)).toBe('text')

  const writer = bySas(sasOf('w'))
    .getContainerClient(box.containerName)
    .getBlockBlobClient('stolen')
  await expect(writer.syncCopyFromURL(source.url)).rejects.toMatchObject({ statusCode: 403 })
  await expect(writer.syncCopyFromURL(`${source.url}?${sasOf('w')}`)).rejects.toMatchObject({
    statusCode: 403,
  })
  for (const trick of ['?xsig=1', '#?sig=1', '?sig']) {
    await expect(writer.syncCopyFromURL(`${source.url}${trick}`), trick).rejects.toMatchObject({
      statusCode: 403,
    })
  }
  const poller = await writer.beginCopyFromURL(`${source.url}?${sasOf('r')}`)
  expect((await poller.pollUntilDone()).copyStatus).toBe('success')

  const elsewhere = `http://169.254.169.254/alpha/${box.containerName}/source?${sasOf('r')}`
  const begun = box.getBlockBlobClient('elsewhere').beginCopyFromURL(elsewhere)
  await expect(begun).rejects.toMatchObject({ code: 'CannotVerifyCopySource' })
  const other = `${it.url}/beta/${box.containerName}/source`
  await expect(copy.beginCopyFromURL(other)).rejects.toMatchObject({
    code: 'CannotVerifyCopySource',
  })
})
