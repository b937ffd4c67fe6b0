import { accountsPath } from '../billing-accounts/show.ts'
import { readBillingAccount } from '../billing-accounts/store.ts'
import type { Database } from '../database/connection.ts'
import type { Schema } from '../database/schema.ts'
import {
  type Operation,
  type OperationRequest,
  type OperationResponse,
  operation,
  refuseRequest,
} from '../pipeline/operation.ts'
import { orRefuse } from '../pipeline/or-refuse.ts'
import { type Page, pageOf, readPage } from '../pipeline/page.ts'
import { readPayments } from '../payments/store.ts'
import { showPayment } from '../payments/show.ts'
import { lifecycleApiVersions } from '../subscriptions/api-versions.ts'
import { listDocuments, readLines } from './document-store.ts'
import { accountNameIn, accountScope, findInvoice } from './find-invoice.ts'
import { readCreditNoteNames } from './issue-credit-note.ts'
import { invoicePdf } from './pdf/invoice-pdf.ts'
import { invoicePath, showDocument, showLine } from './show.ts'

export type InvoiceReadDependencies = { readonly database: Database<Schema> }

/** So many lines are shown with their invoice; the rest page by page. */
const linesShown = 1_000
/** So many payments; an invoice is paid in one or a few. */
const paymentsShown = 1_000
const creditNotesShown = 1_000

export const invoiceOperation = {
  type: 'Reprieve.Lifecycle/billingAccounts/invoices',
  apiVersions: lifecycleApiVersions,
  whenSuspended: 'not of a subscription',
  scope: accountScope,
} as const

export const invoicesRoute = `${accountsPath}/:billingAccountName/invoices`

/** What was issued, to whoever reads the account's invoices. */
export function invoiceReadOperations({ database }: InvoiceReadDependencies): readonly Operation[] {
  const common = {
    ...invoiceOperation,
    method: 'GET',
    action: 'Reprieve.Lifecycle/billingAccounts/invoices/read',
  } as const
  return [
    operation({
      ...common,
      name: 'AccountInvoices_List',
      paths: [invoicesRoute],
      handle: (request) => listInvoices(request, database),
    }),
    operation({
      ...common,
      name: 'AccountInvoices_Get',
      paths: [`${invoicesRoute}/:invoiceName`],
      handle: (request) => getInvoice(request, database),
    }),
    operation({
      ...common,
      name: 'AccountInvoices_ListLines',
      paths: [`${invoicesRoute}/:invoiceName/lines`],
      handle: (request) => listLines(request, database),
    }),
    operation({
      ...common,
      name: 'AccountInvoices_GetPdf',
      paths: [`${invoicesRoute}/:invoiceName/pdf`],
      handle: async (request) => {
        const found = await findInvoice(database, request)
        return pdfOf(database, found)
      },
    }),
  ]
}

/** Made anew from what was issued, each time the same bytes. */
export async function pdfOf(
  { db }: Pick<Database<Schema>, 'db'>,
  document: Awaited<ReturnType<typeof findInvoice>>,
): Promise<OperationResponse> {
  const lines = await readLines(db, document.documentId)
  const pdf = await invoicePdf({ ...document, lines })
  const headers = {
    'content-type': 'application/pdf',
    'content-disposition': `inline; filename="${document.name}.pdf"`,
  }
  return { status: 200, headers, body: Buffer.from(pdf) }
}

/** The newest first. */
async function listInvoices(
  request: OperationRequest,
  { db }: Database<Schema>,
): Promise<OperationResponse> {
  const { caller, params } = request
  const asked = orRefuse(readPage(request.query))
  const name = accountNameIn(params)
  const account = await readBillingAccount(db, caller.tenantId, name)
  if (account === null) refuseRequest('notFound', { what: `The billing account '${name}'` })
  const rows = await listDocuments(db, account, {
    before: documentPosition(asked),
    limit: asked.limit + 1,
  })
  const path = `${accountsPath}/${account.name}/invoices`
  const key = documentKey
  const page = pageOf(rows, asked, key, { ...request, path })
  return { status: 200, body: { value: page.rows.map(showDocument), nextLink: page.nextLink } }
}

/** What invoices are listed by: the date, then the name. */
export function documentKey(document: {
  readonly issuedAt: number
  readonly name: string
}): readonly [string, string] {
  return [String(document.issuedAt), document.name]
}

/** The place in the list that a page begins after; null: at its beginning. */
export function documentPosition({ after }: Page) {
  if (after === null) return null
  const [issuedAt = '', name = ''] = after
  return { issuedAt: positionNumber(issuedAt), name }
}

/** A token may be anything: what is no number is no place in the list. */
function positionNumber(text: string): bigint {
  if (/^-?\d{1,17}$/.test(text)) return BigInt(text)
  const problem = { kind: 'invalid' } as const
  return refuseRequest('invalidParameter', { parameter: '$skiptoken', problem })
}

async function getInvoice(
  request: OperationRequest,
  database: Database<Schema>,
): Promise<OperationResponse> {
  const found = await findInvoice(database, request)
  const { db } = database
  const lines = await readLines(db, found.documentId, { after: 0, limit: linesShown + 1 })
  const payments = await readPayments(db, found.documentId, paymentsShown)
  const creditNotes = await readCreditNoteNames(db, found, creditNotesShown)
  const shown = showDocument(found)
  const more = lines.length > linesShown
  return {
    status: 200,
    body: {
      ...shown,
      properties: {
        ...shown.properties,
        payments: payments.map((payment) => showPayment(found, payment)),
        creditNotes,
        lines: lines.slice(0, linesShown).map((line) => showLine(line, found.currency)),
        // Where all lines are, if these are not all.
        linesLink: more ? linkToLines(request, invoicePath(found)) : null,
      },
    },
  }
}

function linkToLines({ publicUrl, apiVersion }: OperationRequest, path: string): string {
  return `${publicUrl}${path}/lines?api-version=${apiVersion}`
}

async function listLines(
  request: OperationRequest,
  database: Database<Schema>,
): Promise<OperationResponse> {
  const asked = orRefuse(readPage(request.query))
  const found = await findInvoice(database, request)
  const after = asked.after === null ? 0 : Number(positionNumber(asked.after[0] ?? ''))
  const rows = await readLines(database.db, found.documentId, { after, limit: asked.limit + 1 })
  const path = `${invoicePath(found)}/lines`
  const page = pageOf(rows, asked, (line) => [String(line.number)], { ...request, path })
  const value = page.rows.map((line) => showLine(line, found.currency))
  return { status: 200, body: { value, nextLink: page.nextLink } }
}
