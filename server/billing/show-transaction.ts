import type { BillingAccount } from '../billing-accounts/store.ts'
import type { StoredDocument } from '../invoices/document-store.ts'
import { taxOn } from '../invoices/invoice-lines.ts'
import type { InvoiceLine } from '../invoices/invoice.ts'
import { quantityDecimals } from '../invoices/show.ts'
import { formatDecimal } from '../kernel/decimal.ts'
import type { Fraction } from '../kernel/fraction.ts'
import { formatInstant } from '../kernel/instant.ts'
import { jsonNumber } from '../kernel/json-number.ts'
import { meters, quantityOf } from '../prices/meter.ts'
import { showAmount } from './amount.ts'
import { isOlderForm } from './api-versions.ts'
import { profilePath, sectionPath } from './find-account.ts'
import { billedInvoicePath } from './show-invoice.ts'

export type NumberedLine = InvoiceLine & { readonly number: number }

/** A line's share of an invoice's tax, which is rounded once, on all of it; shares sum to it. */
export function taxShares(
  lines: readonly NumberedLine[],
  sumBefore: bigint,
  ratePercent: Fraction,
): readonly bigint[] {
  let sum = sumBefore
  return lines.map(({ cost }) => {
    const before = taxOn(sum, ratePercent)
    sum += cost
    return taxOn(sum, ratePercent) - before
  })
}

/** One line of an invoice as Microsoft.Billing shows it. */
export function showTransaction(
  line: NumberedLine,
  tax: bigint,
  of: {
    readonly account: BillingAccount
    readonly document: StoredDocument
    readonly apiVersion: string
  },
): object {
  const { account, document, apiVersion } = of
  const { currency, name: invoice } = document
  const name = `${invoice}-${line.number}`
  const older = isOlderForm(apiVersion)
  const amount = (minor: bigint) => showAmount(minor, currency)
  return {
    id: `${billedInvoicePath(account, invoice)}/transactions/${name}`,
    name,
    type: 'Microsoft.Billing/billingAccounts/invoices/transactions',
    properties: {
      kind: older ? 'all' : 'All',
      date: formatInstant(document.issuedAt),
      invoice,
      invoiceId: billedInvoicePath(account, invoice),
      ...product(line),
      transactionType: transactionType(line, document),
      transactionAmount: amount(line.cost + tax),
      subTotal: amount(line.cost),
      tax: amount(tax),
      azureCreditApplied: amount(line.kind === 'credit' ? -line.cost : 0n),
      billingCurrency: currency,
      pricingCurrency: currency,
      exchangeRate: 1,
      discount: 0,
      quantity: 1,
      ...measured(line, currency),
      billingProfileId: profilePath(account),
      billingProfileDisplayName: account.displayName,
      invoiceSectionId: sectionPath(account),
      invoiceSectionDisplayName: account.displayName,
      servicePeriodStartDate: formatInstant(line.from),
      servicePeriodEndDate: formatInstant(line.to),
      ...(older
        ? { subscriptionId: line.subscriptionId, subscriptionName: line.subscriptionName }
        : {}),
    },
  }
}

function product({ meter, kind, resourceId, subscriptionName }: InvoiceLine) {
  if (meter === null) return { productDescription: kind === 'credit' ? 'Credit' : 'Spending limit' }
  const { id, category } = meters[meter]
  return {
    productFamily: category,
    productTypeId: id,
    productType: meter,
    productDescription: resourceId ?? subscriptionName,
  }
}

function transactionType({ kind }: InvoiceLine, { type }: StoredDocument): string {
  if (type === 'CreditNote') return 'Refund'
  return { usage: 'Usage Charge', support: 'Purchase', credit: 'Credit', overLimit: 'Credit' }[kind]
}

function measured({ meter, unitPrice, amount }: InvoiceLine, currency: StoredDocument['currency']) {
  if (meter === null || unitPrice === null) return {}
  const { unit } = meters[meter]
  const price = { currency, value: jsonNumber(unitPrice) }
  return {
    units: jsonNumber(formatDecimal(quantityOf(meters[meter], amount), quantityDecimals)),
    unitOfMeasure: unit,
    unitType: unit,
    effectivePrice: price,
    marketPrice: price,
  }
}
