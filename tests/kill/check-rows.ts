import { randomBytes, randomUUID } from 'node:crypto'
import { sql } from 'kysely'
import type { Database } from '../../server/database/connection.ts'
import { openDataFolder } from '../../server/database/data-folder.ts'
import { migrations } from '../../server/database/migrations/all.ts'
import { schemaVersionOf } from '../../server/database/migrations.ts'
import { openEmbedded } from '../../server/database/pglite.ts'
import { openPostgres } from '../../server/database/postgres.ts'
import type { Schema } from '../../server/database/schema.ts'
import { program } from '../../server/installation/program.ts'
import { instant } from '../../server/kernel/instant.ts'
import { storesIn } from './check.ts'
import type { Installation } from './installation.ts'
import type { Crew } from './model.ts'
import { moneyContradictions } from './money-contradictions.ts'
import { Violation } from './uncertain.ts'

/** What no row may say when everything is done, and no server runs. Each is told by its rows. */
const contradictions: { readonly [what: string]: string } = {
  'work that is left over': `select kind, key, last_error from work
    where due_at is null and kind <> 'sign-heads'`,
  'an effect that is not confirmed': `select r.uid, r.observed_generation from resources r
    join subscriptions s using (subscription_id)
    where r.destroyed_at is null and r.observed_generation < s.generation + r.generation`,
  'a resource in another state than its subscription': `select r.uid, r.observed_state
    from resources r join subscriptions s using (subscription_id)
    where r.destroyed_at is null and r.observed_state is distinct from
      case when s.suspended_since is null then 'online' else 'offline' end`,
  'a deleted resource that is not destroyed': `select uid from resources
    where deleted_at is not null and destroyed_at is null`,
  'something left of a purged subscription': `select s.subscription_id from subscriptions s
    where s.purge_started_at is not null and (s.purged_at is null
      or exists (select from resources r where r.subscription_id = s.subscription_id
        and r.destroyed_at is null)
      or exists (select from resource_groups g where g.subscription_id = s.subscription_id))`,
  'a destroyed store without proof': `select uid, evidence from resources
    where destroyed_at is not null and (evidence ->> 'gone') is distinct from 'true'`,
  'a purge date without its work, or work without its date': `select s.subscription_id, w.due_at
    from subscriptions s full join (select * from work where kind = 'purge') w
      on w.key = s.subscription_id::text
    where case when s.purge_started_at is null then s.purge_at end is distinct from w.due_at`,
  'a charge while suspended, or none while in use': `select s.subscription_id from subscriptions s
    where (s.suspended_since is null) <> exists (select from billable_intervals b
      where b.subscription_id = s.subscription_id and b.closed_at is null)`,
  'a meter that runs while offline, or stands while online': `select r.uid, r.observed_state
    from resources r where (r.destroyed_at is null and r.observed_state = 'online') <>
      exists (select from resource_intervals i where i.uid = r.uid and i.closed_at is null)`,
  'a meter that runs twice at once': `select a.uid, a.meter, a.opened_at from resource_intervals a
    join resource_intervals b on b.uid = a.uid and b.meter = a.meter
      and b.interval_number > a.interval_number
    where a.closed_at is null or a.closed_at > b.opened_at`,
  'usage that is late before it was used': `select l.uid, l.from_at, l.to_at, b.billed_until
    from late_usage l join billing_accounts b
      on b.tenant_id = l.tenant_id and b.name_key = l.account_key
    where l.to_at > b.billed_until`,
  'a name that is taken for nothing': `select a.name from storage_accounts a
    join resources r using (uid) where r.destroyed_at is not null`,
  'a clock on its way': `select name from test_clocks where target_at is not null`,
  'an operation that never ends': `select kind, subject from operations where status = 'Running'
    and kind not in ('create-resource', 'delete-resource')`,
  ...moneyContradictions,
}

/**
 * Reads what the database holds, with no server on it: nothing may be half done, and every folder
 * must be that of a resource which is there.
 *
 * @throws Violation
 */
export async function checkRows(installation: Installation, crews: readonly Crew[]): Promise<void> {
  const database = await openRows(installation)
  try {
    for (const [what, query] of Object.entries(contradictions)) {
      const { rows } = await sql.raw(query).execute(database.db)
      if (rows.length > 0) throw new Violation(`the database has ${what}: ${textOf(rows)}`)
    }
    const rows = await database.db
      .selectFrom('resources')
      .select('uid')
      .where('destroyed_at', 'is', null)
      .execute()
    const uids = rows.map(({ uid }) => uid).toSorted()
    const stores = storesIn(installation.dataFolder).toSorted()
    if (textOf(uids) !== textOf(stores)) {
      throw new Violation(`accounts ${textOf(uids)} have the folders ${textOf(stores)}`)
    }
    const made = crews.reduce((sum, crew) => sum + crew.ended.length, 0)
    const subscriptions = await database.db
      .selectFrom('subscriptions')
      .select('tenant_id')
      .execute()
    if (subscriptions.length < made) throw new Violation('a subscription is not on record any more')
  } finally {
    await database.close()
  }
}

async function openRows({ dataFolder, cluster }: Installation): Promise<Database<Schema>> {
  const random = {
    uuid: () => randomUUID(),
    bytes: (length: number) => new Uint8Array(randomBytes(length)),
  }
  const tools = { random, log: () => {} }
  if (cluster !== null) return openPostgres<Schema>({ ...tools, url: cluster.url })
  const folder = openDataFolder({
    folder: dataFolder,
    program: program(schemaVersionOf(migrations), 'pglite'),
    random,
    now: instant(Date.now()),
  })
  const database = await openEmbedded<Schema>({ ...tools, dataFolder: folder })
  const close = async (): Promise<void> => {
    await database.close()
    folder.close()
  }
  return { ...database, close }
}

function textOf(rows: readonly unknown[]): string {
  return JSON.stringify(rows, (_key, value: unknown) =>
    typeof value === 'bigint' ? String(value) : value,
  )
}
