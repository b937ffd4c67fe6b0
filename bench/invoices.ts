import { parseArgs } from 'node:util'
import { type Kysely, sql } from 'kysely'
import { saveAccount, usualTerms } from '../server/billing-accounts/store.ts'
import type { Schema } from '../server/database/schema.ts'
import { issueInvoices } from '../server/invoices/issue.job.ts'
import { type Instant, instant } from '../server/kernel/instant.ts'
import { loadDefaultPrices } from '../server/prices/change.store.ts'
import { packagedPrices } from '../server/prices/packaged.ts'
import { startCluster } from '../tests/postgres/cluster.ts'
import { openParts } from './cancel-parts.ts'
import { makeWorld } from './cancel-rows.ts'
import { table } from './figures.ts'

/**
 * `npm run bench:invoices`: rates and invoices a month of many subscriptions with 10 intervals
 * each, on PostgreSQL, through the work that does it in the product; twice, so that what one more
 * subscription costs is seen. Once spread over accounts of 100, once all on one account, which
 * shows whether memory grows with it.
 */
const intervalsEach = 10
const perAccount = 100
/** One statement makes so many subscriptions: none may take longer than the server lets it. */
const filledAtOnce = 2_000

const monthStart = instant(Date.UTC(2026, 8, 1))
const monthEnd = instant(Date.UTC(2026, 9, 1))
const realNow = instant(Date.UTC(2026, 9, 1, 6))

type Figures = {
  readonly name: string
  readonly subscriptions: number
  readonly invoices: number
  readonly lines: number
  readonly seconds: number
  readonly heapMb: number
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      database: { type: 'string' },
      from: { type: 'string', default: '10000' },
      to: { type: 'string', default: '100000' },
    },
  })
  const cluster = values.database === undefined ? await startCluster() : null
  const url = values.database ?? cluster?.url ?? ''
  const parts = await openParts(url)
  try {
    await parts.database.transaction((tx) =>
      loadDefaultPrices(tx, packagedPrices(), monthStart, {
        onlyFirst: true,
        random: parts.random,
      }),
    )
    const { tenantId } = await makeWorld(parts)
    const figures: Figures[] = []
    for (const each of [perAccount, Number.POSITIVE_INFINITY]) {
      for (const count of [Number(values.from), Number(values.to)]) {
        const accounts = Math.max(1, Math.ceil(count / each))
        const names = Array.from({ length: accounts }, (_, number) => `a${count}-${each}-${number}`)
        const per = Math.min(each, count)
        for (const name of names) {
          for (let left = per; left > 0; left -= filledAtOnce) {
            await fill(parts.database.db, tenantId, name, Math.min(left, filledAtOnce))
          }
        }
        await sql`analyze`.execute(parts.database.db)
        figures.push(await invoice(parts, tenantId, names, count))
      }
    }
    report(figures)
  } finally {
    await parts.database.close()
    await cluster?.stop()
  }
}

type Parts = Awaited<ReturnType<typeof openParts>>

