import { sql } from 'kysely'
import { afterEach, expect, test } from 'vitest'
import { requires } from '../../tests/requirements.ts'
import { testInstant, testRandom } from '../database/testing/test-database.ts'
import { addMs, hourMs } from '../kernel/instant.ts'
import { ProviderFailure, type ResourceProvider } from '../providers/contract.ts'
import {
  hostId,
  subscriptionA,
  subscriptionB,
  tenantA,
  tenantB,
} from '../resources/world-fixture.ts'
import { lockBillingAccount } from '../billing-accounts/store.ts'
import { type ClaimedWork, claimWork, settleWork } from '../work/work.ts'
import { type Metered, openMetered, storedMeter } from './metered-fixture.ts'
import { planClockSamples, planHourlySamples } from './plan-samples.ts'
import { type SampleDependencies, sampleResource, sampleSizes } from './sample.job.ts'

const otherHost = '99999999-1111-4000-8000-000000000000'
const opened: Metered[] = []
afterEach(async () => {
  for (const metered of opened.splice(0)) await metered[Symbol.asyncDispose]()
})

/** A host whose stores are as large as a test says; one that it says nothing of is broken. */
async function openHost() {
  const metered = await openMetered()
  opened.push(metered)
  const sizes = new Map<string, bigint>()
  const measured: string[] = []
  const provider: ResourceProvider = {
    type: 'Microsoft.Storage/storageAccounts',
    meters: [{ name: storedMeter, rate: 'sampled' }],
    ending: { stops: '', stays: '', loses: [] },
    apply: () => Promise.reject(new Error('nobody asks')),
    measure: async (uid) => {
      measured.push(uid)
      const size = sizes.get(uid)
      if (size === undefined) throw new ProviderFailure('The disk is gone.', 'Mount it.')
      return { [storedMeter]: size }
    },
    close: async () => {},
  }
  const { database } = metered
  const dependencies: SampleDependencies = {
    database,
    clock: { now: metered.now },
    random: testRandom,
    hostId,
    log: { warn: () => {} },
    providers: new Map([[provider.type.toLowerCase(), provider]]),
  }
  const work = async (): Promise<readonly ClaimedWork[]> => {
    const realNow = metered.now()
    const claim = { hostId, realNow, leaseUntil: addMs(realNow, hourMs), limit: 9 }
    const claimed = await claimWork(database.db, claim)
    for (const each of claimed) {
      const handler = each.kind === 'sample-sizes' ? sampleSizes : sampleResource
      await settleWork(database.db, each, await handler(each, dependencies), realNow)
    }
    return claimed
  }
  await database.transaction((tx) =>
    planHourlySamples(tx, { tenantId: tenantA, hostId }, metered.now(), testRandom),
  )
  const makeOnline = async (of?: Parameters<Metered['make']>[0]): Promise<string> => {
    const uid = await metered.make(of)
    await metered.observe(uid)
    return uid
  }
  const openRate = async (uid: string) => (await metered.intervals(uid)).at(-1)?.rate
  return { ...metered, sizes, measured, work, makeOnline, openRate }
}

/** Tenant B's account gets a test clock; a resource of it is on this host. */
async function onClock(host: Awaited<ReturnType<typeof openHost>>): Promise<string> {
  await sql`insert into test_clocks (tenant_id, name_key, name, now_at, created_at)
    values (${tenantB}, 'c', 'c', ${testInstant}, ${testInstant})`.execute(host.database.db)
  await sql`update billing_accounts set test_clock_key = 'c'
    where tenant_id = ${tenantB}`.execute(host.database.db)
  return host.makeOnline({ tenantId: tenantB, subscriptionId: subscriptionB })
}

test('a host samples its own resources on real time, every hour, however many they are', async () => {
  const host = await openHost()
  await sql`insert into hosts (host_id, control_url, blob_url, started_at, seen_at)
    values (${otherHost}, '', '', 0, 0)`.execute(host.database.db)
  const clocked = await onClock(host)
  const elsewhere = await host.makeOnline({ hostId: otherHost })
  const unseen = await host.make()
  const uids: string[] = []
  for (let n = 0; n < 205; n += 1) uids.push(await host.makeOnline())
  uids.forEach((uid, n) => host.sizes.set(uid, BigInt(n)))
  expect(await host.work()).toHaveLength(1)
  expect(host.measured.toSorted()).toEqual(uids.toSorted())
  expect(await Promise.all(uids.map(host.openRate))).toEqual(uids.map((_, n) => BigInt(n)))
  for (const uid of [clocked, elsewhere, unseen]) expect(await host.openRate(uid)).toBe(0n)

  expect(await host.work(), 'not before the hour is over').toEqual([])
  host.wait(hourMs)
  host.sizes.set(uids[0]!, 9_007_199_254_740_993n)
  expect(await host.work()).toHaveLength(1)
  expect(await host.openRate(uids[0]!), 'not a byte is lost').toBe(9_007_199_254_740_993n)
  for (const uid of uids.slice(1)) expect(await host.intervals(uid)).toHaveLength(1)
})

