import type { Transaction } from 'kysely'
import { Type } from 'typebox'
import type { Database } from '../database/connection.ts'
import type { Schema } from '../database/schema.ts'
import { type EventRecorder, accountStream } from '../events/record.ts'
import { isReprieveName } from '../kernel/names.ts'
import {
  type Operation,
  type OperationRequest,
  type OperationResponse,
  operation,
  refuseRequest,
} from '../pipeline/operation.ts'
import { mayAct } from '../pipeline/authorise.ts'
import { orRefuse } from '../pipeline/or-refuse.ts'
import { pageOf, readPage } from '../pipeline/page.ts'
import type { AgreementType } from '../offers/offer.ts'
import { lifecycleApiVersions } from '../subscriptions/api-versions.ts'
import { beginTenantChange } from '../tenants/change.ts'
import { readClock } from '../clocks/store.ts'
import { later } from '../kernel/instant.ts'
import { type BillingAccount, billingScopeOf, readBillingAccount } from './store.ts'

export type BillingAccountDependencies = {
  readonly database: Database<Schema>
  readonly events: EventRecorder
}

const path = '/providers/Reprieve.Lifecycle/billingAccounts'
const common = {
  type: 'Reprieve.Lifecycle/billingAccounts',
  apiVersions: lifecycleApiVersions,
  whenSuspended: 'not of a subscription',
} as const

const readAction = 'Reprieve.Lifecycle/billingAccounts/read'

function scopeOfAccount(name: string): string {
  return `/providers/Microsoft.Billing/billingAccounts/${name}`
}

type AccountBody = {
  readonly properties: {
    readonly displayName?: string
    readonly currency?: string
    readonly language?: string
    readonly country?: string
    readonly invoiceDay?: number
    readonly agreementType?: AgreementType
    readonly testClock?: string | null
  }
}

const bodySchema = Type.Object(
  {
    properties: Type.Object(
      {
        displayName: Type.Optional(Type.String({ minLength: 1, maxLength: 128 })),
        currency: Type.Optional(Type.String({ pattern: '^[A-Z]{3}$' })),
        language: Type.Optional(Type.String({ enum: ['en', 'fr', 'zh'] })),
        country: Type.Optional(Type.String({ pattern: '^[A-Z]{2}$' })),
        invoiceDay: Type.Optional(Type.Integer({ minimum: 1, maximum: 31 })),
        agreementType: Type.Optional(
          Type.String({
            enum: [
              'MicrosoftOnlineServicesProgram',
              'MicrosoftCustomerAgreement',
              'EnterpriseAgreement',
            ],
          }),
        ),
        testClock: Type.Optional(Type.Union([Type.String(), Type.Null()])),
        billingScope: Type.Optional(Type.String()),
      },
      { additionalProperties: false },
    ),
    id: Type.Optional(Type.String()),
    name: Type.Optional(Type.String()),
    type: Type.Optional(Type.String()),
  },
  { additionalProperties: false },
)

export function billingAccountOperations(
  dependencies: BillingAccountDependencies,
): readonly Operation[] {
  const { database } = dependencies
  return [
    operation<AccountBody>({
      ...common,
      name: 'BillingAccounts_CreateOrUpdate',
      method: 'PUT',
      paths: [`${path}/:billingAccountName`],
      action: 'Reprieve.Lifecycle/billingAccounts/write',
      scope: (params) => scopeOfAccount(String(params['billingAccountName'])),
      body: bodySchema,
      handle: (request) => putAccount(request, dependencies),
    }),
    operation({
      ...common,
      name: 'BillingAccounts_Get',
      method: 'GET',
      paths: [`${path}/:billingAccountName`],
      action: readAction,
      scope: (params) => scopeOfAccount(String(params['billingAccountName'])),
      handle: async ({ caller, params }) => {
        const name = String(params['billingAccountName'])
        const account = await readBillingAccount(database.db, caller.tenantId, name)
        if (account === null) refuseRequest('notFound', { what: `The billing account '${name}'` })
        return { status: 200, body: show(account) }
      },
    }),
    operation({
      ...common,
      name: 'BillingAccounts_List',
      method: 'GET',
      paths: [path],
      action: null,
      handle: (request) => listAccounts(request, dependencies),
    }),
  ]
}

function show(account: BillingAccount) {
  return {
    id: `${path}/${account.name}`,
    name: account.name,
    type: 'Reprieve.Lifecycle/billingAccounts',
    properties: {
      displayName: account.displayName,
      currency: account.currency,
      language: account.language,
      country: account.country,
      invoiceDay: account.invoiceDay,
      agreementType: account.agreementType,
      testClock: account.testClockKey,
      billingScope: billingScopeOf(account),
    },
  }
}

