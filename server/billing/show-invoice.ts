import type { BillingAccount } from '../billing-accounts/store.ts'
import type { StoredDocument } from '../invoices/document-store.ts'
import { amountDue, invoiceStatus } from '../invoices/invoice.ts'
import { type Instant, addMs, dayMs, formatInstant } from '../kernel/instant.ts'
import type { RecordedPayment } from '../payments/store.ts'
import { showAmount } from './amount.ts'
import { isOlderForm } from './api-versions.ts'
import { accountPath, profilePath } from './find-account.ts'

/** What stands beside a document; minor units. */
export type InvoiceSurroundings = {
  readonly account: BillingAccount
  readonly payments: readonly RecordedPayment[]
  /** Of a trial's credit, not negative. */
  readonly freeCredit: bigint
  readonly apiVersion: string
  readonly publicUrl: string
}

export function billedInvoicePath(account: BillingAccount, name: string): string {
  return `${accountPath(account)}/invoices/${name}`
}

/** An invoice or credit note as Microsoft.Billing shows it. */
export function showInvoice(document: StoredDocument, surroundings: InvoiceSurroundings): object {
  const { account, freeCredit, apiVersion } = surroundings
  const { currency, type } = document
  const amount = (minor: bigint) => showAmount(minor, currency)
  const isInvoice = type === 'Invoice'
  return {
    id: billedInvoicePath(account, document.name),
    name: document.name,
    type: 'Microsoft.Billing/billingAccounts/invoices',
    properties: {
      documentType: type,
      // Nobody owes what a credit note says.
      status: isInvoice ? invoiceStatus(document) : 'Paid',
      invoiceDate: formatInstant(document.issuedAt),
      dueDate: formatInstant(document.dueAt),
      invoicePeriodStartDate: formatInstant(document.period.from),
      invoicePeriodEndDate: formatInstant(lastDay(document.period.to)),
      invoiceType: isOlderForm(apiVersion) ? 'AzureService' : 'AzureServices',
      isMonthlyInvoice: true,
      billingProfileId: profilePath(account),
      billingProfileDisplayName: account.displayName,
      subTotal: amount(document.subTotal),
      taxAmount: amount(document.tax),
      totalAmount: amount(document.total),
      billedAmount: amount(document.total),
      creditAmount: amount(document.credited),
      freeAzureCreditApplied: amount(freeCredit),
      azurePrepaymentApplied: amount(0n),
      amountDue: amount(isInvoice ? amountDue(document) : 0n),
      ...(document.creditFor === null ? {} : { creditForDocumentId: document.creditFor }),
      documents: [showFile(document, surroundings)],
      payments: surroundings.payments.map((payment) => ({
        paymentType: 'credited',
        amount: amount(payment.amount),
        date: formatInstant(payment.receivedAt),
        paymentMethodFamily: 'CheckWire',
      })),
    },
  }
}

/** The last day of a period that ends where the next begins. */
function lastDay(to: Instant): Instant {
  const last = addMs(to, -1)
  return addMs(last, -(last % dayMs))
}

/** The PDF. Clients take the token out of the address and send it along when they download. */
function showFile(
  { name, type }: StoredDocument,
  { account, apiVersion, publicUrl }: InvoiceSurroundings,
): object {
  const path = `${billedInvoicePath(account, name)}/download`
  const query = isOlderForm(apiVersion) ? `downloadToken=${name}` : `documentName=${name}`
  const url = `${publicUrl}${path}?${query}&api-version=${apiVersion}`
  const file = { kind: type, url, source: 'DRS' }
  return isOlderForm(apiVersion) ? file : { ...file, name, documentNumbers: [name] }
}
