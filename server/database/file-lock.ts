import { DatabaseSync } from 'node:sqlite'

/** Held until it is released or the process ends, however it ends: the kernel frees it. */
export type FileLock = { readonly release: () => void }

/**
 * Takes the exclusive lock on a file, which is made if need be; null when somebody has it, in this
 * process or another. It is SQLite's lock, the only kernel lock that Node offers.
 *
 * The file is for nothing else, and nobody in this process may open it in another way: closing any
 * descriptor of a file gives up all of a process's POSIX locks on it.
 */
export function tryLockFile(path: string): FileLock | null {
  const file = new DatabaseSync(path)
  try {
    file.exec('pragma locking_mode = exclusive; begin exclusive')
    return { release: () => file.close() }
  } catch (error) {
    file.close()
    if (isBusy(error)) return null
    throw error
  }
}

function isBusy(error: unknown): boolean {
  // SQLITE_BUSY; extended codes carry more in the higher bytes.
  return error instanceof Error && 'errcode' in error && (Number(error.errcode) & 0xff) === 5
}
