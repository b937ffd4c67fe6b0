import { type Call, linesOf, optionOf } from '../command.ts'
import { UsageError } from '../failure.ts'

/** What may be said of an account when it is made, and changed afterwards. */
export const termOptions = [
  ['--display-name <name>', 'What people are to call it; printed on invoices'],
  ['--language <language>', 'Of its invoices: en, fr or zh'],
  ['--country <code>', 'Of its address, two letters'],
  ['--address <line...>', 'Printed on invoices; each line in quotes, behind all else'],
  ['--tax-id <id>', 'Printed on invoices; empty for none'],
  ['--tax-rate <percent>', 'On top of all that is charged, such as 19 or 7.7'],
  ['--invoice-day <day>', 'Day of the month, 1 to 31; the last one of a shorter month'],
  ['--last-subscription-invoice <when>', 'usualDate, or atClose: within 72 hours'],
] as const

/** The terms that a command line names, as the API takes them. */
export function termsOf(call: Call): { readonly [name: string]: unknown } {
  const address = linesOf(call, 'address')
  const invoiceDay = optionOf(call, 'invoiceDay')
  const taxId = optionOf(call, 'taxId')
  const asked = {
    ...textsOf(call, ['displayName', 'language', 'country', 'taxRate', 'lastSubscriptionInvoice']),
    ...(address === null ? {} : { address: address.filter((line) => line !== '') }),
    ...(invoiceDay === null ? {} : { invoiceDay: dayOf(invoiceDay) }),
    ...(taxId === null ? {} : { taxId: taxId === '' ? null : taxId }),
  }
  return asked
}

export function textsOf(call: Call, names: readonly string[]): { readonly [name: string]: string } {
  return Object.fromEntries(
    names.flatMap((name) => {
      const value = optionOf(call, name)
      return value === null ? [] : [[name, value]]
    }),
  )
}

function dayOf(text: string): number {
  if (/^\d{1,2}$/.test(text) && Number(text) >= 1 && Number(text) <= 31) return Number(text)
  throw new UsageError(`--invoice-day must be a day of the month, 1 to 31, not '${text}'.`)
}
