import { readFileSync } from 'node:fs'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { type Instant, formatInstant } from '../kernel/instant.ts'
import { StartRefused } from './connection.ts'
import { replaceFile } from './durable-writes.ts'
import { tryLockFile } from './file-lock.ts'

export type FolderLock = { readonly release: () => void }

const lockName = 'lock.sqlite'
const holderName = 'lock-holder.json'

/** The names in a data folder that are the lock's. */
export const lockEntries: readonly string[] = [lockName, holderName, `${holderName}.new`]

/**
 * Keeps every other process off a data folder. Two that write to one folder lose each other's
 * acknowledged changes without any error.
 *
 * @throws StartRefused when the folder is in use; the text names by whom.
 */
export function lockFolder(folder: string, startedAt: Instant): FolderLock {
  const lock = tryLockFile(join(folder, lockName))
  if (lock === null) {
    throw new StartRefused(
      `The data folder ${folder} is in use by ${describeHolder(folder)}. ` +
        'Stop that process first, or give this one a folder of its own with --data',
    )
  }
  try {
    const holder = { pid: process.pid, host: hostname(), startedAt: formatInstant(startedAt) }
    replaceFile(join(folder, holderName), `${JSON.stringify(holder)}\n`)
  } catch (error) {
    lock.release()
    throw error
  }
  return lock
}

function describeHolder(folder: string): string {
  try {
    const text = readFileSync(join(folder, holderName), 'utf8')
    const { pid, host, startedAt } = JSON.parse(text) as Record<string, unknown>
    return `process ${String(pid)} on ${String(host)}, started ${String(startedAt)}`
  } catch {
    // The holder writes its name just after it has the lock; nothing else depends on the file.
    return 'another process, which has not written its name yet'
  }
}
