import { parseArgs } from 'node:util'
import { sql } from 'kysely'
import type { Parts } from '../server/wiring.ts'
import { pause } from '../tests/kill/pause.ts'
import { startCluster } from '../tests/postgres/cluster.ts'
import { type Call, callsOf, openParts } from './cancel-parts.ts'
import {
  addResources,
  fillSubscriptions,
  makeSubscriptions,
  makeWorld,
  type World,
} from './cancel-rows.ts'
import { median, ratePerSecond, table } from './figures.ts'
import { type Pgbench, preparePgbench } from './pgbench.ts'

/**
 * `npm run bench:cancel`: cancellations per second on PostgreSQL for subscriptions of several
 * sizes, beside a pgbench run that writes as many rows per transaction on the same server. Windows
 * of all of them take turns, and each figure is the median of its windows.
 */
const sizes = [1, 100, 10_000]
const concurrencies = [1, 8]
const growthFrom = 10_000
const growthTo = 200_000
const pgbenchSeconds = 2

type Settings = { readonly subscriptions: number; readonly windows: number }

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      database: { type: 'string' },
      windows: { type: 'string', default: '9' },
      subscriptions: { type: 'string', default: '24' },
    },
  })
  const settings = { subscriptions: Number(values.subscriptions), windows: Number(values.windows) }
  const cluster = values.database === undefined ? await startCluster() : null
  const url = values.database ?? cluster?.url ?? ''
  try {
    const parts = await openParts(url)
    try {
      await measure(parts, url, settings)
    } finally {
      await parts.database.close()
    }
  } finally {
    await cluster?.stop()
  }
}

async function measure(parts: Parts, url: string, settings: Settings): Promise<void> {
  const world = await makeWorld(parts)
  const bySize = new Map<number, readonly string[]>()
  for (const size of sizes) {
    const made = await makeSubscriptions(parts, world, settings.subscriptions)
    for (const subscriptionId of made) await addResources(parts, world, subscriptionId, size)
    bySize.set(size, made)
  }
  await fillSubscriptions(parts, world, growthFrom, 'others')
  const calls = callsOf(parts, world)
  const ids = [...bySize.values()].flat()
  const rows = await rowsPerCancel(parts, ids, calls)
  say(`A cancel writes ${rows} rows in one transaction, whatever the size of its subscription.\n`)

  const pgbench = await preparePgbench(parts.database, url, rows)
  try {
    for (const concurrency of concurrencies) {
      await compareSizes(bySize, calls, pgbench, { ...settings, concurrency })
    }
  } finally {
    await pgbench.close()
  }
  await measureGrowth(parts, world, bySize.get(1) ?? [], calls, settings)
}

type Calls = { readonly cancel: Call; readonly enable: Call }

/** As PostgreSQL counted them: inserted, changed and deleted rows of all tables. */
async function rowsPerCancel(parts: Parts, ids: readonly string[], calls: Calls): Promise<number> {
  const written = async (): Promise<number> => {
    // Each session reports what it did a while later, unless it is asked to.
    await sql`select pg_stat_force_next_flush()`.execute(parts.database.db)
    const { rows } = await sql<{ count: string }>`
      select sum(n_tup_ins + n_tup_upd + n_tup_del)::text as count
      from pg_stat_user_tables`.execute(parts.database.db)
    return Number(rows[0]?.count)
  }
  const before = await written()
  await ratePerSecond(ids, 1, calls.cancel)
  const after = await settled(written, before)
  await ratePerSecond(ids, 1, calls.enable)
  return Math.round((after - before) / ids.length)
}

/** The counters come in late: what they say once they say the same thing twice, a second apart. */
async function settled(read: () => Promise<number>, before: number): Promise<number> {
  for (let last = before; ; ) {
    await pause(1_100)
    const now = await read()
    if (now === last && now > before) return now
    last = now
  }
}

async function compareSizes(
  bySize: ReadonlyMap<number, readonly string[]>,
  calls: Calls,
  pgbench: Pgbench,
  { windows, concurrency }: Settings & { readonly concurrency: number },
): Promise<void> {
  const rates = new Map(sizes.map((size) => [size, [] as number[]]))
  const reference: number[] = []
  // The first window warms up and does not count.
  for (let window = 0; window <= windows; window += 1) {
    for (const size of sizes) {
      const rate = await cancelAll(bySize.get(size) ?? [], concurrency, calls)
      if (window > 0) rates.get(size)?.push(rate)
    }
    if (window % 3 === 1) reference.push(await pgbench.run(concurrency, pgbenchSeconds))
  }
  const medians = sizes.map((size) => median(rates.get(size) ?? []))
  const [first = Number.NaN] = medians
  const ofPgbench = median(reference)
  say(`${concurrency} at once, ${windows} windows:`)
  say(
    table([
      ['', 'per second', 'to 1 resource', 'to pgbench'],
      ...sizes.map((size, index) => {
        const rate = medians[index] ?? Number.NaN
        const cost = (first / rate).toFixed(2)
        return [`${size} resources`, rate.toFixed(0), cost, (ofPgbench / rate).toFixed(2)]
      }),
      ['pgbench', ofPgbench.toFixed(0), '', '1.00'],
    ]),
  )
  say('')
}

async function cancelAll(
  ids: readonly string[],
  concurrency: number,
  { cancel, enable }: Calls,
): Promise<number> {
  const rate = await ratePerSecond(ids, concurrency, cancel)
  await ratePerSecond(ids, concurrency, enable)
  return rate
}

/** The same subscriptions again, among many more: others', and then the caller's own. */
async function measureGrowth(
  parts: Parts,
  world: World,
  ids: readonly string[],
  calls: Calls,
  { windows }: Settings,
): Promise<void> {
  const measured = async (): Promise<number> => {
    const rates: number[] = []
    for (let window = 0; window <= windows; window += 1) {
      const rate = await cancelAll(ids, 1, calls)
      if (window > 0) rates.push(rate)
    }
    return median(rates)
  }
  const few = await measured()
  await fillSubscriptions(parts, world, growthTo, 'others')
  const many = await measured()
  await fillSubscriptions(parts, world, growthTo + growthFrom, 'caller')
  const own = await measured()
  const cost = (rate: number): string => (few / rate).toFixed(2)
  say('1 at once, 1 resource, among more subscriptions:')
  say(
    table([
      ['subscriptions in the database', 'per second', `to ${growthFrom}`],
      [String(growthFrom), few.toFixed(0), cost(few)],
      [String(growthTo), many.toFixed(0), cost(many)],
      [`and ${growthFrom} of them the caller's`, own.toFixed(0), cost(own)],
    ]),
  )
}

function say(line: string): void {
  process.stdout.write(`${line}\n`)
}

await main()
