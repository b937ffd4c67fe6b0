import type { Transaction } from 'kysely'
import { Type } from 'typebox'
import { type Language, languages } from '../../api/language.ts'
import { readClock } from '../clocks/store.ts'
import type { Database } from '../database/connection.ts'
import type { Schema } from '../database/schema.ts'
import type { EventRecorder } from '../events/record.ts'
import { assert } from '../kernel/assert.ts'
import { planInvoice } from '../invoices/plan-invoice.ts'
import { type Currency, currencies } from '../kernel/currency.ts'
import { parseDecimal } from '../kernel/decimal.ts'
import { compare, fraction } from '../kernel/fraction.ts'
import type { Random } from '../kernel/ids.ts'
import { later } from '../kernel/instant.ts'
import { isReprieveName } from '../kernel/names.ts'
import type { AgreementType } from '../offers/offer.ts'
import {
  type Caller,
  type OperationRequest,
  type OperationResponse,
  refuseRequest,
} from '../pipeline/operation.ts'
import { mayAct, refuseAct } from '../pipeline/authorise.ts'
import { beginTenantChange } from '../tenants/change.ts'
import { lockAccountAt, recordAccountEvent } from './lock-at.ts'
import { refuseUnpriced } from './refuse-unpriced.ts'
import { priceListName, showAccount } from './show.ts'
import {
  type AccountTerms,
  type BillingAccount,
  readBillingAccount,
  saveAccount,
  usualTerms,
} from './store.ts'

export type AccountBody = {
  readonly properties: {
    readonly displayName?: string
    readonly currency?: Currency
    readonly language?: Language
    readonly country?: string
    readonly invoiceDay?: number
    readonly agreementType?: AgreementType
    readonly testClock?: string | null
    readonly priceList?: string
    readonly taxRate?: string
    readonly taxId?: string | null
    readonly address?: readonly string[]
    readonly lastSubscriptionInvoice?: 'usualDate' | 'atClose'
  }
}

const agreementTypes = [
  'MicrosoftOnlineServicesProgram',
  'MicrosoftCustomerAgreement',
  'EnterpriseAgreement',
] as const satisfies readonly AgreementType[]

const properties = Type.Object(
  {
    displayName: Type.Optional(Type.String({ minLength: 1, maxLength: 128 })),
    currency: Type.Optional(Type.String({ enum: [...currencies] })),
    language: Type.Optional(Type.String({ enum: [...languages] })),
    country: Type.Optional(Type.String({ pattern: '^[A-Z]{2}$' })),
    invoiceDay: Type.Optional(Type.Integer({ minimum: 1, maximum: 31 })),
    agreementType: Type.Optional(Type.String({ enum: agreementTypes })),
    testClock: Type.Optional(Type.Union([Type.String(), Type.Null()])),
    priceList: Type.Optional(Type.String({ minLength: 1, maxLength: 64 })),
    taxRate: Type.Optional(Type.String({ pattern: String.raw`^\d{1,3}(\.\d{1,4})?$` })),
    taxId: Type.Optional(Type.Union([Type.String({ minLength: 1, maxLength: 64 }), Type.Null()])),
    address: Type.Optional(
      Type.Array(Type.String({ minLength: 1, maxLength: 128 }), { maxItems: 6 }),
    ),
    lastSubscriptionInvoice: Type.Optional(Type.String({ enum: ['usualDate', 'atClose'] })),
    // What a GET shows may be sent back.
    billedUntil: Type.Optional(Type.String()),
    overdueSince: Type.Optional(Type.Union([Type.String(), Type.Null()])),
    unpaidSince: Type.Optional(Type.Union([Type.String(), Type.Null()])),
    billingScope: Type.Optional(Type.String()),
  },
  { additionalProperties: false },
)

export const accountBodySchema = Type.Object(
  {
    properties,
    id: Type.Optional(Type.String()),
    name: Type.Optional(Type.String()),
    type: Type.Optional(Type.String()),
  },
  { additionalProperties: false },
)

type Dependencies = {
  readonly database: Database<Schema>
  readonly events: EventRecorder
  readonly random: Random
}

