import { beforeAll, describe, expect, test } from 'vitest'
import { askOf } from './ask.ts'
import { type Bought, accounts, advanceTo, buySupport } from './money-fixture.ts'
import { testTraffic, useWatchedServer } from './watched-server.ts'
import { type Person, World, messageOf, roles } from './world-fixture.ts'

const watched = useWatchedServer()
const ask = askOf(watched)

const billing = '/providers/Microsoft.Billing/billingAccounts'
const house = `${billing}/house`
const profile = `${house}/billingProfiles/house`
const versions = ['2020-05-01', '2024-04-01'] as const
const dates = { periodStartDate: '2026-04-01', periodEndDate: '2026-06-01' }

type Item = { readonly id: string; readonly name: string; readonly properties: Facts }
type Facts = { readonly [name: string]: unknown }
type Listed = { readonly value: readonly Item[]; readonly nextLink?: string }

let bought: Bought
let usage = ''
let stranger: Person
let nobody: Person
let readerOfSubscription: Person
/** Dated 1 May and 1 April. */
let invoices: readonly string[] = []

beforeAll(async () => {
  const world = new World(watched.client)
  stranger = await world.tenant('Penniless')
  nobody = await world.person('nobody')
  bought = await buySupport(watched.client, 'house')
  usage = await world.subscription(bought.scope, { displayName: 'Usage' })
  const scope = `/subscriptions/${bought.plan}`
  readerOfSubscription = await world.person('reader', { id: roles.reader, scope })
  const address = ['1 Rue X', 'Paris']
  await world.make('PUT', `${accounts}/house`, { properties: { address } })
  await advanceTo(watched.client, 'house', '2026-05-20T00:00:00Z')
  const { body } = await watched.client.request<Listed>('GET', `${house}/invoices`, {
    query: dates,
  })
  invoices = body.value.map(({ name }) => name)
  const paid = { properties: { amount: '44.00' } }
  await world.make('PUT', `${accounts}/house/invoices/${invoices[1]}/payments/one`, paid)
})

