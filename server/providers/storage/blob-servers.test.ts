import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdir, readdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, expect, test } from 'vitest'
import type { BlobAccount } from './blob-servers.ts'
import { takeFolderLock } from './folder-lock.ts'
import { ask, clientOf, newKeys, startServers, type TestServers } from './testing.ts'

const blobServersUrl = new URL('./blob-servers.ts', import.meta.url).href
const started: TestServers[] = []
const start = async (more?: Parameters<typeof startServers>[0]): Promise<TestServers> => {
  const one = await startServers(more)
  started.push(one)
  return one
}
afterEach(async () => {
  for (const one of started.splice(0)) await one.dispose()
})

const accountOf = (uid: string): BlobAccount => ({ uid, name: `account${uid}`, keys: newKeys() })

test('an acknowledged upload survives kill -9 of its server, round after round', async () => {
  const { servers } = await start()
  const account = accountOf('1')
  await servers.ensure('1')
  const acknowledged: string[] = []
  for (let round = 0; round < 4; round += 1) {
    const before = acknowledged.length
    await servers.use(account, async (origin) => {
      const box = clientOf(origin, account.name, account.keys).getContainerClient('box')
      await box.createIfNotExists()
      const writer = async (which: number): Promise<void> => {
        for (let n = 0; ; n += 1) {
          const name = `${round}-${which}-${n}`
          await box.getBlockBlobClient(name).upload(`the bytes of ${name}`, 13 + name.length)
          acknowledged.push(name)
          // Killed in the midst of other writers' uploads, after a different number each time.
          if (acknowledged.length - before === 15 + 7 * round) process.kill(origin.pid, 'SIGKILL')
        }
      }
      await Promise.allSettled([0, 1, 2, 3].map(writer))
    })
    await servers.close(account.uid)
    await servers.use(account, async (origin) => {
      const box = clientOf(origin, account.name, account.keys).getContainerClient('box')
      for (const name of acknowledged) {
        const bytes = await box.getBlobClient(name).downloadToBuffer()
        expect(bytes.toString()).toBe(`the bytes of ${name}`)
      }
    })
  }
  expect(acknowledged.length).toBeGreaterThanOrEqual(15 + 22 + 29 + 36)
})

test('twenty accounts through four places: each finds its own blobs and no other', async () => {
  const { servers } = await start({ maxOpen: 4 })
  const accounts = Array.from({ length: 20 }, (_, n) => accountOf(`many-${n}`)).map(
    (account, n) => ({
      ...account,
      name: `many${n}`,
    }),
  )
  let most = 0
  await Promise.all(
    accounts.map(async (account) => {
      await servers.ensure(account.uid)
      await servers.use(account, async (origin) => {
        most = Math.max(most, servers.openCount())
        const box = clientOf(origin, account.name, account.keys).getContainerClient('box')
        await box.create()
        await box.getBlockBlobClient(`of-${account.name}`).upload('x', 1)
      })
    }),
  )
  for (const account of [accounts[3], accounts[17], accounts[0]]) {
    const found: string[] = []
    await servers.use(account!, async (origin) => {
      const client = clientOf(origin, account!.name, account!.keys)
      for await (const blob of client.getContainerClient('box').listBlobsFlat())
        found.push(blob.name)
    })
    expect(found).toEqual([`of-${account!.name}`])
  }
  const { signal } = new AbortController()
  for (const { uid } of accounts) expect(await servers.measure(uid, signal)).toBe(1n)
  expect(most).toBeGreaterThan(1)
})

test('never more than its places are open, and a call that finds none in time says so', async () => {
  const { root } = await start()
  const { createBlobServers } = await import('./blob-servers.ts')
  const { testRandom } = await import('./testing.ts')
  const servers = createBlobServers({
    root,
    marks: `${root}.removed`,
    maxOpen: 1,
    idleMs: 60_000,
    startTimeoutMs: 6_000,
    random: testRandom,
    log: () => undefined,
  })
  await servers.ensure('one')
  await servers.ensure('two')
  await servers.use(accountOf('one'), async () => {
    await expect(servers.use(accountOf('two'), async () => 'served')).rejects.toMatchObject({
      problem: 'Busy',
    })
  })
  // The one place is taken by a server that nobody uses: it makes room.
  expect(await servers.use(accountOf('two'), async () => servers.openCount())).toBe(1)
  await servers.stop()
})

test('callers at the same time share one opening', async () => {
  const { servers } = await start()
  await servers.ensure('1')
  const account = accountOf('1')
  const pids = await Promise.all(
    [1, 2, 3, 4].map(() => servers.use(account, async ({ pid }) => pid)),
  )
  expect(new Set(pids).size).toBe(1)
})

test('a server that nobody uses is closed, and opens again', async () => {
  const { servers } = await start({ idleMs: 1 })
  await servers.ensure('1')
  const account = accountOf('1')
  const first = await servers.use(account, async ({ pid }) => pid)
  await expect.poll(() => servers.openCount(), { timeout: 30_000 }).toBe(0)
  const second = await servers.use(account, async ({ pid }) => pid)
  expect(second).not.toBe(first)
})

test('a second server on a folder that is served is refused, and its lock frees with its process', async () => {
  const one = await start()
  await one.servers.ensure('1')
  const account = accountOf('1')
  const folder = join(one.root, '1')
  const { startBlobServer } = await import('./blob-server-process.ts')
  await one.servers.use(account, async () => {
    expect(takeFolderLock(folder)).toBeNull()
    const second = startBlobServer({
      folder,
      account,
      pass: 'other',
      limitMs: 10_000,
      onProblem: () => undefined,
    })
    await expect(second).rejects.toMatchObject({ name: 'BlobServerStartError', lockHeld: true })
  })
  await one.servers.kill('1')
  const lock = takeFolderLock(folder)
  expect(lock).not.toBeNull()
  lock?.release()
})