/** An account whose subscriptions each used ten things in the month, some for a part of it. */
async function fill(
  db: Kysely<Schema>,
  tenantId: string,
  name: string,
  subscriptions: number,
): Promise<void> {
  const terms = { ...usualTerms, name, displayName: name, taxRate: '19' }
  await saveAccount(db, tenantId, terms, { now: monthStart, realNow: monthStart })
  await sql`with made as (
      insert into subscriptions (subscription_id, tenant_id, billing_account_key, offer,
        display_name, workload, tags, account_administrator, created_by, created_at, generation,
        plan_version)
      select gen_random_uuid(), ${tenantId}::uuid, ${name.toLowerCase()}, 'PayAsYouGo', 'S' || n,
        'Production', '{}', gen_random_uuid(), gen_random_uuid(), ${monthStart}::int8, 1, 1
      from generate_series(1, ${subscriptions}::int4) n
      returning subscription_id
    ), charged as (
      insert into billable_intervals (tenant_id, subscription_id, interval_number, opened_at)
      select ${tenantId}::uuid, subscription_id, 1, ${monthStart}::int8 from made
    ), stored as (
      insert into resources (uid, tenant_id, subscription_id, group_key, type_key, type, name_key,
        name, location, sku, tags, properties, host_id, made_by_system, created_by, created_at,
        changed_at, generation, observed_generation, attempts, wanted_since, next_try_at)
      select gen_random_uuid(), ${tenantId}::uuid, subscription_id, 'g', 't', 'T', 'r' || n,
        'r' || n, 'local', null, '{}', '{}', (select host_id from hosts limit 1), false,
        gen_random_uuid(), ${monthStart}::int8, ${monthStart}::int8, 0, 1, 0, 0, 0
      from made, generate_series(1, ${intervalsEach / 2}::int4) n
      returning uid, subscription_id
    ), named as (
      insert into resource_ids (tenant_id, uid, resource_id, from_at)
      select ${tenantId}::uuid, uid, '/subscriptions/' || subscription_id || '/r/' || uid,
        ${monthStart}::int8 from stored
    )
    insert into resource_intervals (tenant_id, subscription_id, uid, meter, rate, interval_number,
      opened_at, closed_at)
    select ${tenantId}::uuid, subscription_id, uid, 'storage-gb-months',
      n * 1073741824::int8 * (1 + abs(hashtext(uid::text)) % 500), n,
      ${monthStart}::int8 + (n - 1) * 864000000::int8,
      case when n = 1 then ${monthStart}::int8 + 864000000::int8 end
    from stored, generate_series(1, 2) n`.execute(db)
}

async function invoice(
  parts: Parts,
  tenantId: string,
  names: readonly string[],
  subscriptions: number,
): Promise<Figures> {
  const dependencies = { ...parts, clock: { now: (): Instant => realNow } }
  let heap = 0
  const watch = setInterval(() => {
    heap = Math.max(heap, process.memoryUsage().heapUsed)
  }, 20)
  const startedAt = performance.now()
  for (const name of names) {
    await issueInvoices(
      {
        tenantId,
        kind: 'invoice',
        key: `${tenantId}/${name}`,
        subject: { account: name },
        clockKey: null,
        dueAt: monthEnd,
        hostId: null,
        workId: parts.random.uuid(),
        version: 1n,
        claim: 1n,
        attempts: 1,
      },
      dependencies,
    )
  }
  const seconds = (performance.now() - startedAt) / 1000
  clearInterval(watch)
  const { db } = parts.database
  const keys = names.map((name) => name.toLowerCase())
  const counted = await sql<{ invoices: bigint; lines: bigint }>`
    select count(distinct d.document_id) as invoices, count(*) as lines from documents d
    join document_lines l on l.document_id = d.document_id
    where d.tenant_id = ${tenantId}::uuid and d.account_key = any(${keys}::text[])`.execute(db)
  const { invoices = 0n, lines = 0n } = counted.rows[0] ?? {}
  if (Number(invoices) !== names.length) throw new Error('not every account was invoiced')
  return {
    name: names.length === 1 ? 'one account' : `accounts of ${perAccount}`,
    subscriptions,
    invoices: Number(invoices),
    lines: Number(lines),
    seconds,
    heapMb: heap / 2 ** 20,
  }
}

function report(figures: readonly Figures[]): void {
  const rows = figures.map((each) => [
    `${each.name}, ${each.subscriptions}`,
    (each.invoices / each.seconds).toFixed(1),
    ((each.subscriptions * intervalsEach + each.lines) / each.seconds).toFixed(0),
    ((each.seconds * 1e6) / each.subscriptions).toFixed(0),
    each.heapMb.toFixed(0),
  ])
  const head = ['subscriptions', 'invoices/s', 'rows/s', 'µs each', 'heap MB at most']
  process.stdout.write(`${table([head, ...rows])}\n\n`)
  for (let index = 0; index < figures.length; index += 2) {
    const [small, large] = figures.slice(index, index + 2)
    if (small === undefined || large === undefined) continue
    const growth = large.seconds / large.subscriptions / (small.seconds / small.subscriptions)
    process.stdout.write(
      `${small.name}: a subscription among the many costs ${growth.toFixed(2)} times\n`,
    )
  }
}

await main()