/** Creates an account or changes what may change; clock, currency, agreement, prices never do. */
export async function putAccount(
  { caller, params, body, realNow }: OperationRequest<AccountBody>,
  { database, events, random }: Dependencies,
): Promise<OperationResponse> {
  const name = String(params['billingAccountName'])
  if (!isReprieveName(name)) {
    refuseRequest('invalidName', { field: 'billing account name', name, rule: 'reprieve' })
  }
  const asked = body.properties
  const { tenantId, principalId: actor } = caller
  const created = await database.transaction(async (tx) => {
    // Two requests for one new account: one makes it, the other then finds its terms.
    await beginTenantChange(tx, events, { tenantId, actor, realNow })
    const before = await lockAccountAt(tx, tenantId, name, realNow)
    if (asked.taxRate !== undefined && asked.taxRate !== (before?.taxRate ?? usualTerms.taxRate)) {
      refuseTaxByOthers(caller, name)
    }
    const clockKey = (asked.testClock ?? before?.testClockKey ?? null)?.toLowerCase() ?? null
    const clock = clockKey === null ? null : await readClock(tx, tenantId, clockKey)
    if (clockKey !== null && clock === null) refuseRequest('clockNotFound', { clock: clockKey })
    if (before !== null) refuseImmutable(before, asked, clockKey)
    else if (clockKey !== null) await takeClock(tx, tenantId, clockKey)
    const priceListKey =
      before?.priceListKey ?? (await findPriceList(tx, tenantId, asked.priceList))
    if (before === null) {
      await refuseUnpriced(tx, priceListKey, asked.currency ?? usualTerms.currency)
    }
    // A machine's time that was set back never reaches into what is invoiced.
    const now = before === null ? (clock?.now ?? realNow) : later(before.now, before.billedUntil)
    await saveAccount(tx, tenantId, termsOf(name, asked, before, { clockKey, priceListKey }), {
      now,
      realNow,
    })
    const account = await lockAccountAt(tx, tenantId, name, realNow)
    assert(account !== null, 'the account was stored a moment ago')
    // Another invoice day is another end of the running period.
    if (before !== null) await planInvoice(tx, account, realNow, random, { replan: true })
    const type = before === null ? 'BillingAccountCreated' : 'BillingAccountChanged'
    const event = { type, actor, data: recordedTerms(asked) }
    await recordAccountEvent(tx, events, account, event, realNow)
    return before === null
  })
  const account = await readBillingAccount(database.db, tenantId, name)
  if (account === null) refuseRequest('notFound', { what: `The billing account '${name}'` })
  return { status: created ? 201 : 200, body: showAccount(account) }
}

/** Of what was asked, all that names nobody and nothing: the history outlives names. */
function recordedTerms(asked: AccountBody['properties']): object {
  const { currency, language, country, invoiceDay, agreementType } = asked
  const { taxRate, lastSubscriptionInvoice } = asked
  const given = { currency, language, country, invoiceDay, agreementType }
  const terms = { ...given, taxRate, lastSubscriptionInvoice }
  return Object.fromEntries(Object.entries(terms).filter(([, value]) => value !== undefined))
}

/** What is charged is not for those to set who are charged. */
function refuseTaxByOthers(caller: Caller, name: string): void {
  const action = 'Reprieve.Lifecycle/billingAccounts/setTax/action'
  const scope = `/providers/Microsoft.Billing/billingAccounts/${name}`
  if (!mayAct(caller, action, scope, null)) refuseAct(caller, action, scope, null)
}

function termsOf(
  name: string,
  asked: AccountBody['properties'],
  before: BillingAccount | null,
  found: { readonly clockKey: string | null; readonly priceListKey: string },
): AccountTerms {
  const taxRate = asked.taxRate ?? before?.taxRate ?? usualTerms.taxRate
  const rate = parseDecimal(taxRate)
  if (rate === null || compare(rate, fraction(100n)) > 0) {
    const problem = { kind: 'range', min: 0, max: 100 } as const
    refuseRequest('invalidContent', { field: 'properties.taxRate', problem })
  }
  const { clockKey: testClockKey, priceListKey } = found
  const base = before ?? { ...usualTerms, displayName: name }
  const { testClock: _clock, priceList: _list, ...changes } = asked
  return { ...base, ...changes, name: before?.name ?? name, taxRate, testClockKey, priceListKey }
}

/** The tenant's own list of that name; what comes with the installation is `default`. */
async function findPriceList(
  tx: Transaction<Schema>,
  tenantId: string,
  name: string | undefined,
): Promise<string> {
  if (name === undefined || name.toLowerCase() === 'default') return 'default'
  const found = await tx
    .selectFrom('price_lists')
    .select('price_list_key')
    .where('price_list_key', '=', `${tenantId}/${name.toLowerCase()}`)
    .executeTakeFirst()
  if (found === undefined) refuseRequest('notFound', { what: `The price list '${name}'` })
  return found.price_list_key
}

/** A clock drives one account: sent ahead for one, it must not bring another's dates forward. */
async function takeClock(
  tx: Transaction<Schema>,
  tenantId: string,
  clockKey: string,
): Promise<void> {
  await tx
    .selectFrom('test_clocks')
    .select('name_key')
    .where('tenant_id', '=', tenantId)
    .where('name_key', '=', clockKey)
    .forUpdate()
    .execute()
  const driven = await tx
    .selectFrom('billing_accounts')
    .select('name_key')
    .where('tenant_id', '=', tenantId)
    .where('test_clock_key', '=', clockKey)
    .limit(1)
    .executeTakeFirst()
  if (driven !== undefined) refuseRequest('clockTaken', { clock: clockKey })
}

function refuseImmutable(
  before: BillingAccount,
  asked: AccountBody['properties'],
  clockKey: string | null,
): void {
  const list = priceListName(before.priceListKey)
  const fixed = [
    ['properties.currency', before.currency, asked.currency ?? before.currency],
    ['properties.agreementType', before.agreementType, asked.agreementType ?? before.agreementType],
    ['properties.testClock', before.testClockKey ?? 'real time', clockKey ?? 'real time'],
    ['properties.priceList', list, asked.priceList?.toLowerCase() ?? list],
  ] as const
  for (const [property, actual, wanted] of fixed) {
    if (actual !== wanted) refuseRequest('immutableProperty', { property, actual })
  }
}
