import type { StoredDocument } from '../invoices/document-store.ts'
import { invoicePath } from '../invoices/show.ts'
import { formatAmount } from '../kernel/currency.ts'
import { formatInstant } from '../kernel/instant.ts'
import type { RecordedPayment } from './store.ts'

/** One payment of an invoice; the amount is a decimal text in major units. */
export function showPayment(invoice: StoredDocument, payment: RecordedPayment) {
  return {
    id: `${invoicePath(invoice)}/payments/${payment.name}`,
    name: payment.name,
    type: 'Reprieve.Lifecycle/billingAccounts/invoices/payments',
    properties: {
      amount: formatAmount(payment.amount, invoice.currency),
      currency: invoice.currency,
      receivedAt: formatInstant(payment.receivedAt),
      recordedAt: formatInstant(payment.recordedAt),
      recordedBy: payment.recordedBy,
    },
  }
}
