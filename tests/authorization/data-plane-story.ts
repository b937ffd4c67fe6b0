import { text } from 'node:stream/consumers'
import {
  AccountSASPermissions,
  BlobServiceClient,
  type ContainerClient,
  RestError,
  StorageSharedKeyCredential,
  generateAccountSASQueryParameters,
} from '@azure/storage-blob'
import { expect } from 'vitest'
import { roleIds } from './actors.ts'
import { settled, uuid } from './calls.ts'
import { type Place, group, siblingGroup, storageBody, storagePath } from './place.ts'
import type { World } from './world.ts'

const credentials = [
  'key',
  'another key',
  'SAS for everything',
  'SAS for reading',
  'data reader',
  'data contributor',
  'data owner',
  'data contributor of the account',
  'data contributor of the next group',
  'data owner of another tenant',
  'disabled data owner',
  'owner',
  'contributor',
  'steward',
  'nobody',
  'token for the API',
] as const
type Credential = (typeof credentials)[number]

const writers: readonly Credential[] = [
  'key',
  'SAS for everything',
  'data contributor',
  'data owner',
  'data contributor of the account',
]
const readers: readonly Credential[] = [...writers, 'SAS for reading', 'data reader']

/** Whom neither key nor role admits, and how each is told. */
function refusalOf(credential: Credential): string {
  // The emulator's word for a signature by another key; Azure says AuthenticationFailed.
  if (credential === 'another key') return '403 AuthorizationFailure'
  if (credential === 'token for the API') return '401 InvalidAuthenticationInfo'
  return '403 AuthorizationPermissionMismatch'
}

type Acts = { readonly [Act in 'read' | 'list' | 'write' | 'delete']: string }

function expectedActs(credential: Credential, state: 'Enabled' | 'Disabled'): Acts {
  const refused = refusalOf(credential)
  const readOnly = '403 InsufficientAccountPermissions'
  const read = readers.includes(credential) ? '200' : refused
  const mayWrite = writers.includes(credential)
  // While it is read-only, a write is refused before anybody looks at the signature that it bears.
  const isLeftToKeys = credential === 'another key' || credential === 'SAS for reading'
  const write = (passes: string): string => {
    if (!mayWrite) return isLeftToKeys && state === 'Disabled' ? readOnly : refused
    return state === 'Enabled' ? passes : readOnly
  }
  return { read, list: read, write: write('201'), delete: write('404 BlobNotFound') }
}

type Clients = (credential: Credential, account?: string) => ContainerClient

export async function dataByEveryCredential(world: World): Promise<void> {
  const clock = '/providers/Reprieve.Lifecycle/testClocks/data'
  await world.must('PUT', clock, { properties: { now: '2026-01-01T00:00:00Z' } })
  const place = await world.makePlace('PayAsYouGo', 'data', 'data')
  const clientOf = await clientsFor(world, place)
  const byKey = clientOf('key')
  await byKey.create()
  await byKey.getBlockBlobClient('file').upload('kept', 4)
  const all = (state: 'Enabled' | 'Disabled') =>
    Object.fromEntries(credentials.map((name) => [name, expectedActs(name, state)]))

  expect(await actsOf(clientOf)).toEqual(all('Enabled'))
  await world.cancel(place)
  expect(await actsOf(clientOf)).toEqual(all('Disabled'))
  const payer = world.tokenOf('accountAdministrator')
  const enable = `/subscriptions/${place.subscriptionId}/providers/Microsoft.Subscription/enable`
  await world.must('POST', enable, undefined, payer)
  expect(await actsOf(clientOf)).toEqual(all('Enabled'))

  await world.cancel(place)
  await world.untilState(place, 'Disabled')
  expect((await world.server.client.advance('data', { by: 'P89D' })).status).toBe(200)
  expect(await actsOf(clientOf)).toEqual(all('Disabled'))
  expect((await world.server.client.advance('data', { by: 'P2D' })).status).toBe(200)
  const gone = await actsOf(clientOf)
  expect(gone).toEqual(await actsOf((credential) => clientOf(credential, 'neverwas')))
  const never = '404 ResourceNotFound'
  expect(gone['key']).toEqual({ read: never, list: never, write: never, delete: never })
}

