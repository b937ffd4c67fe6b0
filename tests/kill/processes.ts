import { readFileSync, readdirSync, readlinkSync } from 'node:fs'
import { basename, dirname } from 'node:path'

/** The processes that a process has started and that have not ended. */
export function childrenOf(pid: number): readonly number[] {
  const text = readOr(`/proc/${pid}/task/${pid}/children`, '')
  return text.split(' ').filter(Boolean).map(Number).filter(isRunning)
}

/** The storage servers of a server. */
export function storeServersOf(pid: number): readonly number[] {
  return childrenOf(pid).filter((child) => commandOf(child).includes(storeServerEntry))
}

export function isRunning(pid: number): boolean {
  const stat = readOr(`/proc/${pid}/stat`, '')
  // The state follows the name, which stands in brackets and may hold anything.
  return stat !== '' && !/^ [ZX]/.test(stat.slice(stat.lastIndexOf(')') + 1))
}

/** Who has the metadata of an account open, by the account's uid, in any folder of `stores`. */
export function holdersOf(stores: string): ReadonlyMap<string, readonly number[]> {
  const holders = new Map<string, number[]>()
  for (const pid of everyProcess()) {
    if (!commandOf(pid).includes(storeServerEntry)) continue
    for (const uid of storesOpenIn(pid, stores)) {
      holders.set(uid, [...(holders.get(uid) ?? []), pid])
    }
  }
  return holders
}

/** Servers that were started on a data folder, whoever started them. */
export function serversOn(dataFolder: string): readonly number[] {
  return everyProcess().filter((pid) => {
    const words = commandOf(pid).split('\0')
    return words.includes('serve') && words.includes(dataFolder) && isRunning(pid)
  })
}

const storeServerEntry = 'blob-server.main'
const metadataName = 'blobs.sqlite'

function everyProcess(): readonly number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
}

function commandOf(pid: number): string {
  return readOr(`/proc/${pid}/cmdline`, '')
}

function storesOpenIn(pid: number, stores: string): ReadonlySet<string> {
  const open = new Set<string>()
  for (const descriptor of namesIn(`/proc/${pid}/fd`)) {
    const path = linkOr(`/proc/${pid}/fd/${descriptor}`, '')
    const folder = dirname(path)
    if (basename(path) === metadataName && dirname(folder) === stores) open.add(basename(folder))
  }
  return open
}

function readOr(path: string, otherwise: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return otherwise
  }
}

function linkOr(path: string, otherwise: string): string {
  try {
    return readlinkSync(path)
  } catch {
    return otherwise
  }
}

function namesIn(path: string): readonly string[] {
  try {
    return readdirSync(path)
  } catch {
    return []
  }
}
