import { sql } from 'kysely'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type BillingAccount, readBillingAccount } from '../billing-accounts/store.ts'
import { migrations } from '../database/migrations/all.ts'
import type { Schema } from '../database/schema.ts'
import {
  type TestDatabase,
  openTestDatabase,
  testInstant,
  testRandom,
} from '../database/testing/test-database.ts'
import { createEventRecorder } from '../events/record.ts'
import { billAccount } from '../invoices/bill-account.ts'
import { readLines } from '../invoices/document-store.ts'
import { type Instant, dayMs } from '../kernel/instant.ts'
import { loadDefaultPrices } from '../prices/change.store.ts'
import { packagedPrices } from '../prices/packaged.ts'
import { fillWorld, hostId, tenantA } from '../resources/world-fixture.ts'
import { type Position, beginning } from './position.ts'
import { type UsageRow, placeOf, readUsagePage } from './usage-page.ts'

const month = { from: testInstant, to: (testInstant + 30 * dayMs) as Instant }
/** More than are read at once, and more than a page looks at; most of them hold nothing. */
const subscriptionCount = 2_500
/** In one of them: more resources than are read at once. */
const resourceCount = 450

let database: TestDatabase<Schema>
let account: BillingAccount

beforeAll(async () => {
  database = await openTestDatabase<Schema>({ migrations })
  const events = createEventRecorder({ masterKey: testRandom.bytes(32), random: testRandom })
  await database.transaction(async (tx) => {
    await fillWorld(tx, testInstant, events)
    await loadDefaultPrices(tx, packagedPrices(), testInstant, {
      onlyFirst: true,
      random: testRandom,
    })
  })
  await fillAccount()
  const found = await readBillingAccount(database.db, tenantA, 'first')
  if (found === null) throw new Error('the account was made')
  account = found
})
afterAll(() => database.close())

/** Every hundredth subscription has three machines; the first one has many. */
async function fillAccount(): Promise<void> {
  const at = testInstant
  const id = (text: string) => sql.raw(`md5(${text})::uuid`)
  await sql`insert into subscriptions (subscription_id, tenant_id, billing_account_key, offer,
      display_name, workload, tags, account_administrator, created_by, created_at, generation,
      plan_version)
    select ${id(`'s' || n`)}, ${tenantA}::uuid, 'first', 'PayAsYouGo', 'S', 'Production', '{}',
      ${tenantA}::uuid, ${tenantA}::uuid, ${at}::int8, 1, 1
    from generate_series(1, ${subscriptionCount}::int4) n`.execute(database.db)
  await sql`insert into billable_intervals (tenant_id, subscription_id, interval_number, opened_at,
      closed_at)
    select ${tenantA}::uuid, ${id(`'s' || n`)}, 1, ${at}::int8, ${at + 2.5 * dayMs}::int8
    from generate_series(1, ${subscriptionCount}::int4) n`.execute(database.db)
  const machines = sql`(select n as s, r from generate_series(1, ${subscriptionCount}::int4) n,
    generate_series(1, ${resourceCount}::int4) r where n = 1 or (n % 100 = 0 and r <= 3)) m`
  const uid = id(`'r' || s || '/' || r`)
  await sql`insert into resources (uid, tenant_id, subscription_id, group_key, type_key, type,
      name_key, name, location, tags, properties, host_id, made_by_system, created_by, created_at,
      changed_at, generation, observed_generation, attempts, wanted_since, next_try_at)
    select ${uid}, ${tenantA}::uuid, ${id(`'s' || s`)}, 'g', 't', 'N/t', 'n' || r, 'n' || r,
      'local', '{}', '{}', ${hostId}::uuid, false, ${tenantA}::uuid, ${at}::int8, ${at}::int8, 1, 1,
      0, 0, 0 from ${machines}`.execute(database.db)
  await sql`insert into resource_intervals (tenant_id, subscription_id, uid, meter,
      interval_number, rate, opened_at, closed_at)
    select ${tenantA}::uuid, ${id(`'s' || s`)}, ${uid}, 'vcpu-hours', 1, 1 + r,
      ${at}::int8 + r * 3600000, null from ${machines}`.execute(database.db)
}

async function readAll(limit: number) {
  const rows: UsageRow[] = []
  let pages = 0
  for (let at: Position | null = beginning; at !== null; ) {
    const question = { account, subscriptionId: null, window: month }
    const page = await readUsagePage(database.db, question, at, limit)
    expect(page.rows.length).toBeLessThanOrEqual(limit)
    rows.push(...page.rows)
    at = page.next
    pages += 1
  }
  return { rows, pages }
}

function keyOf(row: UsageRow): string {
  return Object.values(placeOf(row)).join(' ')
}

test('a large account is read page by page, in order, each row once, whatever the pages hold', async () => {
  const { rows, pages } = await readAll(1_000)
  const keys = rows.map(keyOf)
  expect(new Set(keys).size).toBe(keys.length)
  const places = rows.map(({ line }) => `${line.subscriptionId} ${line.uid}`)
  expect(places).toEqual(places.toSorted())
  // Those that began in the first 60 hours: then everything was cancelled.
  const machines = 59 + 25 * 3
  expect(new Set(rows.map(({ line }) => line.uid)).size).toBe(machines)
  expect(pages).toBeGreaterThan(1)
  const { rows: smaller } = await readAll(7)
  expect(smaller.map(keyOf)).toEqual(keys)
}, 60_000)

test('the rows of an account come to the lines of its invoice', async () => {
  const { rows } = await readAll(1_000)
  const documentId = testRandom.uuid()
  const lines = await database
    .transaction(async (tx) => {
      await billAccount(tx, account, documentId, month)
      const written = await readLines(tx, documentId)
      // No document is issued: nothing of it may stay.
      await tx.deleteFrom('document_lines').where('document_id', '=', documentId).execute()
      return written
    })
    .then((written) => new Map(written.map((line) => [line.uid, line.amount])))
  const used = Map.groupBy(rows, ({ line }) => line.uid)
  const amounts = [...used].map(
    ([uid, its]) => [uid, its.reduce((sum, { line }) => sum + line.amount, 0n)] as const,
  )
  expect(new Map(amounts)).toEqual(lines)
}, 60_000)
