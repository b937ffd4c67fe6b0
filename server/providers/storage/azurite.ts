import { createHmac } from 'node:crypto'
import { mkdir, open, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { type BlobApp, type ExtentMetadata, loadAzurite } from './azurite-modules.ts'
import { layout } from './azurite-layout.ts'
import { guardCopySource, type ReadOwn } from './azurite-copy.ts'
import { completeMetadataStore } from './azurite-kinds.ts'
import { sweepExtents } from './extent-sweep.ts'
import { completeSignatures } from './azurite-signatures.ts'
import { createSqliteDialect } from './sqlite-dialect.ts'
import { openSqliteFile, type SqliteFile } from './sqlite-file.ts'

export type Keys = readonly [string, string]

export type BlobEngine = {
  readonly app: BlobApp
  /** From now on only these two keys (base64) are good. */
  readonly setKeys: (keys: Keys) => void
  readonly sweep: (nowMs: number) => Promise<number>
  readonly close: () => Promise<void>
}

type Opening = {
  readonly folder: string
  readonly account: { readonly name: string; readonly keys: Keys }
  /** Reads a URL of this very server, to see whether a copy's source may be read. */
  readonly readOwn: ReadOwn
}

/** Uploads that may stream at once; each needs an extent file of its own while it does. */
const uploadsAtOnce = 100
/** How long an extent that nothing refers to may still get its first reference. */
const unreferencedLimitMs = 60 * 60_000

/** Puts Azurite's blob service together over one folder, for exactly one account. */
export async function openBlobEngine({ folder, account, readOwn }: Opening): Promise<BlobEngine> {
  const azurite = loadAzurite()
  const { blobs, metadata, extentMetadata, store, mayGrow, bytes, close } = await openStores(
    folder,
    azurite,
  )
  let keys = account.keys
  const setKeys = (given: Keys): void => {
    keys = given
    // Azurite signs user delegation keys with a constant that anybody can read in its source.
    const seed = createHmac('sha256', Buffer.from(given[0], 'base64')).update('user delegation')
    azurite.constants.USERDELEGATIONKEY_SIGNING_SEED = seed.digest('base64')
  }
  setKeys(account.keys)
  const getAccount = (name: string) =>
    name === account.name
      ? { name, key1: Buffer.from(keys[0], 'base64'), key2: Buffer.from(keys[1], 'base64') }
      : undefined
  guardCopySource(azurite, readOwn)
  completeSignatures()
  const listeners = new azurite.ListenerFactory(
    metadata,
    store,
    { getAccount },
    false,
    undefined,
    false,
    true,
    undefined,
    true,
  )
  const app = listeners.createRequestListener()
  // The gateway says whether the client came by https; a SAS may insist on it.
  app.set('trust proxy', true)
  const sweep = (nowMs: number): Promise<number> =>
    sweepExtents({
      extents: bytes,
      whileStill: blobs.whileStill,
      mayGrow: (extent, modifiedAtMs) => mayGrow(extent, nowMs - modifiedAtMs),
      forget: async (gone) => {
        for (const extent of gone) await extentMetadata.deleteExtent(extent)
      },
    })
  return { app, setKeys, sweep, close }
}

/** Opens the metadata of blobs and extents, and the extents themselves. */
async function openStores(folder: string, azurite: ReturnType<typeof loadAzurite>) {
  const bytes = join(folder, layout.bytes)
  await mkdir(bytes, { recursive: true })
  await syncFolder(folder)
  const earlier = new Set(await readdir(bytes))
  // Two files: a write of one store must never become part of a transaction of the other.
  const blobs = openSqliteFile(join(folder, layout.blobs))
  const extents = openSqliteFile(join(folder, layout.extents))
  const metadata = completeMetadataStore(new azurite.MetadataStore(url, options(blobs)))
  const extentMetadata = new azurite.ExtentMetadata(url, options(extents))
  syncFolderOfNewExtents(extentMetadata, bytes)
  const place = { locationId: 'Default', locationPath: bytes, maxConcurrency: uploadsAtOnce }
  const store = new azurite.ExtentStore(extentMetadata, [place], azurite.logger)
  await metadata.init()
  await extentMetadata.init()
  await store.init()
  /**
   * Extents of an earlier process are never added to; one of this may get a reference for a while.
   */
  const mayGrow = (extent: string, ageMs: number): boolean =>
    !earlier.has(extent) && (store.isActiveExtent(extent) || ageMs < unreferencedLimitMs)
  const close = async (): Promise<void> => {
    await metadata.close()
    await extentMetadata.close()
    blobs.close()
    extents.close()
  }
  return { blobs, metadata, extentMetadata, store, mayGrow, bytes, close }
}

/** The file is chosen by the dialect; Sequelize only has to believe that there is one. */
const url = 'sqlite://localhost/account'

function options(file: SqliteFile): object {
  return { logging: false, dialectModule: createSqliteDialect(file), storage: './account' }
}

/** A file's bytes are synced by Azurite, its name in the folder is not: that is done here. */
function syncFolderOfNewExtents(metadata: ExtentMetadata, bytes: string): void {
  const named = new Set<string>()
  const update = metadata.updateExtent.bind(metadata)
  metadata.updateExtent = async (extent) => {
    if (!named.has(extent.id)) {
      await syncFolder(bytes)
      named.add(extent.id)
    }
    await update(extent)
  }
}

async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r')
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}
