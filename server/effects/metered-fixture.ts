import { sql } from 'kysely'
import { instantOf, instantOrNull } from '../database/connection.ts'
import { migrations } from '../database/migrations/all.ts'
import type { Schema } from '../database/schema.ts'
import {
  type TestDatabase,
  openTestDatabase,
  testInstant,
  testRandom,
} from '../database/testing/test-database.ts'
import { type EventRecorder, createEventRecorder } from '../events/record.ts'
import { type Instant, addMs } from '../kernel/instant.ts'
import type { Observation, WantedResource } from '../providers/contract.ts'
import { reactivate, suspend } from '../resources/lifecycle-fixture.ts'
import { insertResource, markDeleted } from '../resources/store.ts'
import { fillWorld, hostId, people, subscriptionA, tenantA } from '../resources/world-fixture.ts'
import { lockSubscription, readSubscriptionById } from '../subscriptions/store.ts'
import { isSuspended } from '../subscriptions/subscription.ts'
import { recordObserved } from './observe.ts'
import { recordSample } from './record-sample.ts'
import { wantedGeneration, wantedState } from './wanted.ts'

export const storedMeter = 'storage-gb-months'

/** Resources whose meter runs, and what happens to them, at a time that a test moves. */
export async function openMetered() {
  const database = await openTestDatabase<Schema>({ migrations })
  const events = createEventRecorder({ masterKey: testRandom.bytes(32), random: testRandom })
  await database.transaction((tx) => fillWorld(tx, testInstant, events))
  const opened = { database, events }
  let now = testInstant
  return {
    ...opened,
    now: (): Instant => now,
    wait: (ms: number): void => void (now = addMs(now, ms)),
    suspend: () => suspend(opened, now),
    reactivate: () => reactivate(opened, now),
    make: (of?: Partial<Made>) => make(opened, now, of),
    observe: (uid: string) => observe(opened, now, uid),
    sample: (uid: string, rate: bigint) => sample(opened, now, uid, rate),
    remove: (uid: string) => remove(opened, now, uid),
    intervals: (uid: string) => readIntervals(opened, uid),
    late: (uid: string) => readLate(opened, uid),
    /** All before now is on an invoice. */
    invoice: () =>
      sql`update billing_accounts set billed_until = ${now} where tenant_id = ${tenantA}`.execute(
        database.db,
      ),
    [Symbol.asyncDispose]: () => database.close(),
  }
}

export type Metered = Awaited<ReturnType<typeof openMetered>>

type Opened = { readonly database: TestDatabase<Schema>; readonly events: EventRecorder }
type Made = {
  readonly subscriptionId: string
  readonly tenantId: string
  readonly hostId: string
}

async function make({ database }: Opened, now: Instant, of: Partial<Made> = {}): Promise<string> {
  const uid = testRandom.uuid()
  await database.transaction((tx) =>
    insertResource(tx, {
      uid,
      tenantId: tenantA,
      subscriptionId: subscriptionA,
      hostId,
      ...of,
      group: 'group',
      type: 'Microsoft.Storage/storageAccounts',
      name: `s${uid}`,
      location: 'local',
      kind: null,
      sku: null,
      tags: {},
      properties: {},
      createdBy: people.owner,
      meters: [{ name: storedMeter, rate: 0n }],
      now,
      realNow: now,
    }),
  )
  return uid
}

/** A worker sees it as it is wanted. */
async function observe(opened: Opened, now: Instant, uid: string): Promise<void> {
  const { db } = opened.database
  const row = await db
    .selectFrom('resources')
    .selectAll()
    .where('uid', '=', uid)
    .executeTakeFirstOrThrow()
  const subscription = (await readSubscriptionById(db, row.subscription_id))!
  const facts = { generation: Number(row.generation), deleted: row.deleted_at !== null }
  const wanted: WantedResource = {
    uid,
    tenantId: row.tenant_id,
    subscriptionId: row.subscription_id,
    name: row.name,
    state: wantedState(subscription.lifecycle, facts),
    observed: null,
    generation: wantedGeneration(subscription.lifecycle, facts),
  }
  const { state } = wanted
  const seen: Observation = state === 'absent' ? { state, evidence: {} } : { state }
  await recordObserved(wanted, seen, now, { ...opened, random: testRandom })
}

async function sample(
  { database }: Opened,
  now: Instant,
  uid: string,
  rate: bigint,
): Promise<void> {
  await database.transaction(async (tx) => {
    const subscription = (await lockSubscription(tx, subscriptionA, now))!
    await recordSample(tx, subscription, uid, { [storedMeter]: rate })
  })
}

async function remove({ database }: Opened, now: Instant, uid: string): Promise<void> {
  await database.transaction(async (tx) => {
    const { lifecycle } = (await lockSubscription(tx, subscriptionA, now))!
    const since = isSuspended(lifecycle) ? lifecycle.suspendedSince : null
    await markDeleted(tx, [uid], { now, metersStopAt: since ?? now, realNow: now })
  })
}

async function readIntervals({ database }: Opened, uid: string) {
  const rows = await database.db
    .selectFrom('resource_intervals')
    .select(['rate', 'opened_at', 'closed_at'])
    .where('uid', '=', uid)
    .orderBy('interval_number')
    .execute()
  return rows.map((row) => ({
    rate: row.rate,
    openedAt: instantOf(row.opened_at),
    closedAt: instantOrNull(row.closed_at),
  }))
}

async function readLate({ database }: Opened, uid: string) {
  const rows = await database.db
    .selectFrom('late_usage')
    .select(['rate', 'from_at', 'to_at', 'account_key', 'subscription_id'])
    .where('uid', '=', uid)
    .orderBy('from_at')
    .execute()
  return rows.map(({ rate, from_at, to_at, ...of }) => ({
    ...of,
    rate,
    from: instantOf(from_at),
    to: instantOf(to_at),
  }))
}