test('a store that cannot be measured keeps its rate, says why, and holds up no other', async () => {
  const host = await openHost()
  const broken = await host.makeOnline()
  const fine = await host.makeOnline()
  host.sizes.set(broken, 5n).set(fine, 5n)
  await host.work()
  host.sizes.delete(broken)
  host.sizes.set(fine, 6n)
  host.wait(hourMs)
  await host.work()
  expect(await host.openRate(fine)).toBe(6n)
  expect(await host.intervals(broken)).toMatchObject([{ rate: 5n, closedAt: null }])
  const left = () =>
    host.database.db
      .selectFrom('work')
      .select(['key', 'tenant_id', 'attempts', 'last_error', 'first_try_at'])
      .where('kind', '=', 'sample-resource')
      .execute()
  await host.work()
  const [first] = await left()
  expect(first).toMatchObject({ key: broken, tenant_id: tenantA, attempts: 1 })
  expect(first?.last_error).toBe('The disk is gone. Mount it.')

  host.wait(hourMs)
  await host.work()
  expect((await left())[0]?.first_try_at, 'stuck since then').toBe(first?.first_try_at)

  host.sizes.set(broken, 7n)
  host.wait(hourMs)
  await host.work()
  await host.work()
  expect(await host.openRate(broken)).toBe(7n)
  expect(await left()).toEqual([])
})

test('what is broken and then deleted is not tried for ever', async () => {
  const host = await openHost()
  const broken = await host.makeOnline()
  await host.work()
  await host.remove(broken)
  host.wait(hourMs)
  await host.work()
  host.wait(hourMs)
  expect((await host.work()).map(({ kind }) => kind)).toEqual(['sample-sizes'])
})

test('for a test clock only its account is sampled, at its time, and once', async () => {
  const host = await openHost()
  await host.work()
  const clocked = await onClock(host)
  const real = await host.makeOnline()
  host.sizes.set(clocked, 8n).set(real, 8n)
  await sql`update test_clocks set now_at = now_at + 500`.execute(host.database.db)
  const place = { tenantId: tenantB, nameKey: 'c' }
  const asked = await host.database.transaction((tx) =>
    planClockSamples(tx, place, host.now(), testRandom),
  )
  expect(asked).toBe(1)
  const done = await host.work()
  expect(done.map(({ kind, clockKey }) => [kind, clockKey])).toEqual([['sample-sizes', 'c']])
  expect(host.measured).toEqual([clocked])
  expect(await host.intervals(clocked)).toEqual([
    { rate: 0n, openedAt: testInstant, closedAt: addMs(testInstant, 500) },
    { rate: 8n, openedAt: addMs(testInstant, 500), closedAt: null },
  ])
  expect(await host.work()).toEqual([])
})

// The embedded engine has one transaction at a time: there this cannot happen.
test(
  'usage that is found while an invoice is issued is on that invoice or on the next',
  requires('postgresql'),
  async () => {
    const host = await openHost()
    const uid = await host.makeOnline()
    await host.sample(uid, 5n)
    host.wait(10)
    await host.suspend()
    await host.observe(uid)
    await host.reactivate()
    const from = host.now()
    host.wait(10)
    const isLocked = Promise.withResolvers<void>()
    const goOn = Promise.withResolvers<void>()
    const issued = host.database.transaction(async (tx) => {
      const account = await lockBillingAccount(tx, tenantA, 'first', 'sharing')
      isLocked.resolve()
      await goOn.promise
      await sql`update billing_accounts set billed_until = ${host.now()}
        where tenant_id = ${account!.tenantId}`.execute(tx)
    })
    await isLocked.promise
    const observed = host.observe(uid)
    const isWaiting = async (): Promise<boolean> => {
      const waiting = sql<{ n: bigint }>`select count(*) as n from pg_stat_activity
        where datname = current_database() and wait_event_type = 'Lock'`
      return Number((await waiting.execute(host.database.db)).rows[0]?.n) > 0
    }
    await expect.poll(isWaiting).toBe(true)
    goOn.resolve()
    await Promise.all([issued, observed])
    expect(await host.late(uid)).toMatchObject([
      { rate: 5n, from, to: host.now(), subscription_id: subscriptionA },
    ])
  },
)
