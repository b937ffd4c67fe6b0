import { type Transaction, sql } from 'kysely'
import type { Schema } from '../database/schema.ts'
import type { Random } from '../kernel/ids.ts'
import type { Instant } from '../kernel/instant.ts'
import { type WorkOrder, enqueue } from '../work/work.ts'
import { type SampledResource, hostsOfClock } from './sample.store.ts'

/** All that one host samples: of real time every hour, of a test clock once an advance. */
export const sampleWork = 'sample-sizes'
/** One resource whose measuring failed: it is tried again by itself. */
export const sampleAgainWork = 'sample-resource'

/**
 * Sees to it that a host samples what is on real time. Asked at every start; moves no date.
 *
 * @param host.tenantId the tenant of whoever runs the installation.
 */
export async function planHourlySamples(
  tx: Transaction<Schema>,
  host: { readonly tenantId: string; readonly hostId: string },
  realNow: Instant,
  random: Random,
): Promise<void> {
  const order = { ...host, kind: sampleWork, key: host.hostId, subject: {}, clockKey: null }
  await planOnce(tx, { ...order, dueAt: realNow }, realNow, random)
}

/** Asks each host that holds something of a test clock's account. Answers how many were asked. */
export async function planClockSamples(
  tx: Transaction<Schema>,
  clock: { readonly tenantId: string; readonly nameKey: string },
  realNow: Instant,
  random: Random,
): Promise<number> {
  const { tenantId, nameKey: clockKey } = clock
  const hosts = await hostsOfClock(tx, clock)
  for (const hostId of hosts) {
    const key = `${tenantId}/${clockKey}/${hostId}`
    const order = { tenantId, kind: sampleWork, key, subject: {}, clockKey, hostId }
    await planOnce(tx, { ...order, dueAt: null }, realNow, random)
  }
  return hosts.length
}

/** Leaves a resource that could not be measured to work of its own. */
export async function planSampleAgain(
  tx: Transaction<Schema>,
  { uid, tenantId, clockKey }: SampledResource,
  hostId: string,
  realNow: Instant,
  random: Random,
): Promise<void> {
  const order = { tenantId, kind: sampleAgainWork, key: uid, subject: { uid }, clockKey, hostId }
  await planOnce(tx, { ...order, dueAt: null }, realNow, random)
}

/**
 * What is planned already stays as it is, with its cause and since when it is tried: a store that
 * is broken for good must not hold up every advance anew. One that runs now is run once more.
 */
async function planOnce(
  tx: Transaction<Schema>,
  order: WorkOrder,
  realNow: Instant,
  random: Random,
): Promise<void> {
  const planned = await tx
    .updateTable('work')
    .set({ version: sql`version + 1` })
    .where('kind', '=', order.kind)
    .where('key', '=', order.key)
    .executeTakeFirst()
  if (planned.numUpdatedRows === 0n) await enqueue(tx, order, realNow, random)
}
