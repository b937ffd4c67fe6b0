import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'

export type FolderLock = { readonly release: () => void }

/**
 * Takes the account folder's exclusive lock, or answers null when another process has it. The lock
 * is the kernel's (SQLite locks a byte range of the file), so it ends with the process that holds
 * it, however that ends; there is no stale lock to clean up.
 */
export function takeFolderLock(folder: string): FolderLock | null {
  const database = new DatabaseSync(join(folder, lockFile), { timeout: 0 })
  try {
    database.exec('PRAGMA locking_mode=EXCLUSIVE; BEGIN EXCLUSIVE')
  } catch (error) {
    database.close()
    if (error instanceof Error && 'errcode' in error && error.errcode === busy) return null
    throw error
  }
  return { release: () => database.close() }
}

export const lockFile = 'lock.sqlite'
const busy = 5
