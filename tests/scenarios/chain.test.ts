import { createHash } from 'node:crypto'
import { existsSync, readdirSync } from 'node:fs'
import { basename, join } from 'node:path'
import type { RestError } from '@azure/core-rest-pipeline'
import { AccountSASPermissions, type BlobServiceClient } from '@azure/storage-blob'
import { expect, test } from 'vitest'
import { type PublishedEvent, chainStart, verifyEvents } from '../../api/event-chain.ts'
import { testTraffic, useWatchedServer } from '../contract/watched-server.ts'
import { World, roles } from '../contract/world-fixture.ts'
import {
  type Sdk,
  blobsByKey,
  blobsBySignature,
  blobsByToken,
  ignoreResourceCheckPolicy,
  sdkFor,
} from './sdk-fixture.ts'

const watched = useWatchedServer()

const account = 'chainstore'
const group = 'chain-group'
const startOfStory = '2026-03-01T00:00:00Z'

type Blob = { readonly name: string; readonly bytes: number; readonly way: Way }
type Way = 'key' | 'signature' | 'token'

/** From nothing to 1 MiB, and two that are uploaded in blocks. */
const blobs: readonly Blob[] = Array.from({ length: 200 }, (_, index) => ({
  name: `folder-${index % 7}/blob ${index}.bin`,
  bytes: index === 13 || index === 113 ? 9_000_000 : (index ** 3 * 17) % 70_000,
  way: index % 20 === 5 ? 'signature' : index % 20 === 15 ? 'token' : 'key',
}))

test('a subscription lives, is cancelled, comes back and is purged, by unmodified Azure clients', async () => {
  const world = new World(watched.client)
  const sdk = sdkFor(watched)
  await world.clock('chain', startOfStory)
  const billingScope = await world.billingAccount('chain', { testClock: 'chain' })

  const { subscriptionId, accountId } = await create(sdk, billingScope)
  const stores = await openStores(sdk, subscriptionId, accountId)
  const hashes = await uploadAll(stores)
  const folder = storeFolder()

  const refused = await refusalOf(sdk.subscription.subscription.cancel(subscriptionId))
  expect(refused).toMatchObject({ statusCode: 400, code: 'ResourcesExistingOnSubscription' })
  expect(refused.message).toContain(accountId)
  expect(await stateOf(sdk, subscriptionId)).toBe('Enabled')

  const forced = sdkFor(watched)
  forced.subscription.pipeline.addPolicy(ignoreResourceCheckPolicy)
  const cancelled = await forced.subscription.subscription.cancel(subscriptionId)
  expect(cancelled.subscriptionId).toBe(subscriptionId)
  await expectReadOnly(sdk, stores, subscriptionId)
  expect(await downloadAll(stores)).toEqual(hashes)

  await sdk.subscription.subscription.enable(subscriptionId)
  expect(await stateOf(sdk, subscriptionId)).toBe('Enabled')
  for (const way of ways) {
    await container(stores[way]).getBlockBlobClient(`again by ${way}`).uploadData(Buffer.from(way))
    hashes.set(`again by ${way}`, sha256(Buffer.from(way)))
  }

  await forced.subscription.subscription.cancel(subscriptionId)
  await expectAdvanced('P89D')
  expect(await stateOf(sdk, subscriptionId)).toBe('Disabled')
  expect(await downloadAll(stores)).toEqual(hashes)
  expect(existsSync(folder)).toBe(true)

  await expectAdvanced('P2D')
  await expectPurged(sdk, stores, subscriptionId)
  expect(existsSync(folder)).toBe(false)
  await expectEvidence(subscriptionId, folder)
}, 120_000)

async function create(sdk: Sdk, billingScope: string) {
  const alias = await sdk.subscription.alias.beginCreateAndWait('chain-alias', {
    properties: { displayName: 'Chain', workload: 'Production', billingScope },
  })
  const subscriptionId = alias.properties?.subscriptionId ?? ''
  const listed = []
  for await (const found of sdk.subscriptions.subscriptions.list())
    listed.push(found.subscriptionId)
  expect(listed).toContain(subscriptionId)

  const { resourceGroups } = sdk.resources(subscriptionId)
  await resourceGroups.createOrUpdate(group, { location: 'local', tags: { story: 'chain' } })
  const { storageAccounts } = sdk.storage(subscriptionId)
  const free = await storageAccounts.checkNameAvailability({
    name: account,
    type: 'Microsoft.Storage/storageAccounts',
  })
  expect(free.nameAvailable).toBe(true)
  const made = await storageAccounts.create(group, account, {
    location: 'local',
    kind: 'StorageV2',
    sku: { name: 'Standard_LRS' },
  })
  expect(made.provisioningState).toBe('Succeeded')
  return { subscriptionId, accountId: made.id ?? '' }
}

