import { execFileSync } from 'node:child_process'
import { Agent, request } from 'node:https'
import type { Invoice } from '@azure/arm-billing'
import type { LegacyUsageDetail } from '@azure/arm-consumption'
import { expect, test } from 'vitest'
import { requires } from '../requirements.ts'
import { accounts, advanceTo, meterStorage } from '../contract/money-fixture.ts'
import { testTraffic, useWatchedServer } from '../contract/watched-server.ts'
import { World } from '../contract/world-fixture.ts'
import { ignoreResourceCheckPolicy, sdkFor } from './sdk-fixture.ts'

const watched = useWatchedServer()

const name = 'billed'
/** The final invoice: of March, dated 1 April. */
const dates = ['2090-04-01', '2090-04-01'] as const

test('a cancelled subscription is invoiced to its last second, and read, and downloaded, by unmodified Azure clients', async () => {
  const { server, client } = watched
  const { subscriptionId, stores, fill } = await meterStorage(server, client, name)
  await new World(client).make('PUT', `${accounts}/${name}`, { properties: { taxRate: '20' } })
  await fill(0, 2_000_000)
  await advanceTo(client, name, '2090-03-10T06:00:00Z')
  const sdk = sdkFor(watched)
  sdk.subscription.pipeline.addPolicy(ignoreResourceCheckPolicy)
  await sdk.subscription.subscription.cancel(subscriptionId)
  await advanceTo(client, name, '2090-04-01T00:00:00Z')

  const { billingAccounts, billingProfiles, invoiceSections } = sdk.billing(subscriptionId)
  const { invoices, transactions, billingSubscriptions } = sdk.billing(subscriptionId)
  expect(await namesOf(billingAccounts.list())).toContain(name)
  expect((await billingAccounts.get(name)).agreementType).toBe('MicrosoftOnlineServicesProgram')
  expect(await namesOf(billingProfiles.listByBillingAccount(name))).toEqual([name])
  expect((await billingProfiles.get(name, name)).currency).toBe('EUR')
  expect(await namesOf(invoiceSections.listByBillingProfile(name, name))).toEqual([name])
  const mine = await billingSubscriptions.get(name)
  expect(mine.subscriptionId).toBe(subscriptionId)
  expect(mine.subscriptionBillingStatus).toBe('Inactive')

  const listed = await all(invoices.listByBillingAccount(name, ...dates))
  expect(listed).toHaveLength(1)
  const number = listed[0]?.name ?? ''
  const ofSubscription = await all(invoices.listByBillingSubscription(...dates))
  expect(ofSubscription.map((invoice) => invoice.name)).toEqual([number])
  const invoice = await invoices.get(name, number)
  expect(invoice.status).toBe('Due')
  expect(invoice.invoiceDate).toEqual(new Date('2090-04-01T00:00:00Z'))
  // 2,000,000 bytes for 9 1/4 days, at 100,000 euros for 2^30 bytes and 730 hours.
  const cost = (2_000_000 / 2 ** 30) * ((9.25 * 24) / 730) * 100_000
  expect(invoice.subTotal?.value).toBe(Math.round(cost * 100) / 100)
  expect(invoice.totalAmount?.value).toBe(Math.round(cost * 120) / 100)
  expect((await invoices.getById(number)).totalAmount).toEqual(invoice.totalAmount)

  const lines = await all(transactions.listByInvoice(name, number))
  expect(lines).toHaveLength(1)
  expect(lines[0]).toMatchObject({ productDescription: stores[0], subscriptionId })
  expect(lines[0]?.transactionAmount).toEqual(invoice.totalAmount)

  await expectUsage(subscriptionId, cost)
  await expectPdf(invoice, subscriptionId)
}, 60_000)

/** What was used, by the client that is made for it: nothing after the cancel. */
async function expectUsage(subscriptionId: string, cost: number): Promise<void> {
  const { usageDetails } = sdkFor(watched).consumption(subscriptionId)
  const filter = "properties/usageStart ge '2090-03-01' and properties/usageEnd le '2090-03-31'"
  const account = `/providers/Microsoft.Billing/billingAccounts/${name}`
  for (const scope of [`/subscriptions/${subscriptionId}`, account]) {
    const rows = await all(usageDetails.list(scope, { filter, top: 3 }))
    const used = rows as LegacyUsageDetail[]
    const days = used.map(({ date }) => date?.toISOString().slice(0, 10))
    expect(days).toEqual(Array.from({ length: 10 }, (_, day) => dayOfMarch(day + 1)))
    const sum = used.reduce((total, row) => total + (row.cost ?? 0), 0)
    expect(sum).toBeCloseTo(cost, 6)
  }
}

function dayOfMarch(day: number): string {
  return `2090-03-${String(day).padStart(2, '0')}`
}

/** As it is downloaded from the account, and from the subscription that the client is made for. */
async function expectPdf(invoice: Invoice, subscriptionId: string): Promise<void> {
  const { invoices } = sdkFor(watched).billing(subscriptionId)
  const number = invoice.name ?? ''
  const [document] = invoice.documents ?? []
  const token = new URL(document?.url ?? '').searchParams.get('downloadToken') ?? ''
  expect(token).not.toBe('')
  const quickly = { updateIntervalInMs: 10 }
  const first = await invoices.beginDownloadInvoiceAndWait(name, number, token, quickly)
  const second = await invoices.beginDownloadBillingSubscriptionInvoiceAndWait(
    number,
    token,
    quickly,
  )
  const pdf = await fetchWithoutToken(first.url ?? '')
  expect(pdf.subarray(0, 5).toString()).toBe('%PDF-')
  expect(await fetchWithoutToken(second.url ?? '')).toEqual(pdf)
  downloaded = pdf
}

let downloaded: Buffer | null = null

test('the downloaded PDF says what was invoiced', requires('pdftotext'), () => {
  const text = execFileSync('pdftotext', ['-layout', '-', '-'], { input: downloaded ?? '' })
  const cost = (2_000_000 / 2 ** 30) * ((9.25 * 24) / 730) * 100_000
  expect(text.toString()).toContain((Math.round(cost * 100) / 100).toFixed(2))
  expect(text.toString()).toContain((Math.round(cost * 120) / 100).toFixed(2))
})

function fetchWithoutToken(url: string): Promise<Buffer> {
  const agent = new Agent({ ca: watched.server.ca, keepAlive: false })
  return new Promise((resolve, reject) => {
    const sent = request(url, { agent }, (response) => {
      const chunks: Buffer[] = []
      response.on('data', (chunk: Buffer) => chunks.push(chunk))
      response.on('end', () =>
        response.statusCode === 200
          ? resolve(Buffer.concat(chunks))
          : reject(new Error(`${response.statusCode} ${Buffer.concat(chunks).toString()}`)),
      )
    })
    sent.on('error', reject)
    sent.end()
  })
}

async function all<Item>(items: AsyncIterable<Item>): Promise<Item[]> {
  const found: Item[] = []
  for await (const item of items) found.push(item)
  return found
}

async function namesOf(items: AsyncIterable<{ name?: string }>): Promise<(string | undefined)[]> {
  return (await all(items)).map((item) => item.name)
}

testTraffic(watched)