test('a server ends with its parent, also when that is killed with -9', async () => {
  const { root, servers } = await start()
  await servers.ensure('1')
  const account = accountOf('1')
  const script = `
    const { createBlobServers } = await import(${JSON.stringify(blobServersUrl)})
    const bytes = (n) => crypto.getRandomValues(new Uint8Array(n))
    const random = { uuid: () => crypto.randomUUID(), bytes }
    const servers = createBlobServers({ root: ${JSON.stringify(root)}, marks: '',
      maxOpen: 1, idleMs: 60000, startTimeoutMs: 20000, random, log: () => undefined })
    await servers.use(${JSON.stringify(account)}, async () => process.kill(process.pid, 'SIGKILL'))`
  const ended = await new Promise<{ signal?: string }>((resolve) => {
    execFile(process.execPath, ['--input-type=module', '-e', script], (error) =>
      resolve(error as { signal?: string }),
    )
  })
  expect(ended.signal).toBe('SIGKILL')
  // The lock is free only once the orphan has ended; opening waits for that.
  expect(await servers.use(account, async ({ pid }) => pid)).toBeGreaterThan(0)
})

test('a server that died fails its call, and the next call opens another', async () => {
  const { servers, events } = await start()
  await servers.ensure('1')
  const account = accountOf('1')
  const failed = servers.use(account, async (origin) => {
    process.kill(origin.pid, 'SIGKILL')
    await clientOf(origin, account.name, account.keys).getProperties()
  })
  await expect(failed).rejects.toThrow()
  await expect.poll(() => events).toContain('storage server died')
  const names = await servers.use(account, async (origin) => {
    const client = clientOf(origin, account.name, account.keys)
    return (await client.listContainers().byPage().next()).value.containerItems
  })
  expect(names).toEqual([])
})

test('destroy counts, removes, reads back, and is final', async () => {
  const { root, servers } = await start()
  await servers.ensure('1')
  const account = accountOf('1')
  await servers.use(account, async (origin) => {
    const client = clientOf(origin, account.name, account.keys)
    for (const name of ['one', 'two']) {
      const box = client.getContainerClient(name)
      await box.create()
      await box.getBlockBlobClient('b').upload('x'.repeat(50_000), 50_000)
    }
  })
  const evidence = await servers.destroy('1')
  expect(evidence).toMatchObject({ containers: 2, blobs: 2, gone: true, remains: [] })
  expect(evidence.bytes).toBeGreaterThan(100_000)
  expect(evidence.files).toBeGreaterThan(4)
  expect(existsSync(join(root, '1'))).toBe(false)
  expect(await servers.destroy('1')).toMatchObject({ files: 0, bytes: 0, gone: true, remains: [] })
  await expect(servers.use(account, async () => 'served')).rejects.toMatchObject({
    problem: 'Gone',
  })
  await expect(servers.ensure('1')).rejects.toMatchObject({ problem: 'Gone' })
  expect(await readdir(root)).toEqual([])
})

test('destroy leaves a folder alone that another process serves', async () => {
  const { root, servers } = await start()
  await servers.ensure('1')
  const lock = takeFolderLock(join(root, '1'))
  await expect(servers.destroy('1')).rejects.toMatchObject({ problem: 'Busy' })
  expect(existsSync(join(root, '1'))).toBe(true)
  lock?.release()
  expect(await servers.destroy('1')).toMatchObject({ gone: true })
})

test('metadata that cannot be read does not save a folder from destroy', async () => {
  const { root, servers } = await start()
  await mkdir(join(root, '1'))
  await writeFile(join(root, '1', 'blobs.sqlite'), 'this is not a database, but it is long enough')
  expect(await servers.destroy('1')).toMatchObject({ containers: null, gone: true })
})

test('an account whose folder is missing is an error, never an empty account', async () => {
  const { root, servers } = await start()
  await expect(servers.use(accountOf('1'), async () => 'served')).rejects.toMatchObject({
    problem: 'FolderMissing',
  })
  expect(await readdir(root)).toEqual([])
  await expect(servers.ensure('../escape')).rejects.toThrow("not an account's uid")
})

test('replaced keys are bad at once, and a caller who still holds them does not bring them back', async () => {
  const { servers } = await start()
  await servers.ensure('1')
  const account = accountOf('1')
  const renewed = { ...account, keys: [newKeys()[0], account.keys[1]] as const }
  const status = (given: BlobAccount, keys: BlobAccount['keys']): Promise<unknown> =>
    servers.use(given, async (origin) =>
      clientOf(origin, account.name, keys)
        .getProperties()
        .then(
          () => 200,
          (error: unknown) => (error as { statusCode: number }).statusCode,
        ),
    )
  expect(await status(account, account.keys)).toBe(200)
  await servers.updateKeys('1', renewed.keys)
  expect(await status(account, account.keys)).toBe(403)
  expect(await status(renewed, renewed.keys)).toBe(200)
  expect(await status(account, [account.keys[1], account.keys[1]])).toBe(200)
})

test('a storage server answers nobody who was not given its pass', async () => {
  const { servers } = await start()
  await servers.ensure('1')
  const account = accountOf('1')
  await servers.use(account, async ({ port }) => {
    const url = `http://127.0.0.1:${port}/${account.name}?comp=list`
    expect((await ask(url)).status).toBe(403)
    expect((await ask(url, { headers: { 'x-reprieve-pass': 'guess' } })).status).toBe(403)
  })
})
