import type { BillingAccount } from '../billing-accounts/store.ts'
import type { Database } from '../database/connection.ts'
import type { Schema } from '../database/schema.ts'
import { type StoredDocument, listDocuments } from '../invoices/document-store.ts'
import { documentKey, documentPosition } from '../invoices/read.http.ts'
import {
  type Operation,
  type OperationRequest,
  type OperationResponse,
  operation,
} from '../pipeline/operation.ts'
import { orRefuse } from '../pipeline/or-refuse.ts'
import { pageOf, readPage } from '../pipeline/page.ts'
import type { BillingDependencies } from './accounts.http.ts'
import { billingApiVersions } from './api-versions.ts'
import { accountPath, billingAccountsPath, findAccount, profilePath } from './find-account.ts'
import {
  findBilledInvoice,
  findBillingSubscription,
  findInvoiceOfSubscription,
  readInvoices,
} from './find-invoice.ts'
import { readBeside } from './invoice-store.ts'
import { readDates, refuseUnsupported, writtenDates } from './list-query.ts'
import { showInvoice } from './show-invoice.ts'

export const billingAccountRoute = `${billingAccountsPath}/:billingAccountName`
const subscriptions = `${billingAccountRoute}/billingSubscriptions`
export const billingSubscriptionRoute = `${subscriptions}/:billingSubscriptionName`

export const billedInvoiceOperation = {
  type: 'Microsoft.Billing/billingAccounts/invoices',
  apiVersions: billingApiVersions,
  whenSuspended: 'not of a subscription',
  action: null,
  asks: readInvoices,
} as const

/**
 * Invoices of an account. Its one profile, and each subscription that it pays for, show the same
 * ones: an invoice is for all of them.
 */
export function billedInvoiceOperations({ database }: BillingDependencies): readonly Operation[] {
  const { db } = database
  const common = { ...billedInvoiceOperation, method: 'GET' } as const
  const profile = `${billingAccountRoute}/billingProfiles/:billingProfileName`
  return [
    operation({
      ...common,
      name: 'Invoices_ListByBillingAccount',
      paths: [`${billingAccountRoute}/invoices`],
      handle: async (request) => {
        const account = await findAccount(db, request, readInvoices)
        return listInvoices(request, database, account, `${accountPath(account)}/invoices`)
      },
    }),
    operation({
      ...common,
      name: 'Invoices_ListByBillingProfile',
      paths: [`${profile}/invoices`],
      handle: async (request) => {
        const account = await findAccount(db, request, readInvoices)
        return listInvoices(request, database, account, `${profilePath(account)}/invoices`)
      },
    }),
    operation({
      ...common,
      name: 'Invoices_ListByBillingSubscription',
      paths: [`${billingSubscriptionRoute}/invoices`],
      handle: async (request) => {
        const found = await findBillingSubscription(db, request, readInvoices)
        const { billingAccountName: name } = request.params
        const of = `billingSubscriptions/${found.subscription.subscriptionId}`
        const path = `${billingAccountsPath}/${name}/${of}/invoices`
        return listInvoices(request, database, found.account, path)
      },
    }),
    operation({
      ...common,
      name: 'Invoices_Get',
      paths: [`${billingAccountRoute}/invoices/:invoiceName`],
      handle: async (request) => {
        const { account, document } = await findBilledInvoice(db, request)
        const [body] = await showAll(request, database, account, [document])
        return { status: 200, body }
      },
    }),
    operation({
      ...common,
      name: 'Invoices_GetByBillingSubscription',
      paths: [`${billingSubscriptionRoute}/invoices/:invoiceName`],
      handle: async (request) => {
        const { account, document } = await findInvoiceOfSubscription(db, request)
        const [body] = await showAll(request, database, account, [document])
        return { status: 200, body }
      },
    }),
  ]
}

/** The newest first. */
async function listInvoices(
  request: OperationRequest,
  database: Database<Schema>,
  account: BillingAccount,
  path: string,
): Promise<OperationResponse> {
  const { query } = request
  refuseUnsupported(query)
  const asked = orRefuse(readPage(query))
  const range = { before: documentPosition(asked), limit: asked.limit + 1 }
  const rows = await listDocuments(database.db, account, range, readDates(query))
  const page = pageOf(rows, asked, documentKey, { ...request, query: writtenDates(query), path })
  const value = await showAll(request, database, account, page.rows)
  const { nextLink } = page
  return { status: 200, body: { value, ...(nextLink === null ? {} : { nextLink }) } }
}

async function showAll(
  { apiVersion, publicUrl }: OperationRequest,
  { db }: Database<Schema>,
  account: BillingAccount,
  documents: readonly StoredDocument[],
): Promise<readonly object[]> {
  const beside = await readBeside(db, account, documents)
  return documents.map((document) =>
    showInvoice(document, {
      account,
      payments: beside.payments.get(document.documentId) ?? [],
      freeCredit: beside.freeCredit.get(document.documentId) ?? 0n,
      apiVersion,
      publicUrl,
    }),
  )
}
