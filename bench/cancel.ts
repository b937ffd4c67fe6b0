import { parseArgs } from 'node:util'
import type { Parts } from '../server/wiring.ts'
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
import { countRows, type RowsTouched } from './rows-touched.ts'

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
  const touched: RowsTouched[] = []
  for (const size of sizes) touched.push(await touchedBy(parts, bySize.get(size) ?? [], calls))
  say(
    table([
      ['rows that one cancel', 'reads', 'writes'],
      ...sizes.map((size, index) => [`of ${size} resources`, ...shown(touched[index])]),
    ]),
  )
  say('')
  const pgbench = await preparePgbench(parts.database, url, Math.round(touched[0]?.written ?? 0))
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

async function touchedBy(
  parts: Parts,
  ids: readonly string[],
  { cancel, enable }: Calls,
): Promise<RowsTouched> {
  const touched = await countRows(parts.database, async () => {
    await ratePerSecond(ids, 1, cancel)
    return ids.length
  })
  await ratePerSecond(ids, 1, enable)
  return touched
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
  const measured = async (): Promise<Grown> => {
    const rates: number[] = []
    for (let window = 0; window <= windows; window += 1) {
      const rate = await cancelAll(ids, 1, calls)
      if (window > 0) rates.push(rate)
    }
    return { rate: median(rates), ...(await touchedBy(parts, ids, calls)) }
  }
  const few = await measured()
  await fillSubscriptions(parts, world, growthTo, 'others')
  const many = await measured()
  await fillSubscriptions(parts, world, growthTo + growthFrom, 'caller')
  const own = await measured()
  const row = (name: string, grown: Grown): readonly string[] => {
    const cost = (few.rate / grown.rate).toFixed(2)
    return [name, grown.rate.toFixed(0), cost, ...shown(grown)]
  }
  say('1 at once, 1 resource, among more subscriptions:')
  say(
    table([
      ['subscriptions in the database', 'per second', `to ${growthFrom}`, 'reads', 'writes'],
      row(String(growthFrom), few),
      row(String(growthTo), many),
      row(`and ${growthFrom} of them the caller's`, own),
    ]),
  )
}

type Grown = RowsTouched & { readonly rate: number }

function shown(touched: RowsTouched | undefined): readonly string[] {
  return [touched?.read, touched?.written].map((rows) => (rows ?? Number.NaN).toFixed(1))
}

function say(line: string): void {
  process.stdout.write(`${line}\n`)
}

await main()
