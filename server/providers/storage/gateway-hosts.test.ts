import { afterEach, expect, test } from 'vitest'
import { ask, startGateway, type TestGateway } from './testing.ts'

const started: TestGateway[] = []
const start = async (more?: Parameters<typeof startGateway>[0]): Promise<TestGateway> => {
  const one = await startGateway(more)
  started.push(one)
  return one
}
afterEach(async () => {
  for (const one of started.splice(0)) await one.dispose()
})

test('a request that reaches another host than its account does is passed on, body and answer untouched', async () => {
  const urls = new Map<string, string>()
  const hostUrl = async (hostId: string) => urls.get(hostId) ?? null
  const publicUrl = 'https://blobs.test'
  const owner = await start({ thisHostId: 'host-1', hostUrl, publicUrl })
  const other = await start({ thisHostId: 'host-2', hostUrl, publicUrl })
  urls.set('host-1', owner.url)
  const alpha = await owner.add('alpha')
  other.accounts.set('alpha', alpha)

  const box = other.clientFor('alpha').getContainerClient('box')
  await box.create()
  const bytes = Buffer.from(Array.from({ length: 2_000_000 }, (_, n) => n % 253))
  await box.getBlockBlobClient('b').upload(bytes, bytes.length)
  expect((await box.getBlobClient('b').downloadToBuffer()).equals(bytes)).toBe(true)
  expect(other.servers.openCount()).toBe(0)
  const listed = await other.clientFor('alpha').listContainers().byPage().next()
  expect(listed.value.serviceEndpoint).toBe('https://blobs.test/alpha')

  owner.closed.add('alpha')
  const refused = box.getBlockBlobClient('c').upload(bytes, bytes.length)
  await expect(refused).rejects.toMatchObject({ code: 'InsufficientAccountPermissions' })
})

test('hosts that each think the other owns an account pass it on once, then say busy', async () => {
  const urls = new Map<string, string>()
  const hostUrl = async (hostId: string) => urls.get(hostId) ?? null
  const one = await start({ thisHostId: 'host-1', hostUrl })
  const two = await start({ thisHostId: 'host-2', hostUrl })
  urls.set('host-1', one.url).set('host-2', two.url)
  const account = await one.add('alpha', { hostId: 'host-2' })
  two.accounts.set('alpha', { ...account, hostId: 'host-1' })
  const answer = await ask(`${one.url}/alpha/box/b`)
  expect([answer.status, answer.headers['x-ms-error-code']]).toEqual([503, 'ServerBusy'])
})

test('an owner that cannot be reached is busy, and the client may try again', async () => {
  const nowhere = await start()
  const { url } = nowhere
  await nowhere.dispose()
  started.splice(0)
  const one = await start({ hostUrl: async () => url })
  await one.add('alpha', { hostId: 'host-2' })
  const answer = await ask(`${one.url}/alpha/box/b`)
  expect([answer.status, answer.headers['x-ms-error-code']]).toEqual([503, 'ServerBusy'])
  expect(answer.headers['retry-after']).toBe('2')
  const unknown = await start({ hostUrl: async () => null })
  await unknown.add('alpha', { hostId: 'host-2' })
  expect((await ask(`${unknown.url}/alpha/box/b`)).status).toBe(503)
})
