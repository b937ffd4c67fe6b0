import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { KyselyPlugin } from 'kysely'
import type { Database } from '../../server/database/connection.ts'
import { openDataFolder } from '../../server/database/data-folder.ts'
import { schemaVersionOf } from '../../server/database/migrations.ts'
import { migrations } from '../../server/database/migrations/all.ts'
import { embeddedMajor, openEmbedded } from '../../server/database/pglite.ts'
import type { Schema } from '../../server/database/schema.ts'
import { migratedFiles, testInstant } from '../../server/database/testing/test-database.ts'
import type { Random } from '../../server/kernel/ids.ts'
import { type Sabotage, damaged } from './sabotage.ts'

/**
 * The embedded engine, whatever engine the other tests run on: its one connection makes the order
 * of
 * statements the order in which they were sent, and so the same for the same seed.
 */
export async function openSimulatedDatabase(
  random: Random,
): Promise<{ readonly database: Database<Schema>; readonly close: () => Promise<void> }> {
  const folder = mkdtempSync(join(tmpdir(), 'reprieve-simulation-'))
  const dataFolder = openDataFolder({
    folder,
    program: {
      version: '0.0.0',
      schema: schemaVersionOf(migrations),
      engine: 'pglite',
      engineMajor: embeddedMajor,
    },
    random,
    now: testInstant,
  })
  const database = await openEmbedded<Schema>({
    dataFolder,
    makeFiles: migratedFiles(migrations),
    random,
    log: () => {},
    sync: () => {},
  })
  return {
    database,
    close: async () => {
      await database.close()
      dataFolder.close()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

/** A node that is up, until it has done so many more things with the database. */
export class Lifeline {
  #left = Number.POSITIVE_INFINITY
  #alive = true

  get alive(): boolean {
    return this.#alive
  }

  end(): void {
    this.#alive = false
  }

  /** Ends in the middle of what comes: before, between or after `steps` steps of the database. */
  endAfter(steps: number): void {
    this.#left = steps
  }

  step(): void {
    this.#left -= 1
    if (this.#left <= 0) this.#alive = false
    if (!this.#alive) throw new NodeCrashed()
  }
}

/**
 * A dead process does nothing more: whatever it goes on to do with the database fails like this.
 */
export class NodeCrashed extends Error {
  override readonly name = 'NodeCrashed'
}

function pluginOf(lifeline: Lifeline, count: () => void, sabotage: Sabotage | null): KyselyPlugin {
  return {
    transformQuery: ({ node }) => {
      count()
      lifeline.step()
      return sabotage === null ? node : damaged(node, sabotage)
    },
    transformResult: async ({ result }) => {
      count()
      lifeline.step()
      return result
    },
  }
}

/**
 * The database as one node sees it: every statement, and every begin and commit, is a step at which
 * the node can crash, and before and after each transaction it can be slow. A crash within a
 * transaction rolls it back; after its commit it is stored and nobody was told.
 */
export function databaseOfNode(
  database: Database<Schema>,
  lifeline: Lifeline,
  count: () => void,
  sabotage: Sabotage | null,
  pause: () => Promise<void>,
): Database<Schema> {
  const plugin = pluginOf(lifeline, count, sabotage)
  return {
    ...database,
    db: database.db.withPlugin(plugin),
    wake: () => {},
    transaction: async (work, label, limits) => {
      await pause()
      count()
      lifeline.step()
      const result = await database.transaction(
        async (tx) => {
          const value = await work(tx.withPlugin(plugin))
          lifeline.step()
          return value
        },
        label,
        limits,
      )
      count()
      lifeline.step()
      await pause()
      return result
    },
  }
}
