import { closeSync, fsyncSync, openSync, readdirSync, renameSync, writeSync } from 'node:fs'
import { dirname, join } from 'node:path'

/** Puts an open file's, or folder's, content on the disk and returns when it is there. */
export type Sync = (file: number) => void

/** Replaces a file so that after a power cut the old content is there or the new one, whole. */
export function replaceFile(path: string, content: string, mode = 0o600): void {
  const next = `${path}.new`
  const file = openSync(next, 'w', mode)
  try {
    writeSync(file, content)
    fsyncSync(file)
  } finally {
    closeSync(file)
  }
  renameDurably(next, path)
}

export function renameDurably(from: string, to: string): void {
  renameSync(from, to)
  syncPath(dirname(to))
}

/** Every file and folder below, and the folder itself: what is in it will survive a power cut. */
export function syncTree(folder: string, sync: Sync = fsyncSync): void {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name)
    if (entry.isDirectory()) syncTree(path, sync)
    else if (entry.isFile()) syncPath(path, sync)
  }
  syncPath(folder, sync)
}

export function syncPath(path: string, sync: Sync = fsyncSync): void {
  let file: number
  try {
    file = openSync(path, 'r')
  } catch (error) {
    // Windows opens no folders; its file system writes their entries through.
    if (isWindowsFolder(error)) return
    throw error
  }
  try {
    sync(file)
  } catch (error) {
    if (!isWindowsFolder(error)) throw error
  } finally {
    closeSync(file)
  }
}

function isWindowsFolder(error: unknown): boolean {
  const code = (error as NodeJS.ErrnoException).code
  return process.platform === 'win32' && (code === 'EISDIR' || code === 'EPERM')
}
