import { sql } from 'kysely'
import { openDataFolder } from '../data-folder.ts'
import { embeddedMajor, openEmbedded } from '../pglite.ts'
import { migratedFiles, testInstant, testRandom } from './test-database.ts'

/**
 * A process to be killed: opens the data folder that it is given and writes numbered rows, each of
 * which it reports once it is acknowledged. With `initdb`, a new database is made without a
 * template.
 */
const [folder = '', way] = process.argv.slice(2)
const dataFolder = openDataFolder({
  folder,
  program: { version: '0.0.0', schema: 0, engine: 'pglite', engineMajor: embeddedMajor },
  random: testRandom,
  now: testInstant,
})
process.stdout.write('folder\n')
const database = await openEmbedded({
  dataFolder,
  random: testRandom,
  log: () => {},
  ...(way === 'initdb' ? {} : { makeFiles: migratedFiles([]) }),
})
const { db } = database
await sql`create table if not exists written (number int8 primary key, half int8)`.execute(db)
const [last] = (await sql<{ max: bigint | null }>`select max(number) from written`.execute(db)).rows
for (let number = Number(last?.max ?? 0) + 1; ; number += 1) {
  await database.transaction(async (tx) => {
    await sql`insert into written (number) values (${number})`.execute(tx)
    await sql`update written set half = ${-number} where number = ${number}`.execute(tx)
  })
  process.stdout.write(`${number}\n`)
}
