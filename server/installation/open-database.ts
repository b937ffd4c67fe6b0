import type { Logger } from 'pino'
import type { Database, DatabaseLog } from '../database/connection.ts'
import type { DataFolder } from '../database/data-folder.ts'
import { checksumOfAll, migrate } from '../database/migrations.ts'
import { migrations } from '../database/migrations/all.ts'
import { openEmbedded } from '../database/pglite.ts'
import { openPostgres } from '../database/postgres.ts'
import type { Schema } from '../database/schema.ts'
import { filesFromTemplate } from '../database/template.ts'
import type { Random } from '../kernel/ids.ts'
import type { Clock } from '../kernel/instant.ts'
import type { Settings } from './settings.ts'

/** Opens the database that the settings name, migrated. */
export async function openDatabase(
  settings: Settings,
  dataFolder: DataFolder,
  tools: { readonly clock: Clock; readonly random: Random; readonly log: Logger },
): Promise<Database<Schema>> {
  const { clock, random } = tools
  const log: DatabaseLog = (event, facts) => tools.log.warn(facts, event)
  const common = { random, log }
  const database =
    settings.databaseUrl !== null
      ? await openPostgres<Schema>({ ...common, url: settings.databaseUrl })
      : await openEmbedded<Schema>({
          ...common,
          dataFolder,
          ...(settings.templateCache === null
            ? {}
            : { makeFiles: fromTemplate(settings.templateCache, clock, common) }),
        })
  try {
    await migrate(database, migrations, clock.now())
  } catch (error) {
    await database.close()
    throw error
  }
  dataFolder.recordProgram()
  return database
}

function fromTemplate(
  cache: string,
  clock: Clock,
  common: { readonly random: Random; readonly log: DatabaseLog },
): (folder: string) => Promise<void> {
  return filesFromTemplate({
    ...common,
    cache,
    contents: checksumOfAll(migrations),
    fill: async (database) => {
      await migrate(database, migrations, clock.now())
    },
  })
}
