import { ApiError, hasCode } from '../../api/client-error.ts'
import type { Client } from '../../api/client.ts'
import { filterOf, listResources } from '../resource/list.ts'
import {
  createAccount,
  grantBlobAccess,
  readAccount,
  type StorageAccount,
  storageType,
} from '../storage/account.ts'
import { openBlobs } from '../storage/blobs.ts'
import { withRefusals } from '../storage/refusal.ts'
import { contentTypeOf } from '../storage/write.ts'
import { type Alias, aliasPath, putAlias } from '../subscription/create.ts'
import type { DemoFile } from './files.ts'
import { aliasName, type Part, storageName, titles } from './names.ts'

/** What the steps of the demonstration work with. */
export type Building = {
  readonly client: Client
  readonly ca: string | null
  /** The name of the demonstration. */
  readonly demo: string
  readonly billingScope: string
  /** Says what was made. */
  readonly made: (what: string) => void
}

/**
 * The subscription of a part. It is made only at its place in the story (`mayMake`): once the clock
 * has moved on, one that is missing was purged, and answers null.
 */
export async function ensureSubscription(
  { client, demo, billingScope, made }: Building,
  part: Part,
  offer: string,
  mayMake: boolean,
): Promise<string | null> {
  const alias = aliasName(demo, part)
  try {
    const { body } = await client.request<Alias>('GET', aliasPath(alias))
    return body.properties.subscriptionId
  } catch (error) {
    if (!(error instanceof ApiError) || error.status !== 404) throw error
  }
  if (!mayMake) return null
  const displayName = titles[part]
  const { alias: created } = await putAlias(client, { alias, displayName, billingScope, offer })
  const { subscriptionId } = created.properties
  made(`subscription "${displayName}" (${offer}, ${subscriptionId})`)
  return subscriptionId
}

const group = 'shop'
export const container = 'files'
const namesMax = 5

/** A storage account with the files in it; what is there already stays as it is. */
export async function ensureFiles(
  building: Building,
  part: Part,
  subscriptionId: string,
  files: readonly DemoFile[],
): Promise<StorageAccount> {
  const { client, ca, made } = building
  const known = await findStorage(client, subscriptionId)
  const account = known ?? (await createStorage(client, part, subscriptionId))
  if (known === null) made(`group "${group}" with storage account "${account.name}"`)
  // Also for an account that is there: the run that made it may have ended before this.
  await grantBlobAccess(client, account.id)
  const blobs = await openBlobs(client, account, { mode: 'login', ca })
  const place = blobs.getContainerClient(container)
  await withRefusals(() => place.createIfNotExists())
  const stored = new Set<string>()
  await withRefusals(async () => {
    for await (const { name } of place.listBlobsFlat()) stored.add(name)
  })
  const missing = files.filter(({ name }) => !stored.has(name))
  for (const { name, content } of missing) {
    const bytes = Buffer.from(content, 'utf8')
    const blobHTTPHeaders = { blobContentType: contentTypeOf(name) }
    await withRefusals(() =>
      place.getBlockBlobClient(name).upload(bytes, bytes.length, { blobHTTPHeaders }),
    )
  }
  if (missing.length > 0) {
    made(`${missing.length} files in container "${container}" of "${account.name}"`)
  }
  return account
}

/** The storage account of a subscription of the demonstration; null when it has none. */
export async function findStorage(
  client: Client,
  subscriptionId: string,
): Promise<StorageAccount | null> {
  const filter = filterOf({ resourceType: storageType })
  const accounts = await listResources(client, subscriptionId, filter)
  const own = accounts.find(({ name }) => /^demo(shop|archive)[0-9a-f]{6}$/.test(name))
  return own === undefined ? null : readAccount(client, own.id)
}

async function createStorage(
  client: Client,
  part: Part,
  subscriptionId: string,
): Promise<StorageAccount> {
  for (let attempt = 1; ; attempt += 1) {
    const name = storageName(part, subscriptionId, attempt)
    try {
      return await createAccount(client, { subscriptionId, group, name, location: 'local' })
    } catch (error) {
      const isTaken = hasCode(error, 'StorageAccountAlreadyTaken')
      if (!isTaken || attempt >= namesMax) throw error
    }
  }
}
