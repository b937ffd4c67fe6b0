import { expect, test } from 'vitest'
import { billingAccountOperations } from '../billing-accounts/accounts.http.ts'
import { migrations } from '../database/migrations/all.ts'
import type { Schema } from '../database/schema.ts'
import { openTestDatabase, testInstant, testRandom } from '../database/testing/test-database.ts'
import { createEventRecorder } from '../events/record.ts'
import { type Instant, addDays, formatInstant } from '../kernel/instant.ts'
import { RequestRefused } from '../pipeline/operation.ts'
import { loadDefaultPrices } from '../prices/change.store.ts'
import { packagedPrices } from '../prices/packaged.ts'
import { createTenant } from '../tenants/create-tenant.ts'
import { clockOperations } from './clocks.http.ts'

/** Clocks and accounts of one tenant, without the checks that stand before an operation. */
async function openClocks() {
  const database = await openTestDatabase<Schema>({ migrations })
  const random = testRandom
  const events = createEventRecorder({ masterKey: new Uint8Array(32).fill(7), random })
  const tenantId = random.uuid()
  const tenant = { tenantId, displayName: 'T', isOperator: false, principalName: 'p' }
  await database.transaction((tx) =>
    createTenant(tx, { ...tenant, actor: 'system' }, testInstant, { events, random }),
  )
  await database.transaction((tx) =>
    loadDefaultPrices(tx, packagedPrices(), testInstant, { onlyFirst: true, random }),
  )
  const dependencies = { database, events, random, testClocks: true, wakeWorkers: () => {} }
  const operations = [
    ...clockOperations(dependencies),
    ...billingAccountOperations({ database, events, random }),
  ]
  const caller = { tenantId, principalId: random.uuid(), appId: random.uuid() }
  /** The status, or the name of the refusal. */
  const call = async (
    name: string,
    params: Readonly<Record<string, string>>,
    body: unknown = {},
    realNow: Instant = testInstant,
  ): Promise<number | string | undefined> => {
    const request = {
      caller: { ...caller, kind: 'ServicePrincipal' as const, name: 'p', grants: [] },
      params,
      query: {},
      headers: {},
      body,
      apiVersion: '2026-11-01',
      subscription: null,
      realNow,
      requestId: 'r',
      publicUrl: 'https://localhost',
    }
    const operation = operations.find((each) => each.name === name)
    try {
      return (await operation?.handle(request))?.status
    } catch (error) {
      if (error instanceof RequestRefused) return error.refusal.name
      throw error
    }
  }
  const make = (clockName: string, now: string, realNow?: Instant) =>
    call('TestClocks_Create', { clockName }, { properties: { now } }, realNow)
  return { call, make, [Symbol.asyncDispose]: () => database.close() }
}

test('a clock can be made and removed although the time of the machine was set back', async () => {
  await using clocks = await openClocks()
  const earlier = addDays(testInstant, -1)
  expect(await clocks.make('late', formatInstant(testInstant), earlier)).toBe(201)
  expect(await clocks.call('TestClocks_Delete', { clockName: 'late' }, {}, earlier)).toBe(200)
})

test('a clock stands only where every date that is counted from it can be told', async () => {
  await using clocks = await openClocks()
  for (const now of ['0000-01-01T00:00:00Z', '1969-12-31T23:59:59Z', '9999-12-31T00:00:00Z']) {
    expect([now, await clocks.make('far', now)]).toEqual([now, 'invalidContent'])
  }
  expect(await clocks.make('near', '1970-01-01T00:00:00Z')).toBe(201)
  const near = { clockName: 'near' }
  for (const body of [{ to: '9999-12-31T00:00:00Z' }, { by: 'P99999999D' }]) {
    expect(await clocks.call('TestClocks_Advance', near, body)).toBe('invalidContent')
  }
  expect(await clocks.call('TestClocks_List', {})).toBe(200)
  expect(await clocks.call('TestClocks_Advance', near, { to: '9000-01-01T00:00:00Z' })).toBe(202)
})

test('a clock drives one billing account and no other', async () => {
  await using clocks = await openClocks()
  await clocks.make('Mine', formatInstant(testInstant))
  const take = (billingAccountName: string, testClock: string) =>
    clocks.call(
      'BillingAccounts_CreateOrUpdate',
      { billingAccountName },
      { properties: { testClock } },
    )
  expect(await take('first', 'mine')).toBe(201)
  expect(await take('FIRST', 'MINE')).toBe(200)
  expect(await take('second', 'Mine')).toBe('clockTaken')
  expect(await clocks.call('BillingAccounts_Get', { billingAccountName: 'second' })).toBe(
    'notFound',
  )
})
