import { beforeAll, describe, expect, test } from 'vitest'
import { askOf } from './ask.ts'
import {
  type Bought,
  type Metered,
  accounts,
  advanceTo,
  buySupport,
  meterStorage,
} from './money-fixture.ts'
import { testTraffic, useWatchedServer } from './watched-server.ts'
import { type Person, World, messageOf } from './world-fixture.ts'

const watched = useWatchedServer()
const ask = askOf(watched)

const usageOf = (scope: string) => `${scope}/providers/Microsoft.Consumption/usageDetails`
const accountScope = (name: string) => `/providers/Microsoft.Billing/billingAccounts/${name}`

type Facts = { readonly [name: string]: unknown }
type Row = { readonly id: string; readonly name: string; readonly kind: string; properties: Facts }
type Listed = { readonly value: readonly Row[]; readonly nextLink?: string }

let legacy: Metered
let modern: Metered
let support: Bought
let stranger: Person
let nobody: Person

beforeAll(async () => {
  const { server, client } = watched
  const world = new World(client)
  stranger = await world.tenant('Useless')
  nobody = await world.person('nobody')
  support = await buySupport(client, 'fees')
  legacy = await meterStorage(server, client, 'legacy')
  await legacy.fill(0, 1_000_000)
  await legacy.fill(1, 300_000)
  await advanceTo(client, 'legacy', '2090-03-03T00:00:00Z')
  await legacy.fill(1, 500_000)
  await advanceTo(client, 'legacy', '2090-03-04T12:00:00Z')
  const cancel = `/subscriptions/${legacy.subscriptionId}/providers/Microsoft.Subscription/cancel`
  const query = { IgnoreResourceCheck: 'true' }
  const answer = await client.request('POST', cancel, { query })
  expect(answer.status).toBe(200)
  await advanceTo(client, 'legacy', '2090-04-02T00:00:00Z')
  modern = await meterStorage(server, client, 'modern', {
    agreementType: 'MicrosoftCustomerAgreement',
  })
  await modern.fill(0, 1_000_000)
  await advanceTo(client, 'modern', '2090-03-02T06:00:00Z')
})

const march = "properties/usageStart ge '2090-03-01' and properties/usageEnd le '2090-03-31'"

async function listAll(scope: string, query: { readonly [name: string]: string } = {}) {
  const rows: Row[] = []
  let link: string | undefined = usageOf(scope)
  while (link !== undefined) {
    const asked: { query?: typeof query } = rows.length === 0 ? { query } : {}
    const page: { body: Listed } = await ask<Listed>('GET', link, '200', asked)
    rows.push(...page.body.value)
    link = page.body.nextLink
  }
  return rows
}

