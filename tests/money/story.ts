import { sql } from 'kysely'
import type { Schema } from '../../server/database/schema.ts'
import { lockAccountAt } from '../../server/billing-accounts/lock-at.ts'
import { documentOf, lockDocument, readLines } from '../../server/invoices/document-store.ts'
import { invoiceStatus } from '../../server/invoices/invoice.ts'
import { type Currency, formatAmount, parseAmount } from '../../server/kernel/currency.ts'
import { recordPayment } from '../../server/payments/record-payment.ts'
import { type MoneyWorld, openMoneyWorld, workLeft } from './world.ts'

/** A 1 MiB blob costs one unit of the currency for each hour at this price of a GB-month. */
export const oneAnHour = String(730 * 1024)
export const mebibyte = 2n ** 20n

export type StoryAccount = {
  readonly from: string
  readonly currency?: string
  readonly invoiceDay?: number
  readonly taxRate?: string
  readonly lastSubscriptionInvoice?: 'usualDate' | 'atClose'
  readonly agreementType?: string
  /** Prices of a stored GB-month under PayAsYouGo, each from its date on. */
  readonly storage?: readonly (readonly [from: string, unitPrice: string])[]
  readonly support?: readonly (readonly [offer: string, from: string, unitPrice: string])[]
}

/** One billing account on a clock of its own, with what people do to it. */
export async function openStory(asked: StoryAccount) {
  const world = await openMoneyWorld()
  const currency = asked.currency ?? 'EUR'
  await priceList(world, currency, asked)
  await world.call('TestClocks_Create', { clockName: 'story' }, { properties: { now: asked.from } })
  const { from: _from, storage: _storage, support: _support, ...terms } = asked
  const properties = { ...terms, currency, testClock: 'story', priceList: 'story' }
  const account = await world.call(
    'BillingAccounts_CreateOrUpdate',
    { billingAccountName: 'payer' },
    { properties },
  )
  const { billingScope } = account.body['properties'] as { billingScope: string }
  return {
    world,
    account: 'payer',
    setAccount: (properties: object) =>
      world.call('BillingAccounts_CreateOrUpdate', { billingAccountName: 'payer' }, { properties }),
    buy: (name: string, offer?: string) => buy(world, billingScope, name, offer),
    addStore: (subscriptionId: string, name: string) => addStore(world, subscriptionId, name),
    advance: (to: string) => advance(world, to),
    cancel: (subscriptionId: string) =>
      world.call('Subscription_Cancel', { subscriptionId }, undefined, {
        ignoreresourcecheck: 'true',
      }),
    enable: (subscriptionId: string) => world.call('Subscription_Enable', { subscriptionId }),
    upgrade: (subscriptionId: string) => world.call('Subscription_Upgrade', { subscriptionId }, {}),
    plan: async (subscriptionId: string) =>
      (await world.call('CancelPlans_Create', { subscriptionId })).body['properties'] as Plan,
    lifecycle: async (subscriptionId: string) => {
      const { body } = await world.call('Lifecycles_Get', { subscriptionId })
      return body['properties'] as Life
    },
    invoices: () => readInvoices(world),
    pay: (
      invoice: string,
      payment: string,
      amount: string,
      extra: { readonly currency?: Currency } = {},
    ) => pay(world, invoice, payment, amount, extra),
    /** What a customer who pays does: every invoice that is due, in full. */
    payAll: async () => {
      for (const { name, total, status } of await readInvoices(world)) {
        if (status !== 'Due' && status !== 'OverDue') continue
        await pay(world, name, 'transfer', total)
      }
      await world.runWork()
    },
    left: () => workLeft(world),
    [Symbol.asyncDispose]: async () => {
      const { faults } = world
      await world.close()
      if (faults.length > 0) throw new Error(faults.join('\n'))
    },
  }
}

/** Through the port by which every payment comes in. Answers what became of it. */
function pay(
  { database, tenantId, principalId, parts, realNow }: MoneyWorld,
  invoiceName: string,
  paymentName: string,
  amount: string,
  asked: { readonly currency?: Currency } = {},
): Promise<string> {
  return database.transaction(async (tx) => {
    const account = await lockAccountAt(tx, tenantId, 'payer', realNow())
    const invoice = await lockDocument(tx, tenantId, invoiceName)
    if (account === null || invoice === null) throw new Error(`there is no ${invoiceName}`)
    const currency = asked.currency ?? invoice.currency
    const payment = { name: paymentName, amount: parseAmount(amount, currency) ?? 0n, currency }
    const by = { actor: principalId, realNow: realNow() }
    const decision = await recordPayment(tx, account, invoice, payment, by, parts)
    if (!decision.accepted) return decision.refusal.code
    return decision.value.isNew ? 'recorded' : 'repeated'
  })
}

export type Story = Awaited<ReturnType<typeof openStory>>

export type Life = {
  readonly state: string
  readonly offer: string
  readonly suspensions: readonly { readonly reason: string; readonly effectiveAt: string }[]
  readonly purgeAt: string | null
  readonly term: { readonly endsAt: string; readonly renews: boolean } | null
}

