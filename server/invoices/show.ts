import { accountsPath } from '../billing-accounts/show.ts'
import { type Currency, formatAmount } from '../kernel/currency.ts'
import { formatDecimal } from '../kernel/decimal.ts'
import { formatInstant } from '../kernel/instant.ts'
import { meters, quantityOf } from '../prices/meter.ts'
import type { StoredDocument } from './document-store.ts'
import { type InvoiceLine, amountDue, invoiceStatus } from './invoice.ts'

/** Quantities are shown with so many decimals at most; `measured` is exact. */
export const quantityDecimals = 12

export function invoicePath({ accountName, name }: StoredDocument): string {
  return `${accountsPath}/${accountName}/invoices/${name}`
}

/** An invoice or credit note without its lines. Amounts are decimal texts in major units. */
export function showDocument(document: StoredDocument) {
  const { currency } = document
  const text = (minor: bigint): string => formatAmount(minor, currency)
  const isInvoice = document.type === 'Invoice'
  return {
    id: invoicePath(document),
    name: document.name,
    type: 'Reprieve.Lifecycle/billingAccounts/invoices',
    properties: {
      documentType: document.type,
      // Nobody owes what a credit note says.
      status: isInvoice ? invoiceStatus(document) : null,
      creditFor: document.creditFor,
      reason: document.reason,
      currency,
      language: document.language,
      period: {
        from: formatInstant(document.period.from),
        to: formatInstant(document.period.to),
      },
      issuedAt: formatInstant(document.issuedAt),
      dueAt: formatInstant(document.dueAt),
      overdueAt: document.overdueAt === null ? null : formatInstant(document.overdueAt),
      voidedAt: document.voidedAt === null ? null : formatInstant(document.voidedAt),
      seller: document.seller,
      buyer: document.buyer,
      subTotal: text(document.subTotal),
      taxRate: document.taxRate,
      tax: text(document.tax),
      total: text(document.total),
      paid: text(document.paid),
      credited: text(document.credited),
      amountDue: text(isInvoice ? amountDue(document) : 0n),
      test: document.test,
    },
  }
}

/** One line; `measured` is the exact amount (rate times milliseconds) and how much makes a unit. */
export function showLine(line: InvoiceLine & { readonly number: number }, currency: Currency) {
  const meter = line.meter === null ? null : meters[line.meter]
  const isMeasured = meter !== null && line.unitPrice !== null
  return {
    number: line.number,
    kind: line.kind,
    subscriptionId: line.subscriptionId,
    subscriptionName: line.subscriptionName,
    resourceId: line.resourceId,
    meter: line.meter,
    quantity: isMeasured ? formatDecimal(quantityOf(meter, line.amount), quantityDecimals) : null,
    unit: meter?.unit ?? null,
    measured: isMeasured ? { amount: String(line.amount), perUnit: String(meter.perUnit) } : null,
    unitPrice: line.unitPrice,
    from: formatInstant(line.from),
    to: formatInstant(line.to),
    cost: formatAmount(line.cost, currency),
  }
}
