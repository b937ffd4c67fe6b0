/** What becomes of an invoice that is not paid; days. */
export type PaymentTerms = {
  /** From its date until it is due. */
  readonly dueDays: number
  /** After it was due, on which days somebody is reminded. The first makes it overdue. */
  readonly reminderDays: readonly number[]
  /** After it was due, until everything of the account is suspended. */
  readonly graceDays: number
}

/**
 * Due 30 days after its date, then 30 days of grace in which the subscriptions are past due but
 * work. Azure asks cards at once and gives other customers their agreement's term.
 */
export const paymentTerms: PaymentTerms = { dueDays: 30, reminderDays: [0, 7, 21], graceDays: 30 }
