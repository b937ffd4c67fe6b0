import { expect, test } from 'vitest'
import { migrations } from '../database/migrations/all.ts'
import type { Schema } from '../database/schema.ts'
import { openTestDatabase, testInstant, testRandom } from '../database/testing/test-database.ts'
import { createEventRecorder } from '../events/record.ts'
import { addDays, formatInstant } from '../kernel/instant.ts'
import { createTenant } from '../tenants/create-tenant.ts'
import { clockOperations } from './clocks.http.ts'

test('a clock can be made and removed although the time of the machine was set back', async () => {
  await using database = await openTestDatabase<Schema>({ migrations })
  const random = testRandom
  const events = createEventRecorder({ masterKey: new Uint8Array(32).fill(7), random })
  const tenantId = random.uuid()
  await database.transaction((tx) =>
    createTenant(
      tx,
      { tenantId, displayName: 'T', isOperator: false, principalName: 'p', actor: 'system' },
      testInstant,
      { events, random },
    ),
  )
  const operations = clockOperations({
    database,
    events,
    random,
    testClocks: true,
    wakeWorkers: () => {},
  })
  const caller = { tenantId, principalId: random.uuid(), appId: random.uuid() }
  const request = {
    caller: { ...caller, kind: 'ServicePrincipal' as const, name: 'p', grants: [] },
    params: { clockName: 'late' },
    query: {},
    headers: {},
    body: { properties: { now: formatInstant(testInstant) } },
    apiVersion: '2026-11-01',
    subscription: null,
    realNow: addDays(testInstant, -1),
    requestId: 'r',
    publicUrl: 'https://localhost',
  }
  const call = async (name: string) =>
    (await operations.find((each) => each.name === name)?.handle(request))?.status

  expect(await call('TestClocks_Create')).toBe(201)
  expect(await call('TestClocks_Delete')).toBe(200)
})
