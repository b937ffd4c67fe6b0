import type { Messages } from '../../refusals.ts'

/** In English: payments and credit notes. */
export const money = {
  paymentRefused: ({ invoice, why, actual }) =>
    ({
      notAnInvoice: `'${invoice}' is a credit note: nothing is paid on it. Name an invoice.`,
      void: `The invoice '${invoice}' is void: nothing is owed on it. Name another invoice.`,
      currency: `The invoice '${invoice}' is in ${actual}. Pay it in that currency.`,
      notPositive: 'The amount of a payment must be more than zero. Correct it.',
      otherAmount:
        `A payment of that name is on record for the invoice '${invoice}' with another amount, ` +
        `${actual}. Record another payment under another name.`,
      paid: `The invoice '${invoice}' is paid already. Nothing was recorded.`,
      tooMuch: `Only ${actual} is due on the invoice '${invoice}'. Record no more than that.`,
    })[why],
  creditRefused: ({ invoice, why, actual }) =>
    ({
      notAnInvoice: `'${invoice}' is a credit note itself. Name an invoice.`,
      void: `The invoice '${invoice}' is void already.`,
      hasPayments:
        `The invoice '${invoice}' was paid, wholly or in part, so it cannot be void. Credit what is still due, ` +
        `${actual}, by a credit note.`,
      notPositive: 'The amount of a credit note must be more than zero. Correct it.',
      line: `The invoice '${invoice}' has no such line, or it charges only ${actual}.`,
      tooMuch: `Only ${actual} is due on the invoice '${invoice}'. Credit no more than that.`,
    })[why],
  notASupportPlan: ({ subscriptionId, offer, cancel }) =>
    `The subscription '${subscriptionId}' of the offer '${offer}' is no support plan, so it is not cancelled ` +
    `through its billing. Cancel it by ${cancel}.`,
  downloadRefused: () =>
    'This link is not valid, or no longer. Ask for the download of the invoice again.',
} satisfies Partial<Messages>
