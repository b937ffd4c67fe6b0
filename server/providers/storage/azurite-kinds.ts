import { loadAzuriteModule, type MetadataStore, type StoredBlob } from './azurite-modules.ts'

type Method = (...given: unknown[]) => unknown
type Methods = Record<string, Method>
type SqlStore = {
  readonly sequelize: {
    readonly transaction: <Result>(work: (open: object) => Promise<Result>) => Promise<Result>
    readonly models: { readonly Blobs: { upsert: (row: unknown, options: object) => unknown } }
  }
}

/**
 * Append blobs, page blobs and copies that are done when they answer: what Azurite's in-memory
 * metadata knows and its SQL metadata answers 501 to.
 */
const borrowed = [
  'appendBlock',
  'sealBlob',
  'uploadPages',
  'clearRange',
  'getPageRanges',
  'resizePageBlob',
  'updateSequenceNumber',
  'copyFromURL',
]

/**
 * Teaches the SQL store those operations by running the in-memory store's own code on rows: it
 * reads through the SQL store, and what it would put into its collection is written in the same
 * transaction. So their rules (leases, conditions, limits) are Azurite's, not a second version.
 */
export function completeMetadataStore(store: MetadataStore): MetadataStore {
  const methods = store as unknown as Methods
  const { sequelize } = store as unknown as SqlStore
  const inMemory = loadAzuriteModule('blob/persistence/LokiBlobMetadataStore')['default'] as {
    readonly prototype: Methods
  }
  storeWholeBlob(methods)
  for (const name of borrowed) {
    const rule = inMemory.prototype[name]
    if (rule === undefined) throw new Error(`Azurite's in-memory store has no ${name}`)
    methods[name] = (...given) =>
      sequelize.transaction(async (open) => {
        const written: StoredBlob[] = []
        const result = await rule.apply(asInMemory(methods, open, written), given)
        for (const blob of written) {
          const row = methods['convertBlobModelToDbModel']?.(blob)
          await sequelize.models.Blobs.upsert(row, { transaction: open })
        }
        return result
      })
  }
  return store
}

/** The SQL store as the in-memory store's code sees itself, inside one transaction. */
function asInMemory(store: Methods, open: object, written: StoredBlob[]): object {
  const RangesManager = loadAzuriteModule('blob/handlers/PageBlobRangesManager')[
    'default'
  ] as new () => object
  const read = (
    account: unknown,
    container: unknown,
    blob: unknown,
    snapshot: unknown,
    context: unknown,
    mustExist: unknown,
    mustBeCommitted: unknown,
  ) =>
    store['getBlobWithLeaseUpdated']?.(
      account,
      container,
      blob,
      snapshot,
      context,
      mustExist,
      mustBeCommitted,
      open,
    )
  const collection = {
    update: (blob: StoredBlob) => written.push(blob),
    insert: (blob: StoredBlob) => written.push(blob),
    // What is removed is always replaced by what is inserted next: one row, by its unique name.
    remove: () => undefined,
  }
  return {
    db: { getCollection: () => collection },
    pageBlobRangesManager: new RangesManager(),
    getBlobWithLeaseUpdated: read,
    getBlob: (context: unknown, account: unknown, container: unknown, blob: unknown) =>
      read(account, container, blob, undefined, context, false, true),
    checkContainerExist: store['checkContainerExist']?.bind(store),
    parseTier: store['parseTier']?.bind(store),
  }
}

/**
 * Properties that Azurite's SQL rows have no column for; they travel with the content properties.
 */
const alsoKept = [
  'isSealed',
  'copyId',
  'copyStatus',
  'copySource',
  'copyProgress',
  'copyCompletionTime',
]

/**
 * Rows keep all of a blob: page ranges in the column of the block list (a page blob has no blocks),
 * a sequence number as a number, and the outcome of a copy.
 */
function storeWholeBlob(store: Methods): void {
  const toRow = store['convertBlobModelToDbModel']?.bind(store)
  const toBlob = store['convertDbModelToBlobModel']?.bind(store)
  const toProperties = store['convertBlobContentPropertiesToDbModel']?.bind(store)
  const readProperties = store['convertDbModelToBlobContentProperties']?.bind(store)
  if (!toRow || !toBlob || !toProperties || !readProperties) {
    throw new Error("Azurite's SQL store converts blobs in another way than 3.36.0 does")
  }

  store['convertBlobContentPropertiesToDbModel'] = (given) => {
    const row = toProperties(given) as { contentProperties: string | null }
    const properties = given as Record<string, unknown>
    const kept = alsoKept.filter((name) => properties[name] !== undefined)
    if (kept.length === 0) return row
    const more = Object.fromEntries(kept.map((name) => [name, properties[name]]))
    return {
      contentProperties: JSON.stringify({ ...JSON.parse(row.contentProperties ?? '{}'), ...more }),
    }
  }
  store['convertBlobModelToDbModel'] = (given) => {
    const blob = given as StoredBlob
    if (blob.properties.blobType !== 'PageBlob') return toRow(blob)
    return toRow({ ...blob, committedBlocksInOrder: blob.pageRangesInOrder ?? [] })
  }
  store['convertDbModelToBlobModel'] = (row) => {
    const blob = toBlob(row) as StoredBlob
    const kept = (readProperties(row) ?? {}) as Record<string, unknown>
    for (const name of alsoKept) {
      if (kept[name] !== undefined) blob.properties[name] = kept[name]
    }
    const completedAt = blob.properties['copyCompletionTime']
    if (typeof completedAt === 'string') {
      blob.properties['copyCompletionTime'] = new Date(completedAt)
    }
    if (blob.properties.blobType !== 'PageBlob') return blob
    const { committedBlocksInOrder, ...rest } = blob
    const blobSequenceNumber = Number(blob.properties['blobSequenceNumber'] ?? 0)
    return {
      ...rest,
      pageRangesInOrder: committedBlocksInOrder ?? [],
      properties: { ...blob.properties, blobSequenceNumber },
    }
  }
}
