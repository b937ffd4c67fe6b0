import { Type } from 'typebox'
import { lockAccountAt } from '../billing-accounts/lock-at.ts'
import type { Database } from '../database/connection.ts'
import type { Schema } from '../database/schema.ts'
import { type StoredDocument, lockDocument } from '../invoices/document-store.ts'
import {
  accountNameIn,
  accountScope,
  findInvoice,
  refuseNoInvoice,
} from '../invoices/find-invoice.ts'
import { invoicesRoute } from '../invoices/read.http.ts'
import {
  type Currency,
  findCurrency,
  formatAmount,
  minorUnitsOf,
  parseAmount,
} from '../kernel/currency.ts'
import { isReprieveName } from '../kernel/names.ts'
import {
  type Operation,
  type OperationRequest,
  type OperationResponse,
  operation,
  refuseRequest,
} from '../pipeline/operation.ts'
import { lifecycleApiVersions } from '../subscriptions/api-versions.ts'
import type { PaymentRefusal } from './payment.ts'
import { type PaymentDependencies, recordPayment } from './record-payment.ts'
import { showPayment } from './show.ts'
import { readPayment } from './store.ts'

export type PaymentOperationDependencies = PaymentDependencies & {
  readonly database: Database<Schema>
  readonly wakeWorkers: () => void
}

type PaymentBody = { readonly properties: { readonly amount: string; readonly currency?: string } }

const text = Type.String()
const optionalText = Type.Optional(text)
const properties = Type.Object(
  {
    amount: Type.String({ maxLength: 40 }),
    currency: optionalText,
    // What a GET shows may be sent back.
    receivedAt: optionalText,
    recordedAt: optionalText,
    recordedBy: optionalText,
  },
  { additionalProperties: false },
)
const paymentBody = Type.Object(
  { properties, id: optionalText, name: optionalText, type: optionalText },
  { additionalProperties: false },
)

const common = {
  type: 'Reprieve.Lifecycle/billingAccounts/invoices/payments',
  apiVersions: lifecycleApiVersions,
  whenSuspended: 'not of a subscription',
  scope: accountScope,
  paths: [`${invoicesRoute}/:invoiceName/payments/:paymentName`],
} as const

/** Payments are recorded by hand here; an adapter of a card processor does the same. */
export function paymentOperations(
  dependencies: PaymentOperationDependencies,
): readonly Operation[] {
  const { database } = dependencies
  return [
    operation<PaymentBody>({
      ...common,
      name: 'Payments_Record',
      method: 'PUT',
      action: 'Reprieve.Lifecycle/billingAccounts/invoices/payments/write',
      body: paymentBody,
      handle: (request) => putPayment(request, dependencies),
    }),
    operation({
      ...common,
      name: 'Payments_Get',
      method: 'GET',
      action: 'Reprieve.Lifecycle/billingAccounts/invoices/read',
      handle: async (request) => {
        const found = await findInvoice(database, request)
        return { status: 200, body: await shownPayment(database, found, request) }
      },
    }),
  ]
}

async function putPayment(
  request: OperationRequest<PaymentBody>,
  dependencies: PaymentOperationDependencies,
): Promise<OperationResponse> {
  const { caller, params, body, realNow } = request
  const { database, wakeWorkers } = dependencies
  const name = String(params['paymentName'])
  if (!isReprieveName(name)) {
    refuseRequest('invalidName', { field: 'payment name', name, rule: 'reprieve' })
  }
  const { document, isNew } = await database.transaction(async (tx) => {
    const account = await lockAccountAt(tx, caller.tenantId, accountNameIn(params), realNow)
    const invoiceName = String(params['invoiceName'])
    if (account === null) return refuseNoInvoice(invoiceName)
    const invoice = await lockDocument(tx, caller.tenantId, invoiceName)
    if (invoice === null || invoice.accountKey !== account.nameKey) {
      return refuseNoInvoice(invoiceName)
    }
    const payment = { name, ...readAmount(body.properties, invoice) }
    const by = { actor: caller.principalId, realNow }
    const decision = await recordPayment(tx, account, invoice, payment, by, dependencies)
    if (!decision.accepted) return refusePayment(invoice, decision.refusal)
    return { document: invoice, isNew: decision.value.isNew }
  }, 'record a payment')
  // What the payment lifts is lifted by workers.
  wakeWorkers()
  const shown = await shownPayment(database, document, request)
  return { status: isNew ? 201 : 200, body: shown }
}

/** An amount in the invoice's currency, in its coins. */
function readAmount(
  asked: PaymentBody['properties'],
  invoice: StoredDocument,
): { readonly amount: bigint; readonly currency: Currency } {
  const { currency: wanted } = invoice
  const currency = asked.currency === undefined ? wanted : findCurrency(asked.currency)
  if (currency !== wanted) {
    refuseRequest('paymentRefused', { invoice: invoice.name, why: 'currency', actual: wanted })
  }
  const amount = parseAmount(asked.amount, currency)
  if (amount === null) {
    const problem = { kind: 'amount', currency, decimals: minorUnitsOf(currency) } as const
    refuseRequest('invalidContent', { field: 'properties.amount', problem })
  }
  return { amount, currency }
}

const reasons = {
  NotAnInvoice: 'notAnInvoice',
  InvoiceVoid: 'void',
  WrongCurrency: 'currency',
  NotPositive: 'notPositive',
  OtherAmount: 'otherAmount',
  AlreadyPaid: 'paid',
  MoreThanDue: 'tooMuch',
} as const

function refusePayment({ name, currency }: StoredDocument, refusal: PaymentRefusal): never {
  const facts = { invoice: name, why: reasons[refusal.code] }
  if (refusal.code === 'WrongCurrency') {
    return refuseRequest('paymentRefused', { ...facts, actual: refusal.currency })
  }
  const amount = 'recorded' in refusal ? refusal.recorded : 'due' in refusal ? refusal.due : 0n
  const actual = `${formatAmount(amount, currency)} ${currency}`
  return refuseRequest('paymentRefused', { ...facts, actual })
}

async function shownPayment(
  { db }: Database<Schema>,
  invoice: StoredDocument,
  { params }: Pick<OperationRequest, 'params'>,
) {
  const name = String(params['paymentName'])
  const payment = await readPayment(db, invoice.documentId, name)
  if (payment === null) return refuseRequest('notFound', { what: `The payment '${name}'` })
  return showPayment(invoice, payment)
}
