import type { Transaction } from 'kysely'
import { Type } from 'typebox'
import { type LockedAccount, lockAccountAt } from '../billing-accounts/lock-at.ts'
import type { Database } from '../database/connection.ts'
import type { Schema } from '../database/schema.ts'
import { assert } from '../kernel/assert.ts'
import { formatAmount, minorUnitsOf, parseAmount } from '../kernel/currency.ts'
import { parseDecimal } from '../kernel/decimal.ts'
import {
  type Operation,
  type OperationRequest,
  type OperationResponse,
  operation,
  refuseRequest,
} from '../pipeline/operation.ts'
import { type CreditRefusal, decideCredit, decideVoid } from './credit-note.ts'
import { type StoredDocument, lockDocument, readDocument } from './document-store.ts'
import { accountNameIn, findInvoice, refuseNoInvoice } from './find-invoice.ts'
import {
  type CreditDependencies,
  creditLine,
  readCredited,
  readLineLeft,
  voidInvoice,
} from './issue-credit-note.ts'
import { invoiceOperation, invoicesRoute } from './read.http.ts'
import { showDocument } from './show.ts'

export type CreditOperationDependencies = CreditDependencies & {
  readonly database: Database<Schema>
  readonly wakeWorkers: () => void
}

type VoidBody = { readonly reason: string }
type CreditBody = VoidBody & { readonly line: number; readonly amount: string }

const reason = Type.String({ minLength: 1, maxLength: 500 })
const voidBody = Type.Object({ reason }, { additionalProperties: false })
const creditBody = Type.Object(
  {
    line: Type.Integer({ minimum: 1, maximum: 2_147_483_647 }),
    amount: Type.String({ maxLength: 40 }),
    reason,
  },
  { additionalProperties: false },
)

/** Issued invoices never change: what was wrong on one is taken back by a document of its own. */
export function creditOperations(dependencies: CreditOperationDependencies): readonly Operation[] {
  return [
    operation<VoidBody>({
      ...invoiceOperation,
      name: 'AccountInvoices_Void',
      method: 'POST',
      paths: [`${invoicesRoute}/:invoiceName/void`],
      action: 'Reprieve.Lifecycle/billingAccounts/invoices/void/action',
      body: voidBody,
      handle: (request) => postVoid(request, dependencies),
    }),
    operation<CreditBody>({
      ...invoiceOperation,
      name: 'CreditNotes_Create',
      method: 'POST',
      paths: [`${invoicesRoute}/:invoiceName/creditNotes`],
      action: 'Reprieve.Lifecycle/billingAccounts/invoices/creditNotes/write',
      body: creditBody,
      handle: (request) => postCreditNote(request, dependencies),
    }),
  ]
}

async function postVoid(
  request: OperationRequest<VoidBody>,
  dependencies: CreditOperationDependencies,
): Promise<OperationResponse> {
  const { caller, body, realNow } = request
  const { database, wakeWorkers } = dependencies
  await database.transaction(
    async (tx) => {
      const { account, invoice } = await lockInvoice(tx, request)
      const decision = decideVoid(invoice, await readCredited(tx, invoice))
      if (!decision.accepted) return refuseCredit(invoice, decision.refusal)
      if (decision.value === null) return
      const context = { actor: caller.principalId, realNow, reason: body.reason }
      await voidInvoice(tx, account, invoice, decision.value, context, dependencies)
    },
    'void an invoice',
    // It may have as many lines as its account has resources.
    'none',
  )
  wakeWorkers()
  return { status: 200, body: showDocument(await findInvoice(database, request)) }
}

async function postCreditNote(
  request: OperationRequest<CreditBody>,
  dependencies: CreditOperationDependencies,
): Promise<OperationResponse> {
  const { caller, body, realNow } = request
  const { database, wakeWorkers } = dependencies
  const name = await database.transaction(async (tx) => {
    const { account, invoice } = await lockInvoice(tx, request)
    const found = await readLineLeft(tx, invoice, body.line)
    const before = await readCredited(tx, invoice)
    const rate = parseDecimal(invoice.taxRate)
    assert(rate !== null, `a stored tax rate is a decimal: ${invoice.taxRate}`)
    const net = readNet(body.amount, invoice)
    const decision = decideCredit(invoice, net, found?.left ?? null, before, rate)
    if (!decision.accepted) return refuseCredit(invoice, decision.refusal)
    assert(found !== null, 'only a line that is there is credited')
    const credit = { ...decision.value, line: found.line, number: body.line }
    const context = { actor: caller.principalId, realNow, reason: body.reason }
    return creditLine(tx, account, invoice, credit, context, dependencies)
  }, 'credit a line')
  wakeWorkers()
  const note = await readDocument(database.db, caller.tenantId, name)
  assert(note !== null, 'an issued document is never removed')
  return { status: 201, body: showDocument(note) }
}

async function lockInvoice(
  tx: Transaction<Schema>,
  { caller, params, realNow }: Pick<OperationRequest, 'caller' | 'params' | 'realNow'>,
): Promise<{ readonly account: LockedAccount; readonly invoice: StoredDocument }> {
  const name = String(params['invoiceName'])
  const account = await lockAccountAt(tx, caller.tenantId, accountNameIn(params), realNow)
  const invoice = account === null ? null : await lockDocument(tx, caller.tenantId, name)
  if (account === null || invoice === null || invoice.accountKey !== account.nameKey) {
    return refuseNoInvoice(name)
  }
  return { account, invoice }
}

/** Before tax, as lines have it. */
function readNet(text: string, { currency }: StoredDocument): bigint {
  const net = parseAmount(text, currency)
  if (net !== null) return net
  const problem = { kind: 'amount', currency, decimals: minorUnitsOf(currency) } as const
  return refuseRequest('invalidContent', { field: 'amount', problem })
}

const reasons = {
  NotAnInvoice: 'notAnInvoice',
  InvoiceVoid: 'void',
  HasPayments: 'hasPayments',
  NotPositive: 'notPositive',
  MoreThanLine: 'line',
  MoreThanDue: 'tooMuch',
} as const

function refuseCredit({ name, currency }: StoredDocument, refusal: CreditRefusal): never {
  const amount = 'due' in refusal ? refusal.due : 'left' in refusal ? refusal.left : 0n
  const actual = `${formatAmount(amount, currency)} ${currency}`
  return refuseRequest('creditRefused', { invoice: name, why: reasons[refusal.code], actual })
}
