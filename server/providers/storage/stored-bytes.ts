import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { DatabaseSync, type SQLInputValue } from 'node:sqlite'
import { ProviderFailure } from '../contract.ts'
import { layout } from './azurite-layout.ts'

/**
 * The bytes that an account stores, as Azure charges them: block and append blobs by their length,
 * page blobs by the pages that were written, snapshots by what they do not share with their blob
 * or its other snapshots, and uploaded blocks that are not committed yet. A copy counts in full.
 *
 * Reads the metadata as of one instant, beside a server that is at work on it or without one, and
 * writes nothing. It goes through it in small steps, so that a store with millions of blobs does
 * not hold up the rest of the process.
 *
 * @throws ProviderFailure when the metadata is missing although bytes are there; SQLite's own error
 * when it cannot be read.
 */
export async function measureStoredBytes(folder: string, signal: AbortSignal): Promise<bigint> {
  const metadata = openMetadata(join(folder, layout.blobs))
  try {
    // One transaction, so that every step sees the same instant; readers never wait for writers.
    metadata?.exec('BEGIN')
    if (metadata === null || !hasTables(metadata)) {
      await refuseLostMetadata(folder)
      return 0n
    }
    const blobs = await inSteps(metadata, 'Blobs', signal, (from, to) =>
      bytesOfBlobs(metadata, from, to),
    )
    const blocks = await inSteps(metadata, 'Blocks', signal, (from, to) =>
      whole(metadata, uncommittedBytes, from, to),
    )
    return blobs + blocks
  } finally {
    metadata?.close()
  }
}

const busyLimitMs = 250

/** Null: no server was ever opened on this account. */
function openMetadata(file: string): DatabaseSync | null {
  try {
    return new DatabaseSync(file, { readOnly: true, timeout: busyLimitMs })
  } catch (error) {
    // SQLITE_CANTOPEN, also for a file that may not be read: what is beside it tells which.
    if ((error as { readonly errcode?: unknown }).errcode === cannotOpen) return null
    throw error
  }
}

const cannotOpen = 14

/** A server that opens for the first time makes the file first, then the tables. */
function hasTables(metadata: DatabaseSync): boolean {
  const names = `SELECT COUNT(*) FROM sqlite_master
    WHERE type = 'table' AND name IN ('Blobs', 'Blocks')`
  return whole(metadata, names) === 2n
}

/** Bytes without metadata are a loss; to call it an empty account would hide it. */
async function refuseLostMetadata(folder: string): Promise<void> {
  const extents = await readdir(join(folder, layout.bytes)).catch((error: unknown) => {
    if ((error as { readonly code?: unknown }).code === 'ENOENT') return []
    throw error
  })
  if (extents.length === 0) return
  throw new ProviderFailure(
    'Its bytes are on the disk of this host, but what says which blobs they are cannot be opened.',
    'Check the rights to its folder, or restore the folder from a backup.',
  )
}

const rowsPerStep = 1_000n

async function inSteps(
  metadata: DatabaseSync,
  table: 'Blobs' | 'Blocks',
  signal: AbortSignal,
  bytesOf: (from: bigint, to: bigint) => bigint,
): Promise<bigint> {
  const last = whole(metadata, `SELECT MAX(rowid) FROM ${table}`)
  let bytes = 0n
  for (let from = 0n; from < last; from += rowsPerStep) {
    signal.throwIfAborted()
    bytes += bytesOf(from, from + rowsPerStep)
    await new Promise(setImmediate)
  }
  return bytes
}

function bytesOfBlobs(metadata: DatabaseSync, from: bigint, to: bigint): bigint {
  let bytes = whole(metadata, plainBytes, from, to)
  for (const { account, container, blob } of rows(metadata, blobsWithSnapshots, from, to)) {
    const name = [String(account), String(container), String(blob)]
    bytes += bytesOfVersions(rows(metadata, versionsOfBlob, ...name))
  }
  return bytes
}

const hasSnapshots = `EXISTS (SELECT 1 FROM Blobs o WHERE o.accountName = b.accountName
    AND o.containerName = b.containerName AND o.blobName = b.blobName AND o.snapshot > '')`

const length = `CASE WHEN b.blobType = 'PageBlob'
    THEN (SELECT SUM(json_extract(value, '$.end') - json_extract(value, '$.start') + 1)
      FROM json_each(b.committedBlocksInOrder))
    ELSE json_extract(b.contentProperties, '$.contentLength') END`

const committed = 'b.isCommitted = 1 AND b.deleting = 0'

const plainBytes = `SELECT SUM(${length}) FROM Blobs b
  WHERE b.blobId > ? AND b.blobId <= ? AND ${committed} AND NOT ${hasSnapshots}`

/** Each of them once: at the oldest of its rows. */
const blobsWithSnapshots = `SELECT b.accountName AS account, b.containerName AS container,
    b.blobName AS blob FROM Blobs b
  WHERE b.blobId > ? AND b.blobId <= ? AND ${hasSnapshots} AND b.blobId =
    (SELECT MIN(o.blobId) FROM Blobs o WHERE o.accountName = b.accountName
      AND o.containerName = b.containerName AND o.blobName = b.blobName)`

const versionsOfBlob = `SELECT b.persistency AS place, b.committedBlocksInOrder AS parts
  FROM Blobs b WHERE b.accountName = ? AND b.containerName = ? AND b.blobName = ? AND ${committed}`

const uncommittedBytes = `SELECT SUM(size) FROM Blocks
  WHERE rowid > ? AND rowid <= ? AND deleting = 0`

/** Where bytes lie: in which extent, from which offset, how many. */
type Place = { readonly id: string; readonly offset: number; readonly count: number }

/** A blob and its snapshots point at the same places for what they share: each byte once. */
function bytesOfVersions(versions: Iterable<Row>): bigint {
  const places: Place[] = []
  for (const { place: stored, parts } of versions) {
    const blocks = parsed<readonly { readonly persistency?: Place }[]>(parts) ?? []
    const place = parsed<Place>(stored)
    if (blocks.length > 0) places.push(...blocks.flatMap(({ persistency }) => persistency ?? []))
    else if (place !== null) places.push(place)
  }
  places.sort((a, b) => (a.id === b.id ? a.offset - b.offset : a.id < b.id ? -1 : 1))
  let bytes = 0
  let extent = ''
  let end = 0
  for (const { id, offset, count } of places) {
    if (id !== extent) end = 0
    extent = id
    bytes += Math.max(0, offset + count - Math.max(end, offset))
    end = Math.max(end, offset + count)
  }
  return BigInt(bytes)
}

function parsed<Value>(text: unknown): Value | null {
  return typeof text === 'string' ? (JSON.parse(text) as Value | null) : null
}

type Row = Readonly<Record<string, unknown>>

function rows(metadata: DatabaseSync, sql: string, ...values: SQLInputValue[]): Row[] {
  return metadata.prepare(sql).all(...values)
}

/** The one number that a query answers; nothing counts as 0. */
function whole(metadata: DatabaseSync, sql: string, ...values: SQLInputValue[]): bigint {
  const statement = metadata.prepare(sql)
  statement.setReadBigInts(true)
  return (Object.values(statement.get(...values) ?? {})[0] as bigint | null | undefined) ?? 0n
}
