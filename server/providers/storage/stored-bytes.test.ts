import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import type { ContainerClient } from '@azure/storage-blob'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { ProviderFailure } from '../contract.ts'
import type { BlobAccount } from './blob-servers.ts'
import { type TestServers, clientOf, newKeys, startServers } from './testing.ts'

let started: TestServers
let accounts = 0
beforeAll(async () => {
  started = await startServers()
})
afterAll(() => started.dispose())

const { signal } = new AbortController()
const measure = ({ uid }: BlobAccount): Promise<bigint> => started.servers.measure(uid, signal)

async function openAccount(): Promise<BlobAccount> {
  accounts += 1
  const account = { uid: `store-${accounts}`, name: `store${accounts}`, keys: newKeys() }
  await started.servers.ensure(account.uid)
  return account
}

const use = (account: BlobAccount, work: (box: ContainerClient) => Promise<unknown>) =>
  started.servers.use(account, async (origin) => {
    const box = clientOf(origin, account.name, account.keys).getContainerClient('box')
    await box.createIfNotExists()
    await work(box)
  })

test('what is stored is measured while the server is at work, after it closed, and after a kill', async () => {
  const account = await openAccount()
  expect(await measure(account)).toBe(0n)
  await use(account, async (box) => {
    await box.getBlockBlobClient('one').upload('x'.repeat(1_000), 1_000)
    expect(await measure(account)).toBe(1_000n)
    await box.getBlockBlobClient('two').upload('x'.repeat(30), 30)
    await box.getBlockBlobClient('one').upload('y'.repeat(7), 7)
    expect(await measure(account)).toBe(37n)
  })
  await started.servers.kill(account.uid)
  expect(await measure(account)).toBe(37n)
  await use(account, (box) => box.deleteBlob('two'))
  await started.servers.close(account.uid)
  expect(await measure(account)).toBe(7n)
})

test('blocks count from their upload, once, and pages when they are written', async () => {
  const account = await openAccount()
  await use(account, async (box) => {
    const blob = box.getBlockBlobClient('in blocks')
    const id = (text: string) => Buffer.from(text).toString('base64')
    await blob.stageBlock(id('a'), 'x'.repeat(500), 500)
    await blob.stageBlock(id('b'), 'x'.repeat(600), 600)
    expect(await measure(account)).toBe(1_100n)
    await blob.commitBlockList([id('a')])
    expect(await measure(account)).toBe(500n)

    const log = box.getAppendBlobClient('log')
    await log.create()
    await log.appendBlock('x'.repeat(20), 20)
    await log.appendBlock('x'.repeat(3), 3)
    expect(await measure(account)).toBe(523n)

    const disk = box.getPageBlobClient('disk')
    await disk.create(1024 * 1024)
    expect(await measure(account)).toBe(523n)
    await disk.uploadPages('x'.repeat(2048), 4096, 2048)
    expect(await measure(account)).toBe(523n + 2048n)
  })
})

test('a snapshot counts for what it does not share, a copy in full', async () => {
  const account = await openAccount()
  await use(account, async (box) => {
    const blob = box.getBlockBlobClient('blob')
    await blob.upload('x'.repeat(100), 100)
    await blob.createSnapshot()
    expect(await measure(account), 'the same bytes').toBe(100n)
    await blob.upload('y'.repeat(40), 40)
    expect(await measure(account), 'its own bytes, and the new ones').toBe(140n)
    await blob.createSnapshot()
    expect(await measure(account)).toBe(140n)

    const disk = box.getPageBlobClient('disk')
    await disk.create(1024 * 1024)
    await disk.uploadPages('x'.repeat(1024), 0, 1024)
    await disk.createSnapshot()
    await disk.uploadPages('y'.repeat(512), 512, 512)
    expect(await measure(account), 'one page twice, one page once').toBe(140n + 1536n)

    await box.deleteBlob('disk', { deleteSnapshots: 'include' })
    await box.deleteBlob('blob', { deleteSnapshots: 'only' })
    expect(await measure(account)).toBe(40n)
    await (await box.getBlockBlobClient('copy').beginCopyFromURL(blob.url)).pollUntilDone()
    expect(await measure(account)).toBe(80n)
  })
})

test('a store of many blobs and snapshots is measured whole, and the process goes on meanwhile', async () => {
  const account = await openAccount()
  await use(account, (box) => box.getBlockBlobClient('first').upload('ab', 2))
  await started.servers.close(account.uid)
  const count = 20_000
  const metadata = new DatabaseSync(join(started.root, account.uid, 'blobs.sqlite'))
  metadata.exec(`WITH RECURSIVE n(n) AS (SELECT 2 UNION ALL SELECT n + 1 FROM n WHERE n < ${count})
    INSERT INTO Blobs (accountName, containerName, blobName, snapshot, lastModified, creationTime,
      etag, blobType, contentProperties, deleting, isCommitted, persistency)
    SELECT accountName, containerName, 'blob ' || n, '', lastModified, creationTime, etag, blobType,
      contentProperties, 0, 1, persistency FROM Blobs, n`)
  metadata.exec(`INSERT INTO Blobs (accountName, containerName, blobName, snapshot, lastModified,
      creationTime, etag, blobType, contentProperties, deleting, isCommitted, persistency)
    SELECT accountName, containerName, blobName, '2026', lastModified, creationTime, etag, blobType,
      contentProperties, 0, 1, persistency FROM Blobs WHERE blobId % 2 = 0`)
  metadata.close()
  let turns = 0
  let isMeasured = false
  const goOn = (): void => {
    turns += 1
    if (!isMeasured) setImmediate(goOn)
  }
  setImmediate(goOn)
  expect(await measure(account)).toBe(BigInt(2 * count))
  isMeasured = true
  expect(turns).toBeGreaterThan(count / 2_000)
  await expect(started.servers.measure(account.uid, AbortSignal.abort())).rejects.toThrow('abort')
})

test('what cannot be read is told, never taken for nothing', async () => {
  const account = await openAccount()
  await use(account, (box) => box.getBlockBlobClient('one').upload('x', 1))
  await started.servers.close(account.uid)
  const metadata = join(started.root, account.uid, 'blobs.sqlite')
  writeFileSync(metadata, 'this is no database, and long enough to be looked at as one'.repeat(99))
  await expect(measure(account)).rejects.toThrow('not a database')
  rmSync(metadata)
  await expect(measure(account)).rejects.toThrow(ProviderFailure)
  writeFileSync(metadata, '')
  await expect(measure(account)).rejects.toThrow(ProviderFailure)

  mkdirSync(join(started.root, 'never-opened'))
  expect(await started.servers.measure('never-opened', signal)).toBe(0n)
})