/** Those that the caller may read, in pages of what he looks through. */
async function listAccounts(
  request: OperationRequest,
  { database }: BillingAccountDependencies,
): Promise<OperationResponse> {
  const { caller } = request
  const asked = orRefuse(readPage(request.query))
  const rows = await database.db
    .selectFrom('billing_accounts')
    .select(['name', 'name_key'])
    .where('tenant_id', '=', caller.tenantId)
    .where('name_key', '>', asked.after?.[0] ?? '')
    .orderBy('name_key')
    .limit(asked.limit + 1)
    .execute()
  const page = pageOf(rows, asked, (row) => [row.name_key], { ...request, path })
  const value = []
  for (const { name } of page.rows) {
    if (!mayAct(caller, readAction, scopeOfAccount(name), null)) continue
    const account = await readBillingAccount(database.db, caller.tenantId, name)
    if (account !== null) value.push(show(account))
  }
  return { status: 200, body: { value, nextLink: page.nextLink } }
}

/** Creates an account or changes what may change; its clock, currency and agreement never do. */
async function putAccount(
  { caller, params, body, realNow }: OperationRequest<AccountBody>,
  { database, events }: BillingAccountDependencies,
): Promise<OperationResponse> {
  const name = String(params['billingAccountName'])
  if (!isReprieveName(name)) {
    refuseRequest('invalidName', { field: 'billing account name', name, rule: 'reprieve' })
  }
  const asked = body.properties
  const created = await database.transaction(async (tx) => {
    // Two requests for one new account: one makes it, the other then finds its terms.
    const { tenantId, principalId: actor } = caller
    await beginTenantChange(tx, events, { tenantId, actor, realNow })
    const before = await readBillingAccount(tx, caller.tenantId, name)
    const clockKey = (asked.testClock ?? before?.testClockKey ?? null)?.toLowerCase() ?? null
    const clock = clockKey === null ? null : await readClock(tx, caller.tenantId, clockKey)
    if (clockKey !== null && clock === null) refuseRequest('clockNotFound', { clock: clockKey })
    if (before !== null) refuseImmutable(before, asked, clockKey)
    else if (clockKey !== null) await takeClock(tx, caller.tenantId, clockKey)
    const values = {
      display_name: asked.displayName ?? before?.displayName ?? name,
      language: asked.language ?? before?.language ?? 'en',
      country: asked.country ?? before?.country ?? 'US',
      invoice_day: asked.invoiceDay ?? before?.invoiceDay ?? 1,
    }
    await tx
      .insertInto('billing_accounts')
      .values({
        tenant_id: caller.tenantId,
        name_key: name.toLowerCase(),
        name,
        ...values,
        currency: asked.currency ?? 'USD',
        agreement_type: asked.agreementType ?? 'MicrosoftOnlineServicesProgram',
        test_clock_key: clockKey,
        created_at: realNow,
      })
      .onConflict((conflict) => conflict.columns(['tenant_id', 'name_key']).doUpdateSet(values))
      .execute()
    const head = await tx
      .selectFrom('streams')
      .select('last_at')
      .where('tenant_id', '=', caller.tenantId)
      .where('stream', '=', accountStream(caller.tenantId, name.toLowerCase()).stream)
      .executeTakeFirst()
    const at = later(clock?.now ?? realNow, Number(head?.last_at ?? 0) as typeof realNow)
    const type = before === null ? 'BillingAccountCreated' : 'BillingAccountChanged'
    const { displayName: _named, ...terms } = asked
    const draft = { type, at, actor: caller.principalId, data: { ...terms } }
    await events.record(tx, accountStream(caller.tenantId, name.toLowerCase()), [draft], realNow)
    return before === null
  })
  const account = await readBillingAccount(database.db, caller.tenantId, name)
  if (account === null) refuseRequest('notFound', { what: `The billing account '${name}'` })
  return { status: created ? 201 : 200, body: show(account) }
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
  const fixed = [
    ['properties.currency', before.currency, asked.currency ?? before.currency],
    ['properties.agreementType', before.agreementType, asked.agreementType ?? before.agreementType],
    ['properties.testClock', before.testClockKey ?? 'real time', clockKey ?? 'real time'],
  ] as const
  for (const [property, actual, wanted] of fixed) {
    if (actual !== wanted) refuseRequest('immutableProperty', { property, actual })
  }
}
