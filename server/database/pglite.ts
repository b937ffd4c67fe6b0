import { existsSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { PGlite, type PGliteOptions } from '@electric-sql/pglite'
import { Kysely, sql } from 'kysely'
import { type Database, StartRefused } from './connection.ts'
import type { DataFolder } from './data-folder.ts'
import { dialectOf } from './driver.ts'
import { DurableFiles } from './durable-files.ts'
import { type Sync, renameDurably, syncTree } from './durable-writes.ts'
import { PgliteSessions } from './pglite-sessions.ts'
import { refuseInsideTransaction } from './transaction-scope.ts'
import { type TransactionSettings, createTransactions } from './transactions.ts'
import { parsedTypes, parserOf } from './values.ts'
import { createWakes } from './wakes.ts'

/** The major version of PostgreSQL that the engine is. Its files differ from one to the next. */
export const embeddedMajor = 18

const databaseName = 'database'
const unfinishedName = 'database.unfinished'

export type EmbeddedSettings = TransactionSettings & {
  /** Locked, and ours: the engine itself lets two processes write to one folder. */
  readonly dataFolder: DataFolder
  /** Where a new database's first files come from; made afresh if not given. */
  readonly makeFiles?: (folder: string) => Promise<void>
  /** For tests: counts or fails what is put on the disk. */
  readonly sync?: Sync
}

/**
 * Opens the database in the data folder, or makes it on the first start. An interrupted first start
 * leaves nothing that the next one would take for a database.
 *
 * @throws StartRefused when the folder had a database and has it no more.
 */
export async function openEmbedded<Schema>(settings: EmbeddedSettings): Promise<Database<Schema>> {
  const { dataFolder } = settings
  const folder = join(dataFolder.path, databaseName)
  if (!existsSync(folder)) await makeDatabase(folder, settings)
  if (!dataFolder.identity().databaseMade) dataFolder.recordDatabaseMade()
  return startDatabase(new DurableFiles(folder, settings.sync), settings)
}

async function startDatabase<Schema>(
  files: DurableFiles,
  settings: TransactionSettings,
): Promise<Database<Schema>> {
  const engine = await startEngine(files)
  const sessions = new PgliteSessions(engine, files)
  const db = new Kysely<Schema>({ dialect: dialectOf(sessions) })
  const wakes = createWakes(settings.log)
  let closing: Promise<void> | undefined
  return {
    engine: 'pglite',
    db,
    ...createTransactions(db, settings, wakes.deliver),
    onWake: wakes.onWake,
    ping: async () => {
      await sql`select 1`.execute(db)
    },
    close: async () => {
      refuseInsideTransaction('the database was closed')
      await (closing ??= close(db, sessions, engine))
    },
  }
}

async function makeDatabase(folder: string, settings: EmbeddedSettings): Promise<void> {
  const { dataFolder, makeFiles = (to) => makeDatabaseFiles(to, settings) } = settings
  if (dataFolder.identity().databaseMade) {
    throw new StartRefused(
      `The data folder ${dataFolder.path} had a database and its folder "${databaseName}" is ` +
        'gone. Restore it from a backup, check that the disk is mounted, or choose an empty folder',
    )
  }
  const unfinished = join(dataFolder.path, unfinishedName)
  rmSync(unfinished, { recursive: true, force: true })
  await makeFiles(unfinished)
  syncTree(unfinished, settings.sync)
  renameDurably(unfinished, folder)
}

/**
 * Writes the files of a new database, stopped in good order, but not yet to the disk. Takes
 * seconds: it runs PostgreSQL's initdb.
 */
export async function makeDatabaseFiles(
  folder: string,
  settings: TransactionSettings,
  fill: (database: Database<unknown>) => Promise<unknown> = async () => {},
): Promise<void> {
  const database = await startDatabase<unknown>(new DurableFiles(folder, () => {}), settings)
  try {
    await fill(database)
  } finally {
    await database.close()
  }
}

const startParameters = [
  // Among these is -F, which switches fsync off; what comes later wins.
  ...PGlite.defaultStartParams,
  '-c',
  'fsync=on',
  // The default way to sync the log is a stub here, which does nothing.
  '-c',
  'wal_sync_method=fsync',
]

async function startEngine(files: DurableFiles): Promise<PGlite> {
  const engine = await PGlite.create({ fs: files, startParams: startParameters })
  readAs(engine.parsers)
  return engine
}

/** Every type that the engine would read in its own way is read in ours. */
function readAs(engineParsers: NonNullable<PGliteOptions['parsers']>): void {
  const known = Object.keys(engineParsers).map(Number).filter(Number.isInteger)
  for (const typeId of [...known, ...parsedTypes]) engineParsers[typeId] = parserOf(typeId)
}

type Closable = { readonly destroy: () => Promise<void> }

async function close(db: Closable, sessions: PgliteSessions, engine: PGlite): Promise<void> {
  // Whoever holds the connection finishes first; whoever comes later is refused.
  await sessions.take()
  await db.destroy()
  sessions.giveBack()
  // A broken engine would not come back from its own shutdown; its files are as after a crash.
  if (sessions.failure === undefined) await engine.close()
}
