import { saveAccount, usualTerms } from '../billing-accounts/store.ts'
import { migrations } from '../database/migrations/all.ts'
import type { Schema } from '../database/schema.ts'
import {
  type TestDatabase,
  openTestDatabase,
  testInstant,
  testRandom,
} from '../database/testing/test-database.ts'
import { readEvents } from '../events/read.ts'
import { type EventRecorder, createEventRecorder, tenantStream } from '../events/record.ts'
import { type Instant, formatInstant } from '../kernel/instant.ts'
import { type Operation, RequestRefused } from '../pipeline/operation.ts'
import { createTenant } from '../tenants/create-tenant.ts'
import type { PriceEntry } from './price-list.ts'
import { priceListOperations } from './price-lists.http.ts'
import { priceListKeyOf } from './store.ts'

/** Price lists of two tenants, without the checks that stand before an operation. */
export async function openPriceLists() {
  const database = await openTestDatabase<Schema>({ migrations })
  const masterKey = new Uint8Array(32).fill(7)
  const events = createEventRecorder({ masterKey, random: testRandom })
  const tenantId = await makeTenant(database, events, true)
  const otherTenant = await makeTenant(database, events, false)
  const operations = priceListOperations({ database, events, random: testRandom })
  const callAs = (name: string, priceListName: string, options: CallOptions = {}) =>
    call(operations, { name, priceListName }, { as: tenantId, ...options })
  return {
    database,
    events,
    tenantId,
    otherTenant,
    put: (list: string, prices: readonly PriceEntry[], options: CallOptions = {}) =>
      callAs('PriceLists_CreateOrUpdate', list, { ...options, prices }),
    get: (list: string, options?: CallOptions) => callAs('PriceLists_Get', list, options),
    list: (options?: CallOptions) => callAs('PriceLists_List', '', options),
    /** An account on a list, on real time or on a test clock of its own that stands at `now`. */
    account: (name: string, list: string, now: Instant | null = null) =>
      makeAccount(database, tenantId, { name, list, now }),
    billingVersions: () => readBillingVersions(database),
    priceEvents: async (of = tenantId) => {
      const stream = tenantStream(of)
      const all = await readEvents(database.db, stream, { after: 0, limit: 1000 }, masterKey)
      return all.filter(({ type }) => type === 'PriceListChanged')
    },
    [Symbol.asyncDispose]: () => database.close(),
  }
}

export type PriceLists = Awaited<ReturnType<typeof openPriceLists>>

type CallOptions = {
  readonly as?: string
  readonly prices?: readonly PriceEntry[]
  readonly realNow?: Instant
  readonly query?: { readonly [name: string]: string }
}

type Shown = {
  readonly id: string
  readonly name: string
  readonly properties: { readonly version: number; readonly prices?: readonly PriceEntry[] }
  readonly value: readonly Shown[]
  readonly nextLink: string | null
}

type Answered =
  | { readonly status: number; readonly body: Shown }
  | { readonly refused: string; readonly facts: object }

async function call(
  operations: readonly Operation[],
  { name, priceListName }: { readonly name: string; readonly priceListName: string },
  options: CallOptions & { readonly as: string },
): Promise<Answered> {
  const { as, prices, realNow = testInstant, query = {} } = options
  const request = {
    apiVersion: '2026-11-01',
    publicUrl: 'https://localhost',
    requestId: 'r',
    headers: {},
    caller: callerOf(as),
    params: { priceListName },
    query,
    body: prices === undefined ? {} : { properties: { prices } },
    subscription: null,
    realNow,
  }
  const operation = operations.find((each) => each.name === name)
  try {
    const { status, body } = (await operation?.handle(request)) ?? { status: 0 }
    return { status, body: body as Shown }
  } catch (error) {
    if (!(error instanceof RequestRefused)) throw error
    return { refused: error.refusal.name, facts: error.refusal.facts }
  }
}

function callerOf(tenantId: string) {
  const ids = { tenantId, principalId: testRandom.uuid(), appId: testRandom.uuid() }
  return { ...ids, kind: 'ServicePrincipal' as const, name: 'p', grants: [] }
}

async function makeTenant(
  database: TestDatabase<Schema>,
  events: EventRecorder,
  isOperator: boolean,
): Promise<string> {
  const tenantId = testRandom.uuid()
  const tenant = { tenantId, displayName: 'T', isOperator, principalName: 'p', actor: 'system' }
  const tools = { events, random: testRandom }
  await database.transaction((tx) => createTenant(tx, tenant, testInstant, tools))
  return tenantId
}

function makeAccount(
  database: TestDatabase<Schema>,
  tenantId: string,
  account: { readonly name: string; readonly list: string; readonly now: Instant | null },
): Promise<void> {
  const { name, list, now } = account
  const clock = `clock-${name}`
  return database.transaction(async (tx) => {
    if (now !== null) {
      const stands = { now_at: now, target_at: null, operation_id: null, created_at: testInstant }
      const row = { tenant_id: tenantId, name_key: clock, name: clock, ...stands }
      await tx.insertInto('test_clocks').values(row).execute()
    }
    const testClockKey = now === null ? null : clock
    const priceListKey = priceListKeyOf(tenantId, list)
    const terms = { ...usualTerms, name, displayName: name, testClockKey, priceListKey }
    await saveAccount(tx, tenantId, terms, { now: now ?? testInstant, realNow: testInstant })
  })
}

/** Of every account: how often something that plans pin has changed. */
async function readBillingVersions({ db }: TestDatabase<Schema>) {
  const rows = await db.selectFrom('billing_accounts').select(['name', 'billing_version']).execute()
  return Object.fromEntries(rows.map((row) => [row.name, Number(row.billing_version)]))
}

/** What vCPU hours of pay-as-you-go cost from a time on. */
export function vcpuHours(at: Instant, unitPrices: PriceEntry['unitPrices']): PriceEntry {
  const effectiveFrom = formatInstant(at)
  return { offer: 'PayAsYouGo', meter: 'vcpu-hours', effectiveFrom, unitPrices }
}
