import { type Kysely, type Transaction, sql } from 'kysely'
import { instantOf, instantOrNull } from '../database/connection.ts'
import type { Schema } from '../database/schema.ts'
import { assert } from '../kernel/assert.ts'
import { type Currency, findCurrency } from '../kernel/currency.ts'
import type { Instant } from '../kernel/instant.ts'
import type { AgreementType } from '../offers/offer.ts'
import { invoiceDateAfter } from './invoice-date.ts'
import type { Language } from '../../api/language.ts'

/** What a billing account is made with. Its clock, currency, agreement and prices never change. */
export type AccountTerms = {
  readonly name: string
  readonly displayName: string
  readonly currency: Currency
  readonly language: Language
  readonly country: string
  readonly invoiceDay: number
  readonly agreementType: AgreementType
  readonly testClockKey: string | null
  /** `default`, or the key of one of the tenant's own price lists. */
  readonly priceListKey: string
  /** Percent, a decimal text. */
  readonly taxRate: string
  readonly taxId: string | null
  /** As it is to be printed, one entry a line. */
  readonly address: readonly string[]
  /** When an account's last subscription is cancelled: its final invoice then, or soon. */
  readonly lastSubscriptionInvoice: 'usualDate' | 'atClose'
}

export type BillingAccount = AccountTerms & {
  readonly tenantId: string
  readonly nameKey: string
  /** The default prices count as they stood then, in real time; null: as they are. */
  readonly pricesAsOf: Instant | null
  /** Start of the running billing period: all before it is on an issued invoice. */
  readonly billedUntil: Instant
  /** When the running period ends: the date that its invoice bears. */
  readonly periodEndsAt: Instant
  /** Rises with every fact about money that a cancel plan pins. */
  readonly billingVersion: number
  readonly overdueSince: Instant | null
  readonly unpaidSince: Instant | null
}

/** What a new account has where nobody says otherwise. */
export const usualTerms = {
  currency: 'USD',
  language: 'en',
  country: 'US',
  invoiceDay: 1,
  agreementType: 'MicrosoftOnlineServicesProgram',
  testClockKey: null,
  priceListKey: 'default',
  taxRate: '0',
  taxId: null,
  address: [],
  lastSubscriptionInvoice: 'usualDate',
} as const satisfies Partial<AccountTerms>

export async function readBillingAccount(
  db: Pick<Kysely<Schema>, 'selectFrom'>,
  tenantId: string,
  name: string,
): Promise<BillingAccount | null> {
  const row = await selectAccount(db, tenantId, name).executeTakeFirst()
  return row === undefined ? null : accountOf(row)
}

/** Lock, then read: what invoices and payments change, one at a time. */
export async function lockBillingAccount(
  tx: Transaction<Schema>,
  tenantId: string,
  name: string,
  lock: 'alone' | 'sharing',
): Promise<BillingAccount | null> {
  const account = selectAccount(tx, tenantId, name)
  // A new subscription refers to its account's row, which the stronger lock would keep it from.
  const locked = lock === 'alone' ? account.forUpdate() : account.forNoKeyUpdate()
  const row = await locked.executeTakeFirst()
  return row === undefined ? null : accountOf(row)
}

function selectAccount(db: Pick<Kysely<Schema>, 'selectFrom'>, tenantId: string, name: string) {
  return db
    .selectFrom('billing_accounts')
    .selectAll()
    .where('tenant_id', '=', tenantId)
    .where('name_key', '=', name.toLowerCase())
}

type Row = Awaited<ReturnType<ReturnType<typeof selectAccount>['executeTakeFirstOrThrow']>>