describe('usage details', () => {
  test('have one row for each resource, meter, price and day, and none after the cancel', async () => {
    const scope = `/subscriptions/${legacy.subscriptionId}`
    const rows = await listAll(scope, { $filter: march })
    const seen = rows.map(
      ({ properties: { resourceId, date } }) => `${String(date)} ${String(resourceId)}`,
    )
    const days = ['2090-03-01', '2090-03-02', '2090-03-03', '2090-03-04']
    const wanted = legacy.stores.flatMap((id) => days.map((day) => `${day}T00:00:00.000Z ${id}`))
    expect(seen.toSorted()).toEqual(wanted.toSorted())
    expect(rows[0]).toMatchObject({
      type: 'Microsoft.Consumption/usageDetails',
      kind: 'legacy',
      properties: {
        billingAccountId: 'legacy',
        billingPeriodStartDate: '2090-03-01T00:00:00.000Z',
        billingPeriodEndDate: '2090-03-31T00:00:00.000Z',
        subscriptionId: legacy.subscriptionId,
        unitPrice: 100_000,
        billingCurrency: 'EUR',
        consumedService: 'Microsoft.Storage',
        resourceGroup: 'metered',
        chargeType: 'Usage',
        frequency: 'UsageBased',
      },
    })
    expect(rows[0]?.properties).not.toHaveProperty('additionalInfo')
    const names = new Set(rows.map(({ name }) => name))
    expect(names.size).toBe(rows.length)
  })

  test('come to the lines of the invoice, exactly, and to its amounts but for the rounding', async () => {
    const $expand = 'properties/additionalInfo,properties/meterDetails'
    const rows = await listAll(accountScope('legacy'), { $filter: march, $expand })
    const list = await ask<Listed>('GET', `${accounts}/legacy/invoices`, '200')
    const invoice = await ask<{ properties: { subTotal: string; lines: Line[] } }>(
      'GET',
      `${accounts}/legacy/invoices/${list.body.value[0]?.name}`,
      '200',
    )
    type Line = { resourceId: string; cost: string; measured: { amount: string } }
    const { lines, subTotal } = invoice.body.properties
    expect(Number(subTotal)).toBeGreaterThan(1)
    for (const line of lines) {
      const its = rows.filter(({ properties }) => properties['resourceId'] === line.resourceId)
      const used = its.reduce((sum, row) => sum + amountOf(row), 0n)
      expect(used).toBe(BigInt(line.measured.amount))
      const cost = its.reduce((sum, { properties }) => sum + Number(properties['cost']), 0)
      expect(Math.abs(cost - Number(line.cost))).toBeLessThanOrEqual(0.005)
    }
    expect(lines).toHaveLength(2)
    expect(rows[0]).toMatchObject({
      properties: { meterDetails: { meterCategory: 'Storage', unitOfMeasure: 'GB-month' } },
    })
    const query = { period: 'last', by: 'resource' }
    const scope = `/subscriptions/${legacy.subscriptionId}`
    const costs = await ask('GET', `${scope}/providers/Reprieve.Lifecycle/costs`, '200', { query })
    expect(costs.body).toMatchObject({ properties: { charged: subTotal } })
  })

  test('are paged without a gap or a repeat, at every scope of the account', async () => {
    const name = 'legacy'
    const inProfile = `${accountScope(name)}/billingProfiles/${name}`
    const inSection = `${inProfile}/invoiceSections/${name}`
    const whole = (await listAll(accountScope(name), { $filter: march })).map((row) => row.name)
    expect(whole).toHaveLength(8)
    for (const scope of [accountScope(name), inProfile, inSection]) {
      for (const $top of ['1', '3', '8']) {
        const paged = await listAll(scope, { $filter: march, $top })
        expect(paged.map((row) => row.name)).toEqual(whole)
        expect(paged[0]?.id).toContain(`${scope}/`)
      }
    }
  })

  test('are modern for a customer agreement, of the running period, up to this second', async () => {
    const rows = await listAll(accountScope('modern'))
    expect(rows).toMatchObject([
      {
        kind: 'modern',
        properties: {
          subscriptionGuid: modern.subscriptionId,
          instanceName: modern.stores[0],
          meterCategory: 'Storage',
          billingCurrencyCode: 'EUR',
          exchangeRate: '1',
          servicePeriodStartDate: '2090-03-01T00:00:00.000Z',
          servicePeriodEndDate: '2090-03-02T00:00:00.000Z',
        },
      },
      { properties: { servicePeriodEndDate: '2090-03-02T06:00:00.000Z' } },
    ])
    expect(rows[0]?.properties).not.toHaveProperty('invoiceId')
    const [first, second] = rows.map(({ properties }) => Number(properties['quantity']))
    expect((first ?? 0) / (second ?? 1)).toBeCloseTo(4, 9)
  })

  test('have the fee of a support plan on the day its month begins, also as the command line asks', async () => {
    await advanceTo(watched.client, 'fees', '2026-04-03T00:00:00Z')
    const ends = (operator: string, at: string) => `properties/usageEnd ${operator} '${at}'`
    const [from, to] = ['2026-03-01T00:00:00Z', '2026-04-30T00:00:00Z'] as const
    const $filter = `${ends('ge', from)} and ${ends('le', to)}`
    const { body } = await ask<Listed>('GET', usageOf(`/subscriptions/${support.plan}`), '200', {
      apiVersion: '2023-05-01',
      query: {
        $filter,
        $top: '10',
        $expand: 'properties/additionalProperties,properties/meterDetails',
        metric: 'actualcost',
      },
    })
    const fee = { cost: 93, quantity: 1, chargeType: 'Purchase', frequency: 'Recurring' }
    expect(body.value).toMatchObject([
      {
        properties: {
          ...fee,
          date: '2026-03-01T00:00:00.000Z',
          usageStart: '2026-03-01T00:00:00.000Z',
          usageEnd: '2026-03-01T23:59:59.999Z',
          usageQuantity: 1,
          pretaxCost: 93,
          currency: 'EUR',
          additionalProperties: '{"amount":"1","perUnit":"1"}',
          meterDetails: { unit: 'month', pretaxStandardRate: 93 },
        },
      },
      { properties: { ...fee, date: '2026-04-01T00:00:00.000Z' } },
    ])
  })

  test('are refused where they cannot be cut as asked, and are nothing to others', async () => {
    const scopes = [`/subscriptions/${legacy.subscriptionId}`, accountScope('legacy')]
    for (const path of scopes.map(usageOf)) {
      const $filter = "properties/resourceGroup eq 'metered'"
      const refused = await ask('GET', path, '400 InvalidFilterInQueryString', {
        query: { $filter },
      })
      expect(messageOf(refused)).toContain('properties/usageStart ge')
      for (const query of [{ $top: '0' }, { $top: '1001' }, { metric: 'x' }]) {
        await ask('GET', path, '400 InvalidParameter', { query: { ...query } })
      }
      const wrong = { $skiptoken: Buffer.from('["x"]').toString('base64url') }
      await ask('GET', path, '400 InvalidParameter', { query: wrong })
    }
    const [subscription = '', account = ''] = scopes.map(usageOf)
    await ask('GET', subscription, '404 SubscriptionNotFound', { as: stranger })
    await ask('GET', account, '404 NotFound', { as: stranger })
    await ask('GET', account, '404 NotFound', { as: nobody })
    await ask('GET', usageOf(accountScope('nothing')), '404 NotFound')
    await ask('GET', usageOf(`${accountScope('legacy')}/billingProfiles/other`), '404 NotFound')
  })
})

/** Rate times milliseconds. */
function amountOf({ properties }: Row): bigint {
  const info = JSON.parse(String(properties['additionalInfo'])) as { amount: string }
  return BigInt(info.amount)
}

testTraffic(watched)
