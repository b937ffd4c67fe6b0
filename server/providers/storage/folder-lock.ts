import { join } from 'node:path'
import { type FileLock, tryLockFile } from '../../database/file-lock.ts'

export type FolderLock = FileLock

export const lockFile = 'lock.sqlite'

/** Takes an account folder's exclusive lock; null when another process has it. */
export function takeFolderLock(folder: string): FolderLock | null {
  return tryLockFile(join(folder, lockFile))
}
