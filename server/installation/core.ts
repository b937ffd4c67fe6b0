import { join } from 'node:path'
import type { Logger } from 'pino'
import type { Database } from '../database/connection.ts'
import { openDataFolder } from '../database/data-folder.ts'
import { replaceFile } from '../database/durable-writes.ts'
import { schemaVersionOf } from '../database/migrations.ts'
import { migrations } from '../database/migrations/all.ts'
import type { Schema } from '../database/schema.ts'
import { type EventRecorder, createEventRecorder } from '../events/record.ts'
import type { Random } from '../kernel/ids.ts'
import type { Clock } from '../kernel/instant.ts'
import { type InstallationKeys, openInstallationKeys, readMasterKey } from './keys.ts'
import { openDatabase } from './open-database.ts'
import { program } from './program.ts'
import type { Settings } from './settings.ts'

/** What only the outermost part of the program may make. */
export type Tools = { readonly clock: Clock; readonly random: Random; readonly log: Logger }

/** What everything else is made of: the folder, the database, the keys, the histories. */
export type Core = Tools & {
  readonly dataFolder: string
  readonly hostId: string
  readonly database: Database<Schema>
  readonly masterKey: Uint8Array
  readonly keys: InstallationKeys
  readonly events: EventRecorder
}

/** Locks the folder, opens and migrates the database, opens the keys. */
export async function openCore(
  settings: Settings,
  tools: Tools,
  opened: AsyncDisposableStack,
): Promise<Core> {
  const { clock, random } = tools
  const engine = settings.databaseUrl === null ? 'pglite' : 'postgres'
  const dataFolder = openDataFolder({
    folder: settings.dataFolder,
    program: program(schemaVersionOf(migrations), engine),
    random,
    now: clock.now(),
  })
  opened.defer(() => dataFolder.close())
  const database = await openDatabase(settings, dataFolder, tools)
  opened.defer(() => database.close())
  const masterKey = readMasterKey(dataFolder.path, settings.keyFile, random)
  const keys = await openInstallationKeys(database, masterKey, clock.now(), random)
  replaceFile(join(dataFolder.path, 'ca.pem'), keys.authority.certificatePem, 0o644)
  return {
    ...tools,
    dataFolder: dataFolder.path,
    hostId: dataFolder.identity().hostId,
    database,
    masterKey,
    keys,
    events: createEventRecorder({ masterKey, random }),
  }
}
