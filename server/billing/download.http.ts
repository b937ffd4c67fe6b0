import { formatInstant } from '../kernel/instant.ts'
import {
  type Operation,
  type OperationRequest,
  type OperationResponse,
  operation,
} from '../pipeline/operation.ts'
import type { BillingDependencies } from './accounts.http.ts'
import { downloadKey, signDownload } from './download-link.ts'
import { type FoundInvoice, findBilledInvoice, findInvoiceOfSubscription } from './find-invoice.ts'
import {
  billedInvoiceOperation,
  billingAccountRoute,
  billingSubscriptionRoute,
} from './invoices.http.ts'
import { billedInvoicePath } from './show-invoice.ts'

export type DownloadDependencies = BillingDependencies & { readonly masterKey: Uint8Array }

/**
 * A download is asked for, polled, and fetched from the address that the poll answers. Whoever
 * reads an invoice may have its PDF.
 */
export function downloadOperations(dependencies: DownloadDependencies): readonly Operation[] {
  const { db } = dependencies.database
  return [
    operation({
      ...billedInvoiceOperation,
      name: 'Invoices_DownloadByBillingAccount',
      method: 'POST',
      paths: [`${billingAccountRoute}/invoices/:invoiceName/download`],
      handle: async (request) => accept(request, await findBilledInvoice(db, request)),
    }),
    operation({
      ...billedInvoiceOperation,
      name: 'Invoices_DownloadByBillingSubscription',
      method: 'POST',
      paths: [`${billingSubscriptionRoute}/invoices/:invoiceName/download`],
      handle: async (request) => accept(request, await findInvoiceOfSubscription(db, request)),
    }),
    operation({
      ...billedInvoiceOperation,
      name: 'Invoices_GetDownload',
      method: 'GET',
      paths: [`${billingAccountRoute}/invoices/:invoiceName/downloadResult`],
      handle: async (request) => {
        const { document } = await findBilledInvoice(db, request)
        const key = downloadKey(dependencies.masterKey)
        const { link, expiresAt } = signDownload(key, document, request.realNow)
        const url = `${request.publicUrl}${link}`
        return { status: 200, body: { url, expiryTime: formatInstant(expiresAt) } }
      },
    }),
  ]
}

/** The PDF is made when it is fetched, so there is nothing to wait for. */
function accept(
  { publicUrl, apiVersion }: OperationRequest,
  { account, document }: FoundInvoice,
): OperationResponse {
  const path = `${billedInvoicePath(account, document.name)}/downloadResult`
  const location = `${publicUrl}${path}?api-version=${apiVersion}`
  return { status: 202, headers: { location, 'retry-after': '1' } }
}
