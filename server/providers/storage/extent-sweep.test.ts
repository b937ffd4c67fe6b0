import { readdir, utimes, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { randomUUID } from 'node:crypto'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { BlobAccount } from './blob-servers.ts'
import { clientOf, newKeys, startServers, type TestServers } from './testing.ts'

let it: TestServers
const account: BlobAccount = { uid: '1', name: 'alpha', keys: newKeys() }
beforeEach(async () => {
  it = await startServers()
  await it.servers.ensure('1')
})
afterEach(async () => it.dispose())

const extents = (): Promise<string[]> => readdir(join(it.root, '1', 'extents'))
const inBox = <Result>(
  work: (box: ReturnType<ReturnType<typeof clientOf>['getContainerClient']>) => Promise<Result>,
): Promise<Result> =>
  it.servers.use(account, (origin) =>
    work(clientOf(origin, account.name, account.keys).getContainerClient('box')),
  )
const reopen = async (): Promise<void> => {
  await it.servers.close('1')
  // A sweep starts with every opening; a write that comes after it waits for it.
  await inBox(async (box) => box.setMetadata({ opened: randomUUID().slice(0, 8) }))
}
const name = (n: number): string => Buffer.from(`0${n}`).toString('base64')

test('a sweep keeps whatever a blob, a snapshot, a copy, a page or an open block refers to', async () => {
  await inBox(async (box) => {
    await box.create()
    const blob = box.getBlockBlobClient('b')
    await blob.upload('first', 5)
    const { snapshot } = await blob.createSnapshot()
    await box.getBlockBlobClient('copy').syncCopyFromURL(blob.withSnapshot(snapshot ?? '').url)
    await blob.delete({ deleteSnapshots: 'include' })
    await box.getPageBlobClient('disk').create(512)
    await box.getPageBlobClient('disk').uploadPages(Buffer.alloc(512, 3), 0, 512)
    await box.getAppendBlobClient('log').create()
    await box.getAppendBlobClient('log').appendBlock('line', 4)
    await box.getBlockBlobClient('staged').stageBlock(name(1), 'block', 5)
  })
  for (let round = 0; round < 3; round += 1) await reopen()
  await inBox(async (box) => {
    const text = async (blob: string): Promise<string> =>
      (await box.getBlobClient(blob).downloadToBuffer()).toString()
    expect(await text('copy')).toBe('first')
    expect(await text('disk')).toBe('\x03'.repeat(512))
    expect(await text('log')).toBe('line')
    await box.getBlockBlobClient('staged').commitBlockList([name(1)])
    expect(await text('staged')).toBe('block')
  })
})

test('a sweep removes the bytes that nothing refers to any more, and only those', async () => {
  await inBox(async (box) => {
    await box.create()
    await box.getBlockBlobClient('kept').upload('kept', 4)
  })
  await it.servers.close('1')
  const kept = await extents()
  await inBox(async (box) => {
    const blob = box.getBlockBlobClient('b')
    await blob.stageBlock(name(1), 'old', 3)
    await blob.commitBlockList([name(1)])
    await blob.upload('newer', 5)
    await blob.delete()
  })
  const orphan = join(it.root, '1', 'extents', randomUUID())
  await writeFile(orphan, 'left by a crash')
  await utimes(orphan, 0, 0)
  const stranger = join(it.root, '1', 'extents', 'not-an-extent')
  await writeFile(stranger, 'of somebody else')
  expect((await extents()).length).toBeGreaterThan(kept.length + 2)
  await reopen()
  await expect.poll(extents).toEqual([...kept, 'not-an-extent'].sort())
  await inBox(async (box) => {
    expect((await box.getBlobClient('kept').downloadToBuffer()).toString()).toBe('kept')
  })
})
