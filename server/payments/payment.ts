import type { Currency } from '../kernel/currency.ts'
import { type Decision, accept, refuse } from '../kernel/decision.ts'
import { type Invoice, amountDue } from '../invoices/invoice.ts'

/** Money that came in for an invoice. Amounts are minor units of the invoice's currency. */
export type Payment = {
  readonly name: string
  readonly amount: bigint
  readonly currency: Currency
}

export type PaymentRefusal =
  | { readonly code: 'NotAnInvoice' }
  | { readonly code: 'InvoiceVoid' }
  | { readonly code: 'WrongCurrency'; readonly currency: Currency }
  | { readonly code: 'NotPositive' }
  | { readonly code: 'OtherAmount'; readonly recorded: bigint }
  | { readonly code: 'AlreadyPaid' }
  | { readonly code: 'MoreThanDue'; readonly due: bigint }

/**
 * Whether a payment is taken. The same one again (by its name) is a retry; another one for an
 * invoice that is paid, void or owes less is a mistake, and changes nothing.
 */
export function decidePayment(
  invoice: Pick<Invoice, 'type' | 'total' | 'paid' | 'credited' | 'voidedAt' | 'currency'>,
  payment: Payment,
  /** What was recorded under the same name before; null: nothing. */
  recorded: bigint | null,
): Decision<{ readonly isNew: boolean }, PaymentRefusal> {
  if (invoice.type !== 'Invoice') return refuse({ code: 'NotAnInvoice' })
  if (payment.currency !== invoice.currency) {
    return refuse({ code: 'WrongCurrency', currency: invoice.currency })
  }
  if (payment.amount <= 0n) return refuse({ code: 'NotPositive' })
  if (recorded !== null) {
    return recorded === payment.amount
      ? accept({ isNew: false })
      : refuse({ code: 'OtherAmount', recorded })
  }
  if (invoice.voidedAt !== null) return refuse({ code: 'InvoiceVoid' })
  const due = amountDue(invoice)
  if (due <= 0n) return refuse({ code: 'AlreadyPaid' })
  if (payment.amount > due) return refuse({ code: 'MoreThanDue', due })
  return accept({ isNew: true })
}
