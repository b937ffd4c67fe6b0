import { mkdirSync, readFileSync, readdirSync, statSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import type { Random } from '../kernel/ids.ts'
import { type Instant, formatInstant } from '../kernel/instant.ts'
import { StartRefused, messageOf } from './connection.ts'
import { replaceFile, syncPath } from './durable-writes.ts'
import {
  type FolderIdentity,
  type Program,
  identityName,
  parseIdentity,
  refuseForeign,
  refuseUnusable,
} from './folder-identity.ts'
import { type FolderLock, lockEntries, lockFolder } from './folder-lock.ts'

/** A data folder that is ours alone until it is closed. */
export type DataFolder = {
  /** Absolute. */
  readonly path: string
  readonly identity: () => FolderIdentity
  readonly recordDatabaseMade: () => void
  /** To be called once the database has been migrated. */
  readonly recordProgram: () => void
  /** Gives the folder back; only after everything that uses it has been closed. */
  readonly close: () => void
}

export type DataFolderSettings = {
  readonly folder: string
  readonly program: Program
  readonly random: Random
  readonly now: Instant
}

/**
 * Makes the folder if need be, locks it, and checks that this program may use it. Nothing is
 * written to a folder that turns out to be somebody else's.
 *
 * @throws StartRefused with the cause and the way on.
 */
export function openDataFolder(settings: DataFolderSettings): DataFolder {
  const path = resolve(settings.folder)
  try {
    refuseFile(path)
    makeFolder(path)
    if (readIdentity(path) === null) refuseForeign(path, namesIn(path))
    const lock = lockFolder(path, settings.now)
    try {
      return openLocked(path, lock, settings)
    } catch (error) {
      lock.release()
      throw error
    }
  } catch (error) {
    if (error instanceof StartRefused) throw error
    throw new StartRefused(
      `The data folder ${path} cannot be used: ${messageOf(error)}. Give the user who runs ` +
        'Reprieve the right to write there, or choose another folder with --data',
      { cause: error },
    )
  }
}

function openLocked(path: string, lock: FolderLock, settings: DataFolderSettings): DataFolder {
  const { program } = settings
  const found = readIdentity(path)
  if (found === null) refuseForeign(path, namesIn(path))
  else refuseUnusable(path, found, program)
  let identity = found ?? newIdentity(settings)
  const write = (next: FolderIdentity): void => {
    replaceFile(join(path, identityName), `${JSON.stringify(next, null, 2)}\n`)
    identity = next
  }
  // Before anything else is in the folder: from now on what is in it is known to be ours.
  if (found === null) write(identity)
  return {
    path,
    identity: () => identity,
    recordDatabaseMade: () => write({ ...identity, databaseMade: true }),
    recordProgram: () => {
      const { version, schema } = program
      if (version === identity.version && schema === identity.schema) return
      write({ ...identity, version, schema })
    },
    close: lock.release,
  }
}

function newIdentity({ program, random, now }: DataFolderSettings): FolderIdentity {
  return {
    product: 'reprieve',
    ...program,
    hostId: random.uuid(),
    createdAt: formatInstant(now),
    databaseMade: false,
  }
}

function refuseFile(path: string): void {
  if (statSync(path, { throwIfNoEntry: false })?.isDirectory() !== false) return
  throw new StartRefused(
    `${path} is a file, not a folder. Choose an empty or a new folder with --data`,
  )
}

function makeFolder(path: string): void {
  const made = mkdirSync(path, { recursive: true, mode: 0o700 })
  if (made !== undefined) syncPath(dirname(made))
}

function readIdentity(path: string): FolderIdentity | null {
  try {
    return parseIdentity(path, readFileSync(join(path, identityName), 'utf8'))
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null
    throw error
  }
}

/** What is in the folder but for what an interrupted first start may have left. */
function namesIn(path: string): string[] {
  const ours = [...lockEntries, `${identityName}.new`, 'lock.sqlite-journal']
  return readdirSync(path).filter((name) => !ours.includes(name))
}
