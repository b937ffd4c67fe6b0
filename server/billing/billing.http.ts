import type { Operation } from '../pipeline/operation.ts'
import type { CancelDependencies } from '../subscriptions/cancel.http.ts'
import { microsoftBillingAccounts } from './accounts.http.ts'
import { type DownloadDependencies, downloadOperations } from './download.http.ts'
import { billedInvoiceOperations } from './invoices.http.ts'
import {
  billingSubscriptionOperations,
  cancelBillingSubscriptionOperations,
} from './subscriptions.http.ts'
import { transactionOperation } from './transactions.http.ts'

/** Microsoft.Billing, in the two forms that official clients ask for. */
export function microsoftBillingOperations(
  dependencies: DownloadDependencies & CancelDependencies,
): readonly Operation[] {
  return [
    ...microsoftBillingAccounts(dependencies),
    ...billedInvoiceOperations(dependencies),
    ...downloadOperations(dependencies),
    transactionOperation(dependencies),
    ...billingSubscriptionOperations(dependencies),
    ...cancelBillingSubscriptionOperations(dependencies),
  ]
}