test('a Contributor does all of it but the cancel, and is told who may', async () => {
  const world = new World(watched.client)
  const billingScope = await world.billingAccount('contributor')
  const subscriptionId = await world.subscription(billingScope)
  const scope = `/subscriptions/${subscriptionId}`
  const person = await world.person('contributor', { id: roles.contributor, scope })
  const sdk = sdkFor(watched, person)

  await sdk.resources(subscriptionId).resourceGroups.createOrUpdate('theirs', { location: 'local' })
  const { storageAccounts } = sdk.storage(subscriptionId)
  const sku = { name: 'Standard_LRS' }
  await storageAccounts.create('theirs', 'contributed', {
    location: 'local',
    kind: 'StorageV2',
    sku,
  })
  const { keys } = await storageAccounts.listKeys('theirs', 'contributed')
  const store = blobsByKey(watched.server, 'contributed', keys?.[0]?.value ?? '')
  await container(store).create()
  await container(store).getBlockBlobClient('theirs').uploadData(Buffer.from('bytes'))

  sdk.subscription.pipeline.addPolicy(ignoreResourceCheckPolicy)
  const refused = await refusalOf(sdk.subscription.subscription.cancel(subscriptionId))
  expect(refused).toMatchObject({ statusCode: 403, code: 'AuthorizationFailed' })
  const administrator = watched.server.credential.objectId
  expect(refused.message).toContain('account administrator')
  expect(refused.message).toContain(administrator)
  expect(await stateOf(sdk, subscriptionId)).toBe('Enabled')
  await container(store).getBlockBlobClient('still').uploadData(Buffer.from('bytes'))
}, 60_000)

type Stores = { readonly [W in Way]: BlobServiceClient }
const ways: readonly Way[] = ['key', 'signature', 'token']

/** The same account by its key, by a signature of it, and by the token of who has a role. */
async function openStores(sdk: Sdk, subscriptionId: string, accountId: string): Promise<Stores> {
  const { keys } = await sdk.storage(subscriptionId).storageAccounts.listKeys(group, account)
  const byKey = blobsByKey(watched.server, account, keys?.[0]?.value ?? '')
  const signature = byKey.generateAccountSasUrl(
    new Date(Date.now() + 3_600_000),
    AccountSASPermissions.parse('rwdlac'),
    'sco',
  )
  const { objectId } = watched.server.credential
  const { roleAssignments } = sdk.authorization(subscriptionId)
  const definitions = '/providers/Microsoft.Authorization/roleDefinitions'
  const roleDefinitionId = `${definitions}/${roles.blobDataContributor}`
  await roleAssignments.create(accountId, '5a1c0f3e-7a34-4b57-8d2a-08b6b19f2c11', {
    roleDefinitionId,
    principalId: objectId,
  })
  return {
    key: byKey,
    signature: blobsBySignature(watched.server, signature),
    token: blobsByToken(watched.server, account, sdk),
  }
}

function container(store: BlobServiceClient) {
  return store.getContainerClient('data')
}

async function uploadAll(stores: Stores): Promise<Map<string, string>> {
  await container(stores.key).create()
  const hashes = new Map<string, string>()
  await inTurns(blobs, async ({ name, bytes, way }) => {
    const content = contentOf(name, bytes)
    const blob = container(stores[way]).getBlockBlobClient(name)
    await blob.uploadData(content, { maxSingleShotSize: 4_000_000, blockSize: 2_000_000 })
    hashes.set(name, sha256(content))
  })
  return inOrder(hashes)
}

/** Every blob that is listed, so that one too many or too few is seen as well. */
async function downloadAll(stores: Stores): Promise<Map<string, string>> {
  const names: string[] = []
  for await (const { name } of container(stores.key).listBlobsFlat()) names.push(name)
  const hashes = new Map<string, string>()
  await inTurns(names, async (name) => {
    const way = ways[names.indexOf(name) % ways.length] ?? 'key'
    const content = await container(stores[way]).getBlobClient(name).downloadToBuffer()
    hashes.set(name, sha256(content))
  })
  return inOrder(hashes)
}