describe.each(versions)('in the form of %s', (apiVersion) => {
  const get = <Body = Item>(path: string, query: Facts = {}) =>
    ask<Body>('GET', path, '200', { apiVersion, query: query as Record<string, string> })

  test('an account shows one billing profile and one invoice section, of its own name', async () => {
    const listed = await get<Listed>(billing, { includeAll: 'false', includeDeleted: 'false' })
    expect(listed.body.value.map(({ name }) => name)).toContain('house')
    const account = await get(house)
    expect(account.body).toMatchObject({
      id: house,
      properties: {
        displayName: 'house',
        agreementType: 'MicrosoftOnlineServicesProgram',
        accountStatus: 'Active',
        hasReadAccess: true,
        soldTo: { addressLine1: '1 Rue X', addressLine2: 'Paris', country: 'FR' },
      },
    })
    const profiles = await get<Listed>(`${house}/billingProfiles`)
    const shown = { currency: 'EUR', invoiceDay: 1, status: 'Warned', statusReasonCode: 'PastDue' }
    expect(profiles.body.value).toMatchObject([{ id: profile, properties: shown }])
    expect((await get(profile)).body).toMatchObject({ id: profile, properties: shown })
    const sections = await get<Listed>(`${profile}/invoiceSections`)
    const [section] = sections.body.value
    expect((await get(section?.id ?? '')).body).toEqual(section)
  })

  test('invoices are found by account, profile, subscription and in default', async () => {
    const of = `billingSubscriptions/${bought.plan}`
    for (const path of [house, profile, `${billing}/default/${of}`, `${house}/${of}`]) {
      const listed = await get<Listed>(`${path}/invoices`, dates)
      expect(listed.body.value.map(({ name }) => name)).toEqual(invoices)
      const paged = await get<Listed>(`${path}/invoices`, { ...dates, $top: '1' })
      const rest = await ask<Listed>('GET', paged.body.nextLink ?? '', '200')
      const both = [...paged.body.value, ...rest.body.value].map(({ name }) => name)
      expect(both).toEqual(invoices)
    }
    const first = invoices[1]
    const { body } = await get(`${house}/invoices/${first}`)
    const eur = (value: number) => ({ currency: 'EUR', value })
    expect(body).toMatchObject({
      id: `${house}/invoices/${first}`,
      properties: {
        documentType: 'Invoice',
        status: 'OverDue',
        invoiceDate: '2026-04-01T00:00:00.000Z',
        dueDate: '2026-05-01T00:00:00.000Z',
        invoicePeriodStartDate: '2026-03-01T00:00:00.000Z',
        invoicePeriodEndDate: '2026-03-31T00:00:00.000Z',
        billingProfileId: profile,
        subTotal: eur(120),
        taxAmount: eur(24),
        totalAmount: eur(144),
        amountDue: eur(100),
        freeAzureCreditApplied: eur(0),
        payments: [{ amount: eur(44), paymentType: 'credited' }],
        documents: [{ kind: 'Invoice' }],
      },
    })
    for (const path of ['default', `default/${of}`, `house/${of}`]) {
      expect((await get(`${billing}/${path}/invoices/${first}`)).body).toEqual(body)
    }
  })

  test('invoices are cut by their dates', async () => {
    const named = async (periodStartDate: string, periodEndDate: string) => {
      const query = { periodStartDate, periodEndDate }
      return (await get<Listed>(`${house}/invoices`, query)).body.value.map(({ name }) => name)
    }
    expect(await named('2026-05-01', '2026-05-01')).toEqual([invoices[0]])
    expect(await named('2026-05-02', '2026-05-31')).toEqual([])
    for (const periodStartDate of ['02-30-2026', 'May', '2026-13-01']) {
      const query = { periodStartDate }
      await ask('GET', `${house}/invoices`, '400 InvalidParameter', { apiVersion, query })
    }
  })

  test('transactions are the lines, each with its share of the tax', async () => {
    const path = `${house}/invoices/${invoices[1]}/transactions`
    const { body } = await get<Listed>(path)
    const amounts = body.value.map(({ properties }) => [properties['subTotal'], properties['tax']])
    const eur = (value: number) => ({ currency: 'EUR', value })
    expect(amounts).toHaveLength(2)
    expect(amounts).toEqual(
      expect.arrayContaining([
        [eur(93), eur(18.6)],
        [eur(27), eur(5.4)],
      ]),
    )
    expect(body.value[0]?.properties).toMatchObject({
      transactionType: 'Purchase',
      productFamily: 'Azure Support',
      units: 1,
      unitOfMeasure: 'month',
      invoice: invoices[1],
      servicePeriodStartDate: '2026-03-01T00:00:00.000Z',
    })
    const paged = await get<Listed>(path, { $top: '1' })
    const rest = await ask<Listed>('GET', paged.body.nextLink ?? '', '200')
    expect([...paged.body.value, ...rest.body.value]).toEqual(body.value)
    const wrong = { $skiptoken: Buffer.from('["x"]').toString('base64url') }
    await ask('GET', path, '400 InvalidParameter', { apiVersion, query: wrong })
  })

  test('a PDF is downloaded by a link that needs no token', async () => {
    const name = invoices[1]
    const of = `${billing}/default/billingSubscriptions/${bought.plan}/invoices/${name}`
    for (const path of [`${house}/invoices/${name}`, `${billing}/default/invoices/${name}`, of]) {
      const query = { downloadToken: String(name), documentName: String(name) }
      const accepted = await ask('POST', `${path}/download`, '202', { apiVersion, query })
      const location = accepted.headers['location'] ?? ''
      const { body } = await ask<{ url: string }>('GET', location, '200', {
        query: { downloadToken: String(name) },
      })
      expect(body.url.startsWith(`${watched.server.endpoint}/invoiceDocuments/`)).toBe(true)
      expect(body).toMatchObject({ expiryTime: expect.stringContaining('Z') as unknown })
    }
  })

  test('the subscriptions that the account pays for are listed and shown', async () => {
    const section = `${profile}/invoiceSections/house`
    const all = [bought.plan, bought.other, usage].toSorted()
    for (const path of [house, profile, section]) {
      const listed = await get<Listed>(`${path}/billingSubscriptions`)
      expect(listed.body.value.map(({ name }) => name)).toEqual(all)
      const paged = await get<Listed>(`${path}/billingSubscriptions`, { $top: '2' })
      const rest = await ask<Listed>('GET', paged.body.nextLink ?? '', '200')
      expect(rest.body.value.map(({ name }) => name)).toEqual(all.slice(2))
    }
    const wrong = { $skiptoken: Buffer.from('["x"]').toString('base64url') }
    const query = { apiVersion, query: wrong }
    await ask('GET', `${house}/billingSubscriptions`, '400 InvalidParameter', query)
    const { body } = await get(`${house}/billingSubscriptions/${bought.plan}`)
    expect(body.properties).toMatchObject({
      displayName: 'Standard support',
      subscriptionId: bought.plan,
      billingProfileId: profile,
      skuDescription: 'SupportStandard',
      suspensionReasons: [],
      lastMonthCharges: { currency: 'EUR', value: 93 },
      monthToDateCharges: { currency: 'EUR', value: 93 },
    })
    const status = { '2020-05-01': 'Warning', '2024-04-01': undefined }[apiVersion]
    expect(body.properties['subscriptionBillingStatus']).toBe(status)
  })

  test('what an account or profile does not have is not there', async () => {
    const missing = (path: string, as?: Person) =>
      ask('GET', path, '404 NotFound', as === undefined ? { apiVersion } : { apiVersion, as })
    for (const rest of [
      '',
      '/billingProfiles',
      '/billingProfiles/house',
      '/billingProfiles/house/invoiceSections',
      '/billingProfiles/house/invoiceSections/house',
      '/billingProfiles/house/invoices',
      '/billingProfiles/house/billingSubscriptions',
      '/billingProfiles/house/invoiceSections/house/billingSubscriptions',
      '/invoices',
      `/invoices/${invoices[0]}`,
      `/invoices/${invoices[0]}/transactions`,
      `/invoices/${invoices[0]}/downloadResult`,
      '/billingSubscriptions',
      `/billingSubscriptions/${bought.plan}`,
      `/billingSubscriptions/${bought.plan}/invoices`,
      `/billingSubscriptions/${bought.plan}/invoices/${invoices[0]}`,
    ]) {
      await missing(house + rest, stranger)
      await missing(house + rest, nobody)
      await missing(house + rest, readerOfSubscription)
      await missing(`${billing}/nothing${rest}`)
    }
    await missing(`${house}/billingProfiles/other`)
    await missing(`${profile}/invoiceSections/other`)
    await missing(`${house}/invoices/INV99999999`)
    await missing(`${house}/billingSubscriptions/nothing`)
    const listed = await ask<Listed>('GET', billing, '200', { apiVersion, as: nobody })
    expect(listed.body.value).toEqual([])
  })

  test('a list that cannot be cut or sorted as asked is refused', async () => {
    for (const name of ['$filter', '$orderBy', '$search', '$skip']) {
      for (const path of [billing, `${house}/invoices`, `${house}/billingSubscriptions`]) {
        const query = { [name]: 'name' }
        const refused = await ask('GET', path, '400 InvalidParameter', { apiVersion, query })
        expect(messageOf(refused)).toContain('not supported')
      }
    }
    const query = { apiVersion, query: { filter: 'x' } }
    await ask('GET', `${house}/billingProfiles`, '400 InvalidParameter', query)
    await ask('GET', `${profile}/invoiceSections`, '400 InvalidParameter', query)
  })
})

test('the older form takes dates as it describes them, and expands what is in an account', async () => {
  const older = { apiVersion: versions[0] }
  const query = { periodStartDate: '05-01-2026', periodEndDate: '05-31-2026' }
  const may = await ask<Listed>('GET', `${house}/invoices`, '200', { ...older, query })
  expect(may.body.value.map(({ name }) => name)).toEqual([invoices[0]])
  const $expand = 'billingProfiles/invoiceSections'
  const expanded = await ask('GET', house, '200', { ...older, query: { $expand } })
  const inside = { billingProfiles: { value: [{ properties: { invoiceSections: {} } }] } }
  expect(expanded.body).toMatchObject({ properties: inside })
})

test('a changed link to a PDF is refused, whoever has it', async () => {
  const location = `${house}/invoices/${invoices[0]}/downloadResult`
  const { body } = await ask<{ url: string }>('GET', location, '200')
  const other = body.url.replace(String(invoices[0]), String(invoices[1]))
  const refused = await ask('GET', other, '403 AuthenticationFailed', { as: 'nobody' })
  expect(messageOf(refused)).toContain('Ask for the download of the invoice again.')
  await ask('POST', body.url, '403 AuthenticationFailed', { as: 'nobody' })
})

testTraffic(watched)
