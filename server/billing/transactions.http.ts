import { readLines } from '../invoices/document-store.ts'
import { taxOn } from '../invoices/invoice-lines.ts'
import { assert } from '../kernel/assert.ts'
import { parseDecimal } from '../kernel/decimal.ts'
import {
  type Operation,
  type OperationRequest,
  type OperationResponse,
  operation,
  refuseRequest,
} from '../pipeline/operation.ts'
import { orRefuse } from '../pipeline/or-refuse.ts'
import { type Page, pageOf, readPage } from '../pipeline/page.ts'
import type { BillingDependencies } from './accounts.http.ts'
import { findBilledInvoice } from './find-invoice.ts'
import { readSumUpTo } from './invoice-store.ts'
import { billedInvoiceOperation, billingAccountRoute } from './invoices.http.ts'
import { refuseUnsupported } from './list-query.ts'
import { billedInvoicePath } from './show-invoice.ts'
import { showTransaction, taxShares } from './show-transaction.ts'

/** The lines of an invoice, as transactions. */
export function transactionOperation(dependencies: BillingDependencies): Operation {
  return operation({
    ...billedInvoiceOperation,
    type: 'Microsoft.Billing/billingAccounts/invoices/transactions',
    name: 'Transactions_ListByInvoice',
    method: 'GET',
    paths: [`${billingAccountRoute}/invoices/:invoiceName/transactions`],
    handle: (request) => listTransactions(request, dependencies),
  })
}

async function listTransactions(
  request: OperationRequest,
  { database: { db } }: BillingDependencies,
): Promise<OperationResponse> {
  const { query, apiVersion } = request
  refuseUnsupported(query)
  const asked = orRefuse(readPage(query))
  const { account, document } = await findBilledInvoice(db, request)
  const after = lineAfter(asked)
  const lines = await readLines(db, document.documentId, { after, limit: asked.limit + 1 })
  const path = `${billedInvoicePath(account, document.name)}/transactions`
  const page = pageOf(lines, asked, ({ number }) => [String(number)], { ...request, path })
  const rate = parseDecimal(document.taxRate)
  assert(rate !== null, `a stored tax rate is a decimal: ${document.taxRate}`)
  const before = await readSumUpTo(db, document.documentId, after)
  const shares = taxShares(page.rows, before, rate)
  // The tax of a credit note is what was missing in that of all before it: of one line, that is it.
  const rest = after === 0 ? document.tax - taxOn(document.subTotal, rate) : 0n
  const taxes = shares.map((share, index) => (index === 0 ? share + rest : share))
  const of = { account, document, apiVersion }
  const value = page.rows.map((line, index) => showTransaction(line, taxes[index] ?? 0n, of))
  const { nextLink } = page
  return { status: 200, body: { value, ...(nextLink === null ? {} : { nextLink }) } }
}

/** A token may be anything: what is no number is no place in the list. */
function lineAfter({ after }: Page): number {
  const [text] = after ?? ['0']
  if (text !== undefined && /^\d{1,9}$/.test(text)) return Number(text)
  const problem = { kind: 'invalid' } as const
  return refuseRequest('invalidParameter', { parameter: '$skiptoken', problem })
}