async function expectReadOnly(sdk: Sdk, stores: Stores, subscriptionId: string): Promise<void> {
  expect(['Warned', 'Disabled']).toContain(await stateOf(sdk, subscriptionId))
  for (const way of ways) {
    const blob = container(stores[way]).getBlockBlobClient(`refused by ${way}`)
    expect(await refusalOf(blob.uploadData(Buffer.from('late')))).toMatchObject({
      statusCode: 403,
      code: 'InsufficientAccountPermissions',
    })
    expect(await blob.exists()).toBe(false)
  }
  const { storageAccounts } = sdk.storage(subscriptionId)
  const keys = await refusalOf(storageAccounts.listKeys(group, account))
  expect(keys).toMatchObject({ statusCode: 409, code: 'ReadOnlyDisabledSubscription' })
  const tagged = sdk.resources(subscriptionId).resourceGroups.createOrUpdate('another', {
    location: 'local',
  })
  expect(await refusalOf(tagged)).toMatchObject({
    statusCode: 409,
    code: 'ReadOnlyDisabledSubscription',
  })
}

async function expectAdvanced(by: string): Promise<void> {
  const end = await watched.client.advance('chain', { by })
  expect(end).toMatchObject({ status: 200, body: { stuck: [] } })
}

async function expectPurged(sdk: Sdk, stores: Stores, subscriptionId: string): Promise<void> {
  const gone = { statusCode: 404, code: 'SubscriptionNotFound' }
  const { subscriptions } = sdk.subscriptions
  expect(await refusalOf(subscriptions.get(subscriptionId))).toMatchObject(gone)
  const { resourceGroups } = sdk.resources(subscriptionId)
  expect(await refusalOf(resourceGroups.get(group))).toMatchObject(gone)
  expect(await refusalOf(sdk.subscription.subscription.enable(subscriptionId))).toMatchObject(gone)
  for (const way of ways) {
    const read = container(stores[way])
      .getBlobClient(blobs[0]?.name ?? '')
      .downloadToBuffer()
    expect(await refusalOf(read)).toMatchObject({ statusCode: 404 })
  }
}

async function expectEvidence(subscriptionId: string, folder: string): Promise<void> {
  const path = `/subscriptions/${subscriptionId}/providers/Reprieve.Lifecycle`
  const lifecycle = await watched.client.request('GET', `${path}/lifecycles/default`)
  expect(lifecycle).toMatchObject({
    status: 200,
    body: { properties: { state: 'Deleted', purgeAt: '2026-05-30T00:00:00.000Z' } },
  })
  const { body } = await watched.client.request('GET', `${path}/events`)
  const { value } = body as { value: PublishedEvent[] }
  const { position, problems } = verifyEvents(chainStart, value)
  expect({ problems, events: position.sequence }).toEqual({ problems: [], events: value.length })
  const types = value.map(({ type }) => type)
  expect(types.slice(-3)).toEqual([
    'SubscriptionPurgeStarted',
    'ResourceDestroyed',
    'SubscriptionPurged',
  ])
  const evidence = { blobs: blobs.length + ways.length, containers: 1, gone: true, remains: [] }
  expect(value.at(-1)?.data).toMatchObject({
    evidence: { resources: 1, stores: [{ uid: basename(folder), evidence }] },
  })
}

function inOrder(hashes: ReadonlyMap<string, string>): Map<string, string> {
  return new Map([...hashes].sort(([a], [b]) => (a < b ? -1 : 1)))
}

async function stateOf(sdk: Sdk, subscriptionId: string): Promise<string | undefined> {
  return (await sdk.subscriptions.subscriptions.get(subscriptionId)).state
}

/** The one store on this host's disk. */
function storeFolder(): string {
  const root = join(watched.server.dataFolder, 'stores')
  const [name] = readdirSync(root)
  return join(root, name ?? 'there is none')
}

async function refusalOf(call: Promise<unknown>): Promise<RestError> {
  return call.then(
    () => expect.fail('it was not refused'),
    (error: unknown) => error as RestError,
  )
}

/** Four at a time: as clients do, and quick. */
async function inTurns<Item>(items: readonly Item[], act: (item: Item) => Promise<void>) {
  const rest = [...items]
  const turn = async (): Promise<void> => {
    for (let item = rest.shift(); item !== undefined; item = rest.shift()) await act(item)
  }
  await Promise.all(Array.from({ length: 4 }, turn))
}

/** The same bytes for the same name, unlike those of any other. */
function contentOf(name: string, bytes: number): Buffer {
  const seed = createHash('sha512').update(name).digest()
  return Buffer.alloc(bytes, bytes === 0 ? undefined : seed)
}

function sha256(content: Buffer): string {
  return createHash('sha256').update(content).digest('hex')
}

testTraffic(watched)
