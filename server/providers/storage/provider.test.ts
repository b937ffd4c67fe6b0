import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { testRandom } from '../../database/testing/test-database.ts'
import { ProviderFailure, type ResourceProvider, type WantedResource } from '../contract.ts'
import { type BlobServers, createBlobServers } from './blob-servers.ts'
import { createStorageProvider } from './provider.ts'

let root: string
let servers: BlobServers
let provider: ResourceProvider
const barriers: string[] = []

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'reprieve-provider-'))
  servers = createBlobServers({
    root: join(root, 'stores'),
    marks: join(root, 'removed'),
    maxOpen: 1,
    idleMs: 1_000,
    startTimeoutMs: 1_000,
    random: testRandom,
    log: () => {},
  })
  barriers.length = 0
  const gateway = { barrier: async () => void barriers.push('barrier') }
  provider = createStorageProvider({ servers, gateway })
})

afterEach(async () => {
  await provider.close()
  rmSync(root, { recursive: true, force: true })
})

const wanted: WantedResource = {
  uid: '11111111-1111-4111-8111-111111111111',
  tenantId: 't',
  subscriptionId: 's',
  name: 'account',
  state: 'online',
  observed: null,
  generation: 2,
}
const { signal } = new AbortController()

test('a folder that was there and is lost is told, and never made anew and empty', async () => {
  expect(await provider.apply(wanted, signal)).toEqual({ state: 'online' })
  rmSync(join(root, 'stores', wanted.uid), { recursive: true })
  const again = { ...wanted, state: 'offline', observed: 'online', generation: 3 } as const
  await expect(provider.apply(again, signal)).rejects.toThrow(ProviderFailure)
  expect(await servers.exists(wanted.uid)).toBe(false)
})

test('being offline and being destroyed both wait until no write is under way', async () => {
  await provider.apply(wanted, signal)
  expect(barriers).toHaveLength(0)
  await provider.apply({ ...wanted, state: 'offline', observed: 'online', generation: 3 }, signal)
  expect(barriers).toHaveLength(1)
  const gone = { ...wanted, state: 'absent', observed: 'offline', generation: 4 } as const
  expect(await provider.apply(gone, signal)).toMatchObject({
    state: 'absent',
    evidence: { folder: wanted.uid, found: true, gone: true, remains: [] },
  })
  expect(barriers).toHaveLength(2)
  const repeated = await provider.apply({ ...gone, generation: 5 }, signal)
  expect(repeated).toMatchObject({ state: 'absent', evidence: { found: false, gone: true } })
})

test('a worker that was overtaken changes nothing', async () => {
  await provider.apply({ ...wanted, generation: 7 }, signal)
  const late = { ...wanted, state: 'absent', observed: 'online', generation: 6 } as const
  await expect(provider.apply(late, signal)).rejects.toThrow('overtaken')
  expect(await servers.exists(wanted.uid)).toBe(true)
})

test('a folder that is missing without having been removed is no evidence that it is gone', async () => {
  await provider.apply(wanted, signal)
  rmSync(join(root, 'stores', wanted.uid), { recursive: true })
  const gone = { ...wanted, state: 'absent', observed: 'offline', generation: 3 } as const
  await expect(provider.apply(gone, signal)).rejects.toThrow('not on the disk')
})
