import { createHash } from 'node:crypto'
import * as fs from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import type { Database } from './connection.ts'
import { type FileLock, tryLockFile } from './file-lock.ts'
import { renameDurably, syncTree } from './durable-writes.ts'
import { embeddedMajor, makeDatabaseFiles } from './pglite.ts'
import type { TransactionSettings } from './transactions.ts'

export type TemplateSettings = TransactionSettings & {
  /** A folder for nothing else, shared by any number of processes. */
  readonly cache: string
  /** What the template holds beyond an empty database; a change of it makes another template. */
  readonly contents: string
  readonly fill: (database: Database<unknown>) => Promise<unknown>
}

/** How long to wait between looks at a template that another process is making. */
const lookAgainMs = 25
const dayMs = 24 * 60 * 60 * 1_000
/** A template that nobody has used for this long is removed when another one is made. */
const unusedMs = 14 * dayMs

/**
 * Makes a database's files by copying a template, in a tenth of a second instead of several: the
 * template is made once per machine. To be given to `openEmbedded` as `makeFiles`.
 */
export function filesFromTemplate(settings: TemplateSettings): (folder: string) => Promise<void> {
  return async (folder) => {
    const template = await findTemplate(settings)
    // Where the file system can, blocks are shared until they are written.
    fs.cpSync(template, folder, { recursive: true, mode: fs.constants.COPYFILE_FICLONE })
  }
}

async function findTemplate(settings: TemplateSettings): Promise<string> {
  const { cache } = settings
  const template = join(cache, nameOf(settings.contents))
  fs.mkdirSync(cache, { recursive: true, mode: 0o700 })
  if (!fs.existsSync(template)) {
    const lock = await waitForLock(`${template}.lock`)
    try {
      // Somebody else may have made it while we waited.
      if (!fs.existsSync(template)) await makeTemplate(template, settings)
    } finally {
      lock.release()
    }
  }
  fs.writeFileSync(usedFile(template), '')
  return template
}

async function makeTemplate(template: string, settings: TemplateSettings): Promise<void> {
  removeUnused(settings.cache)
  const unfinished = `${template}.unfinished`
  fs.rmSync(unfinished, { recursive: true, force: true })
  await makeDatabaseFiles(unfinished, settings, settings.fill)
  syncTree(unfinished)
  renameDurably(unfinished, template)
}

/** Waits its turn without stopping this thread: the holder may be on the same one. */
async function waitForLock(path: string): Promise<FileLock> {
  for (;;) {
    const lock = tryLockFile(path)
    if (lock !== null) return lock
    await new Promise((resolve) => setTimeout(resolve, lookAgainMs))
  }
}

function nameOf(contents: string): string {
  const hash = createHash('sha256').update(contents).digest('hex').slice(0, 16)
  return `pglite-${engineVersion()}-postgresql-${embeddedMajor}-${hash}`
}

function engineVersion(): string {
  const require = createRequire(import.meta.url)
  const entry = require.resolve('@electric-sql/pglite')
  const manifest = require(join(dirname(entry), '..', 'package.json')) as { version: string }
  return manifest.version
}

function usedFile(template: string): string {
  return `${template}.used`
}

/** Compares the cache's own times of use with each other, so that it needs no clock. */
function removeUnused(cache: string): void {
  const used = fs
    .readdirSync(cache)
    .filter((name) => name.endsWith('.used'))
    .map((name) => ({ path: join(cache, name), atMs: fs.statSync(join(cache, name)).mtimeMs }))
  const newestMs = Math.max(...used.map(({ atMs }) => atMs))
  for (const { path, atMs } of used) {
    if (newestMs - atMs < unusedMs) continue
    const template = path.slice(0, -'.used'.length)
    for (const each of [template, `${template}.lock`, path]) {
      fs.rmSync(each, { recursive: true, force: true })
    }
  }
}
