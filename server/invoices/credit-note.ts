import { type Decision, accept, refuse } from '../kernel/decision.ts'
import type { Fraction } from '../kernel/fraction.ts'
import { taxOn } from './invoice-lines.ts'
import { type Invoice, amountDue } from './invoice.ts'

/** What credit notes have taken back of an invoice so far; minor units, positive. */
export type CreditedSoFar = { readonly net: bigint; readonly tax: bigint }

/** A credit note to issue; minor units, positive. The tax is the share that belongs to `net`. */
export type Credit = { readonly net: bigint; readonly tax: bigint }

export type CreditRefusal =
  | { readonly code: 'NotAnInvoice' }
  | { readonly code: 'InvoiceVoid' }
  | { readonly code: 'HasPayments'; readonly due: bigint }
  | { readonly code: 'NotPositive' }
  /** There is no such line, or it charges less, before tax. */
  | { readonly code: 'MoreThanLine'; readonly left: bigint }
  /** Less is due, with tax. */
  | { readonly code: 'MoreThanDue'; readonly due: bigint }

type Standing = Pick<
  Invoice,
  'type' | 'subTotal' | 'tax' | 'total' | 'paid' | 'credited' | 'voidedAt'
>

/**
 * Takes back a whole invoice: all that credit notes left of it. One on which money came in is not
 * void: the money would belong to nothing. Said twice it is void already (null).
 */
export function decideVoid(
  invoice: Standing,
  before: CreditedSoFar,
): Decision<Credit | null, CreditRefusal> {
  if (invoice.type !== 'Invoice') return refuse({ code: 'NotAnInvoice' })
  if (invoice.voidedAt !== null) return accept(null)
  if (invoice.paid > 0n) return refuse({ code: 'HasPayments', due: amountDue(invoice) })
  return accept({ net: invoice.subTotal - before.net, tax: invoice.tax - before.tax })
}

/**
 * Takes back a part of one line, and with it the tax on that part.
 *
 * @param net the amount before tax, as lines have it; minor units.
 * @param lineLeft what the line charges and no credit note took back yet; null: no such line.
 * @param ratePercent of the invoice.
 */
export function decideCredit(
  invoice: Standing,
  net: bigint,
  lineLeft: bigint | null,
  before: CreditedSoFar,
  ratePercent: Fraction,
): Decision<Credit, CreditRefusal> {
  if (invoice.type !== 'Invoice') return refuse({ code: 'NotAnInvoice' })
  if (invoice.voidedAt !== null) return refuse({ code: 'InvoiceVoid' })
  if (net <= 0n) return refuse({ code: 'NotPositive' })
  const left = lineLeft === null || lineLeft < 0n ? 0n : lineLeft
  if (net > left) return refuse({ code: 'MoreThanLine', left })
  // Of everything that was ever taken back, so that many small credits come to the tax of one.
  const tax = taxOn(before.net + net, ratePercent) - before.tax
  const due = amountDue(invoice)
  if (net + tax > due) return refuse({ code: 'MoreThanDue', due })
  return accept({ net, tax })
}