async function clientsFor(world: World, place: Place): Promise<Clients> {
  const tokens = await giveTokens(world, place)
  const keys = await world.must('POST', `${storagePath(place)}/listKeys`)
  const [key] = (keys.body as { keys: { value: string }[] }).keys
  const options = { retryOptions: { maxTries: 1 }, tlsOptions: { ca: world.server.ca } }
  const containerOf = (account: string, credential: Credential): ContainerClient => {
    const url = `${world.server.blobEndpoint}/${account}`
    const byKey = new StorageSharedKeyCredential(account, key?.value ?? '')
    const token = tokens.get(credential)
    const client =
      credential === 'key'
        ? new BlobServiceClient(url, byKey, options)
        : credential === 'another key'
          ? new BlobServiceClient(url, new StorageSharedKeyCredential(account, 'YQ=='), options)
          : token === undefined
            ? new BlobServiceClient(`${url}?${signatureOf(credential, byKey)}`, undefined, options)
            : new BlobServiceClient(url, tokenCredential(token), options)
    return client.getContainerClient('inside')
  }
  return (credential, account = place.storage) => containerOf(account, credential)
}

function tokenCredential(token: string) {
  const expiresOnTimestamp = Date.now() + 3_600_000
  return { getToken: async () => ({ token, expiresOnTimestamp }) }
}

function signatureOf(credential: Credential, key: StorageSharedKeyCredential): string {
  const permissions = credential === 'SAS for everything' ? 'rwdlac' : 'rl'
  return generateAccountSASQueryParameters(
    {
      expiresOn: new Date(Date.now() + 3_600_000),
      permissions: AccountSASPermissions.parse(permissions),
      services: 'b',
      resourceTypes: 'sco',
    },
    key,
  ).toString()
}

/** Makes the account, and principals that hold a role on data and no other. */
async function giveTokens(world: World, place: Place): Promise<ReadonlyMap<Credential, string>> {
  const { principals } = world
  const scope = `/subscriptions/${place.subscriptionId}`
  await world.must('PUT', storagePath(place), storageBody)
  const holders: readonly (readonly [Credential, string, string])[] = [
    ['data reader', scope, roleIds.blobReader],
    ['data contributor', `${scope}/resourceGroups/${group}`, roleIds.blobContributor],
    ['data owner', scope, roleIds.blobOwner],
    ['data contributor of the account', storagePath(place), roleIds.blobContributor],
    [
      'data contributor of the next group',
      `${scope}/resourceGroups/${siblingGroup}`,
      roleIds.blobContributor,
    ],
    ['disabled data owner', scope, roleIds.blobOwner],
  ]
  const made = await settled(holders, async ([name, at, role]) => {
    const servicePrincipal = name.replaceAll(' ', '-')
    const { storageToken, objectId } = await world.makePrincipal(servicePrincipal)
    await world.assign(at, role, objectId)
    return [name, storageToken] as const
  })
  await world.must('DELETE', '/providers/Reprieve.Lifecycle/servicePrincipals/disabled-data-owner')
  const { stranger } = principals
  await world.must(
    'PUT',
    `/providers/Microsoft.Authorization/roleAssignments/${uuid()}`,
    {
      properties: {
        roleDefinitionId: `/providers/Microsoft.Authorization/roleDefinitions/${roleIds.blobOwner}`,
        principalId: stranger.objectId,
      },
    },
    { token: stranger.token },
  )
  return new Map<Credential, string>([
    ...made,
    ['data owner of another tenant', stranger.storageToken],
    ['owner', principals.owner.storageToken],
    ['contributor', principals.contributor.storageToken],
    ['steward', principals.steward.storageToken],
    ['nobody', principals.nobody.storageToken],
    ['token for the API', principals.owner.token],
  ])
}

async function actsOf(clientOf: Clients): Promise<{ readonly [name: string]: Acts }> {
  const rows = await settled(credentials, async (name) => [name, await actsBy(clientOf(name))])
  return Object.fromEntries(rows) as { readonly [name: string]: Acts }
}

async function actsBy(container: ContainerClient): Promise<Acts> {
  const [read, list, write, removed] = await Promise.all([
    answerOf(async () => {
      const { readableStreamBody, _response } = await container.getBlobClient('file').download()
      const read = await text(readableStreamBody as NodeJS.ReadableStream)
      if (read !== 'kept') throw new Error(`other bytes were read: ${read}`)
      return _response.status
    }),
    answerOf(async () => {
      for await (const _page of container.listBlobsFlat().byPage({ maxPageSize: 1 })) return 200
      return 0
    }),
    answerOf(async () => (await writeNew(container))._response.status),
    answerOf(async () => (await container.deleteBlob('absent'))._response.status),
  ])
  return { read, list, write, delete: removed }
}

function writeNew(container: ContainerClient) {
  return container.getBlockBlobClient(`new-${uuid()}`).upload('new', 3)
}

async function answerOf(work: () => Promise<number>): Promise<string> {
  try {
    return String(await work())
  } catch (error) {
    if (!(error instanceof RestError) || error.statusCode === undefined) throw error
    return `${error.statusCode} ${error.code}`
  }
}
