import { readdir, stat, unlink } from 'node:fs/promises'
import { join } from 'node:path'
import type { ReadRows } from './sqlite-file.ts'

type Sweep = {
  /** The folder of the extents: files that hold the bytes of many blobs, named by a UUID. */
  readonly extents: string
  /** Runs its argument while no write to the metadata is under way. */
  readonly whileStill: <Result>(work: (rows: ReadRows) => Promise<Result>) => Promise<Result>
  /** Whether an upload may still add to, or be about to refer to, this extent. */
  readonly mayGrow: (extent: string, modifiedAtMs: number) => boolean
  readonly forget: (extents: readonly string[]) => Promise<void>
}

/**
 * Removes extents that no blob and no uncommitted block refers to; answers how many.
 *
 * Azurite has a collector of its own. It is not used: it reads the references a page at a time
 * while writes go on, and when it is closed in the middle of that, it deletes every old extent
 * that it had not yet come to. This one reads all references in one still moment, and takes any
 * text that looks like an extent's name, in any column, for a reference: what it does not
 * understand, it keeps.
 */
export async function sweepExtents(sweep: Sweep): Promise<number> {
  const candidates = await oldExtents(sweep)
  if (candidates.size === 0) return 0
  return sweep.whileStill(async (rows) => {
    let row = 0
    for (const reference of references(rows)) {
      for (const [extent] of reference.matchAll(extentName)) candidates.delete(extent)
      // Reads go on meanwhile; only writes wait for the sweep.
      if (++row % rowsPerTurn === 0) await new Promise(setImmediate)
      if (candidates.size === 0) return 0
    }
    for (const extent of candidates) await unlink(join(sweep.extents, extent))
    await sweep.forget([...candidates])
    return candidates.size
  })
}

const extentName = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g
const rowsPerTurn = 1_000

async function oldExtents({ extents, mayGrow }: Sweep): Promise<Set<string>> {
  const old = new Set<string>()
  for (const name of await readdir(extents)) {
    if (name.replace(extentName, '') !== '') continue
    const { mtimeMs } = await stat(join(extents, name))
    if (!mayGrow(name, mtimeMs)) old.add(name)
  }
  return old
}

/** Blocks are only marked when their list is committed; a marked one keeps nothing alive. */
function* references(rows: ReadRows): Iterable<string> {
  for (const row of rows('SELECT * FROM `Blobs`')) yield Object.values(row).join(' ')
  for (const row of rows('SELECT * FROM `Blocks` WHERE `deleting` = 0')) {
    yield Object.values(row).join(' ')
  }
}
