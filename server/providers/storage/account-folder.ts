import { mkdir, open, readdir, rm, stat } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { layout } from './azurite-layout.ts'

/** What stood in an account's folder, and that it is gone: read back, not believed. */
export type Evidence = {
  readonly folder: string
  readonly files: number
  readonly bytes: number
  /** Null when the metadata could not be read. */
  readonly containers: number | null
  readonly blobs: number | null
  readonly gone: boolean
  /** Paths that are still there; empty when `gone`. */
  readonly remains: readonly string[]
}

/**
 * Makes the folder, and puts its name on the disk, before anybody is told that the account exists.
 */
export async function ensureFolder(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true, mode: 0o700 })
  await syncFolder(folder)
  await syncFolder(dirname(folder))
}

export async function folderExists(folder: string): Promise<boolean> {
  return (await ignoreMissing(stat(folder)))?.isDirectory() ?? false
}

/**
 * Says, on the disk but not among the stores, that a store is being removed. A store that is
 * missing without it was lost, or its disk is not mounted: no evidence that its data is gone.
 */
export async function writeRemovalMark(marks: string, uid: string): Promise<void> {
  await mkdir(marks, { recursive: true, mode: 0o700 })
  const mark = await open(join(marks, uid), 'w', 0o600)
  await mark.sync()
  await mark.close()
  await syncFolder(marks)
  await syncFolder(dirname(marks))
}

export async function hasRemovalMark(marks: string, uid: string): Promise<boolean> {
  return (await ignoreMissing(stat(join(marks, uid)))) !== null
}

/** Removes the folder and reads back. A folder that is not there is a success with no files. */
export async function removeFolder(folder: string): Promise<Evidence> {
  const files = await listFiles(folder)
  const counted = countContent(folder)
  let bytes = 0
  for (const file of files) bytes += (await ignoreMissing(stat(file)))?.size ?? 0
  await rm(folder, { recursive: true, force: true, maxRetries: 3 })
  await syncFolder(dirname(folder))
  const gone = (await ignoreMissing(stat(folder))) === null
  const remains = gone ? [] : [folder, ...(await listFiles(folder))]
  return { folder, files: files.length, bytes, ...counted, gone, remains }
}

/** What the metadata says was there; the files themselves are counted beside it. */
function countContent(folder: string): Pick<Evidence, 'containers' | 'blobs'> {
  let metadata: DatabaseSync
  try {
    metadata = new DatabaseSync(join(folder, layout.blobs), { readOnly: true })
  } catch {
    // An account that was never opened has a folder and no metadata yet.
    return { containers: 0, blobs: 0 }
  }
  try {
    const row = metadata.prepare(contentQuery).get()
    return { containers: Number(row?.['containers'] ?? 0), blobs: Number(row?.['blobs'] ?? 0) }
  } catch {
    // Metadata that cannot be read must not save its folder from a purge.
    return { containers: null, blobs: null }
  } finally {
    metadata.close()
  }
}

const contentQuery = `
  SELECT
    (SELECT COUNT(*) FROM Containers) AS containers,
    (SELECT COUNT(*) FROM Blobs WHERE isCommitted = 1 AND deleting = 0) AS blobs`

async function listFiles(folder: string): Promise<string[]> {
  const entries = await ignoreMissing(readdir(folder, { recursive: true, withFileTypes: true }))
  return (entries ?? [])
    .filter((entry) => !entry.isDirectory())
    .map((entry) => join(entry.parentPath, entry.name))
}

async function syncFolder(folder: string): Promise<void> {
  const handle = await ignoreMissing(open(folder, 'r'))
  try {
    await handle?.sync()
  } finally {
    await handle?.close()
  }
}

async function ignoreMissing<Result>(work: Promise<Result>): Promise<Result | null> {
  try {
    return await work
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null
    throw error
  }
}
