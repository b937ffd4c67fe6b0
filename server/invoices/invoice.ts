import type { Language } from '../../api/language.ts'
import type { Currency } from '../kernel/currency.ts'
import type { Instant } from '../kernel/instant.ts'
import type { MeterName } from '../prices/meter.ts'

/** Seller or buyer, as they were when the document was issued. */
export type Party = {
  readonly name: string
  /** As it is to be printed, one entry a line; may be empty. */
  readonly address: readonly string[]
  /** ISO 3166-1, two letters. */
  readonly country: string
  /** Null: none was given. */
  readonly taxId: string | null
}

/**
 * One line of an invoice. Usage and support fees are positive; a credit is negative; what exceeds a
 * spending limit is taken back by a negative line of its own.
 */
export type InvoiceLine = {
  readonly kind: 'usage' | 'support' | 'credit' | 'overLimit'
  readonly subscriptionId: string
  readonly subscriptionName: string
  /** The resource that was used; null for what belongs to the subscription itself. */
  readonly uid: string | null
  /** Its ARM id when the line was written; null when it has none any more. */
  readonly resourceId: string | null
  /** Null for credits. */
  readonly meter: MeterName | null
  /** Rate times milliseconds, or months: exact. 0 for credits. */
  readonly amount: bigint
  /** Decimal text in major units; null for credits. */
  readonly unitPrice: string | null
  readonly from: Instant
  readonly to: Instant
  /** Minor units, rounded once, here. */
  readonly cost: bigint
}

export type DocumentType = 'Invoice' | 'CreditNote'

/**
 * What was issued, whole, and never changes: amounts in minor units of its currency. Total = sub
 * total (all lines) + tax. A credit note's amounts are negative.
 */
export type IssuedDocument = {
  /** Its number, gapless in its series, and its name in the API. */
  readonly name: string
  readonly type: DocumentType
  /** The invoice that a credit note takes back, wholly or in part; else null. */
  readonly creditFor: string | null
  readonly tenantId: string
  readonly accountKey: string
  readonly accountName: string
  readonly currency: Currency
  readonly language: Language
  readonly period: { readonly from: Instant; readonly to: Instant }
  /** The date it bears. */
  readonly issuedAt: Instant
  readonly dueAt: Instant
  readonly seller: Party
  readonly buyer: Party
  readonly lines: readonly InvoiceLine[]
  readonly subTotal: bigint
  /** Percent, decimal text. */
  readonly taxRate: string
  readonly tax: bigint
  readonly total: bigint
  /** Billed on a test clock: no document that anybody owes. */
  readonly test: boolean
}

/** What became of an issued invoice since. */
export type InvoiceStanding = {
  /** Minor units, of payments. */
  readonly paid: bigint
  /** Minor units, positive, of credit notes. */
  readonly credited: bigint
  readonly overdueAt: Instant | null
  readonly voidedAt: Instant | null
}

export type Invoice = IssuedDocument & InvoiceStanding

/** What ARM publishes (azure.md 2.3). Nothing owed is paid. */
export type InvoiceStatus = 'Due' | 'OverDue' | 'Paid' | 'Void'

export function amountDue(invoice: Pick<Invoice, 'total' | 'paid' | 'credited'>): bigint {
  return invoice.total - invoice.paid - invoice.credited
}

export function invoiceStatus(
  invoice: Pick<Invoice, 'total' | 'paid' | 'credited' | 'overdueAt' | 'voidedAt'>,
): InvoiceStatus {
  if (invoice.voidedAt !== null) return 'Void'
  if (amountDue(invoice) <= 0n) return 'Paid'
  return invoice.overdueAt === null ? 'Due' : 'OverDue'
}
