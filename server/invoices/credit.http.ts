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
import { type RepeatedCredit, namedCreditId, readRepeatedCredit } from './repeated-credit.ts'
import { showDocument } from './show.ts'

export type CreditOperationDependencies = CreditDependencies & {
  readonly database: Database<Schema>
  readonly wakeWorkers: () => void
}

type VoidBody = { readonly reason: string }
type CreditBody = VoidBody & {
  readonly line: number
  readonly amount: string
  readonly name: string
}

const reason = Type.String({ minLength: 1, maxLength: 500 })
const voidBody = Type.Object({ reason }, { additionalProperties: false })
const creditBody = Type.Object(
  {
    line: Type.Integer({ minimum: 1, maximum: 2_147_483_647 }),
    amount: Type.String({ maxLength: 40 }),
    reason,
    // Of the request: one that is sent again under its name is answered, not done again.
    name: Type.String({ minLength: 1, maxLength: 64 }),
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
  const { name, isNew } = await database.transaction(async (tx) => {
    const { account, invoice } = await lockInvoice(tx, request)
    const net = readNet(body.amount, invoice)
    const asked = { line: body.line, net, reason: body.reason, name: body.name }
    const documentId = namedCreditId(invoice, asked.name)
    const before = await readRepeatedCredit(tx, documentId)
    if (before !== null) return { name: repeated(before, asked), isNew: false }
    const found = await readLineLeft(tx, invoice, body.line)
    const credited = await readCredited(tx, invoice)
    const rate = parseDecimal(invoice.taxRate)
    assert(rate !== null, `a stored tax rate is a decimal: ${invoice.taxRate}`)
    const decision = decideCredit(invoice, net, found?.left ?? null, credited, rate)
    if (!decision.accepted) return refuseCredit(invoice, decision.refusal)
    assert(found !== null, 'only a line that is there is credited')
    const credit = { ...decision.value, documentId, line: found.line, number: body.line }
    const context = { actor: caller.principalId, realNow, reason: body.reason }
    const note = await creditLine(tx, account, invoice, credit, context, dependencies)
    return { name: note, isNew: true }
  }, 'credit a line')
  wakeWorkers()
  const note = await readDocument(database.db, caller.tenantId, name)
  assert(note !== null, 'an issued document is never removed')
  return { status: isNew ? 201 : 200, body: showDocument(note) }
}

/** The number of the credit note that a request made before; under its name, no other is made. */
function repeated(
  before: RepeatedCredit,
  asked: {
    readonly line: number
    readonly net: bigint
    readonly reason: string
    readonly name: string
  },
): string {
  const { line, net, reason: why } = before
  if (line === asked.line && net === asked.net && why === asked.reason) return before.note
  return refuseRequest('nameTaken', { what: 'credit note', name: asked.name })
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