type Plan = {
  readonly dates: { readonly [name: string]: string | null }
  readonly charges: { readonly afterCancel: string }
  readonly finalBill: { readonly [name: string]: unknown }
  readonly commitments: readonly {
    readonly offer: string
    readonly endsAt: string
    readonly months: readonly { readonly startsAt: string; readonly amount: string }[]
  }[]
}

async function priceList(world: MoneyWorld, currency: string, asked: StoryAccount): Promise<void> {
  const storage = asked.storage ?? [['2000-01-01T00:00:00Z', oneAnHour]]
  const prices = [
    ...storage.map(([effectiveFrom, unitPrice]) => ({
      offer: 'PayAsYouGo',
      meter: 'storage-gb-months',
      effectiveFrom,
      unitPrice,
    })),
    ...(asked.support ?? []).map(([offer, effectiveFrom, unitPrice]) => ({
      offer,
      meter: 'support-plan-months',
      effectiveFrom,
      unitPrice,
    })),
  ]
  const name = `${world.tenantId}/story`
  await world.database.transaction(async (tx) => {
    const list = { price_list_key: name, tenant_id: world.tenantId, name: 'story', version: 1 }
    const at = world.realNow()
    await tx
      .insertInto('price_lists')
      .values({ ...list, created_at: at })
      .execute()
    const rows: Schema['prices'] extends never ? never : object[] = prices.map((price) => ({
      price_list_key: name,
      offer: price.offer,
      meter: price.meter,
      currency,
      effective_at: Date.parse(price.effectiveFrom),
      unit_price: price.unitPrice,
      recorded_at: at,
    }))
    await tx
      .insertInto('prices')
      .values(rows as never)
      .execute()
  })
}

async function buy(
  { call, principalId }: MoneyWorld,
  billingScope: string,
  name: string,
  offer: string | undefined,
): Promise<string> {
  const tags = offer === undefined ? {} : { 'reprieve:offer': offer }
  const additionalProperties = { subscriptionOwnerId: principalId, tags }
  const properties = {
    displayName: name,
    billingScope,
    workload: 'Production',
    additionalProperties,
  }
  const { body } = await call('Alias_Create', { aliasName: name }, { properties })
  return (body['properties'] as { subscriptionId: string }).subscriptionId
}

/** Answers the store's uid: how its size is set. */
async function addStore(world: MoneyWorld, subscriptionId: string, name: string): Promise<string> {
  const group = { subscriptionId, resourceGroupName: 'group' }
  await world.call('ResourceGroups_CreateOrUpdate', group, { location: 'local' })
  const body = { location: 'local', kind: 'StorageV2', sku: { name: 'Standard_LRS' } }
  const created = 'Microsoft.Storage/storageAccounts_CreateOrUpdate'
  await world.call(created, { ...group, resourceName: name }, body)
  await world.runWork()
  const row = await world.database.db
    .selectFrom('resources')
    .select('uid')
    .where('name_key', '=', name)
    .where('subscription_id', '=', subscriptionId)
    .executeTakeFirstOrThrow()
  return row.uid
}

async function advance(world: MoneyWorld, to: string): Promise<void> {
  await world.call('TestClocks_Advance', { clockName: 'story' }, { to })
  await world.runWork()
}

/** The documents of the account, oldest first, as short as a story can read them. */
async function readInvoices({ database, tenantId }: MoneyWorld) {
  const rows = await database.db
    .selectFrom('documents')
    .selectAll()
    .where('tenant_id', '=', tenantId)
    .orderBy('type')
    .orderBy('document_number')
    .execute()
  return Promise.all(
    rows.map(async (row) => {
      const document = documentOf(row)
      const lines = await readLines(database.db, document.documentId)
      return {
        name: document.name,
        date: new Date(document.issuedAt).toISOString().slice(0, 10),
        lines: lines.map((line) => {
          const amount = formatAmount(line.cost, document.currency)
          if (line.meter === null) return `${line.kind} ${amount}`
          const { subscriptionName: name, meter, unitPrice } = line
          return `${name} ${meter} at ${unitPrice}: ${amount}`
        }),
        subTotal: formatAmount(document.subTotal, document.currency),
        tax: formatAmount(document.tax, document.currency),
        total: formatAmount(document.total, document.currency),
        status: invoiceStatus({ ...document }),
      }
    }),
  )
}

/** Promise 11 on what is stored: every total is the sum of its lines, and no number is missing. */
export async function checkLedger({ database, tenantId }: MoneyWorld): Promise<string[]> {
  const { rows } = await sql<{ problem: string }>`
    select d.name || ' is not the sum of its lines' as problem from documents d
      where d.tenant_id = ${tenantId}::uuid and d.sub_total <>
        (select coalesce(sum(l.cost), 0) from document_lines l where l.document_id = d.document_id)
    union all select d.name || ' has another total' from documents d
      where d.tenant_id = ${tenantId}::uuid and d.total <> d.sub_total + d.tax
    union all select s.series || ' misses a number' from document_series s
      where s.tenant_id = ${tenantId}::uuid and s.last_number <>
        (select count(*) from documents d
          where d.tenant_id = s.tenant_id and left(d.name, 3) = s.series)`.execute(database.db)
  return rows.map(({ problem }) => problem)
}