function accountOf(row: Row): BillingAccount {
  const currency = findCurrency(row.currency)
  assert(currency !== null, `an account of an unknown currency: ${row.currency}`)
  return {
    tenantId: row.tenant_id,
    name: row.name,
    nameKey: row.name_key,
    displayName: row.display_name,
    currency,
    language: row.language as Language,
    country: row.country,
    invoiceDay: row.invoice_day,
    agreementType: row.agreement_type as AgreementType,
    testClockKey: row.test_clock_key,
    priceListKey: row.price_list_key,
    pricesAsOf: instantOrNull(row.prices_as_of),
    taxRate: row.tax_rate,
    taxId: row.tax_id,
    address: row.address,
    lastSubscriptionInvoice: row.last_subscription_invoice as 'usualDate' | 'atClose',
    billedUntil: instantOf(row.billed_until),
    periodEndsAt: instantOf(row.period_ends_at),
    billingVersion: Number(row.billing_version),
    overdueSince: instantOrNull(row.overdue_since),
    unpaidSince: instantOrNull(row.unpaid_since),
  }
}

/**
 * Makes an account, or changes of one that is there what may change.
 *
 * @param at.now on the account's clock: its first billing period begins there.
 */
export async function saveAccount(
  tx: Pick<Transaction<Schema>, 'insertInto'>,
  tenantId: string,
  terms: AccountTerms,
  at: { readonly now: Instant; readonly realNow: Instant },
): Promise<void> {
  const changeable = {
    display_name: terms.displayName,
    language: terms.language,
    country: terms.country,
    invoice_day: terms.invoiceDay,
    tax_rate: terms.taxRate,
    tax_id: terms.taxId,
    address: JSON.stringify(terms.address),
    last_subscription_invoice: terms.lastSubscriptionInvoice,
  }
  await tx
    .insertInto('billing_accounts')
    .values({
      tenant_id: tenantId,
      name_key: terms.name.toLowerCase(),
      name: terms.name,
      ...changeable,
      currency: terms.currency,
      agreement_type: terms.agreementType,
      test_clock_key: terms.testClockKey,
      price_list_key: terms.priceListKey,
      prices_as_of: terms.testClockKey === null ? null : at.realNow,
      billed_until: at.now,
      period_ends_at: invoiceDateAfter(at.now, terms.invoiceDay),
      billing_version: 1,
      overdue_since: null,
      unpaid_since: null,
      created_at: at.realNow,
    })
    .onConflict((conflict) =>
      conflict.columns(['tenant_id', 'name_key']).doUpdateSet({
        ...changeable,
        // Brought forward at most: who changes the day each month would else never be invoiced.
        period_ends_at: sql`least(billing_accounts.period_ends_at, excluded.period_ends_at)`,
        billing_version: sql`billing_accounts.billing_version + 1`,
      }),
    )
    .execute()
}

/** A fact about money that cancel plans pin has changed. */
export async function bumpBillingVersion(
  tx: Pick<Transaction<Schema>, 'updateTable'>,
  tenantId: string,
  accountKey: string,
): Promise<void> {
  await tx
    .updateTable('billing_accounts')
    .set({ billing_version: sql`billing_version + 1` })
    .where('tenant_id', '=', tenantId)
    .where('name_key', '=', accountKey)
    .execute()
}

/** What an alias names to create a subscription here; its form is the agreement's. */
export function billingScopeOf(account: BillingAccount): string {
  const base = `/providers/Microsoft.Billing/billingAccounts/${account.name}`
  switch (account.agreementType) {
    case 'MicrosoftOnlineServicesProgram':
      return base
    case 'MicrosoftCustomerAgreement':
      return `${base}/billingProfiles/${account.name}/invoiceSections/${account.name}`
    case 'EnterpriseAgreement':
      return `${base}/enrollmentAccounts/${account.name}`
  }
}

/**
 * The account that a billing scope names, in any of the forms that clients use; null: no such form.
 */
export function accountNameOf(billingScope: string): string | null {
  const section = String.raw`/billingProfiles/[^/]+/invoiceSections/[^/]+`
  const inside = String.raw`(${section}|/enrollmentAccounts/[^/]+)?`
  const accounts = String.raw`/providers/Microsoft\.Billing/billingAccounts/([^/]+)`
  const match = new RegExp(`^${accounts}${inside}/?$`, 'i').exec(billingScope)
  return match?.[1] ?? null
}
