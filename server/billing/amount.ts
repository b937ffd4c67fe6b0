import { type Currency, formatAmount } from '../kernel/currency.ts'
import { type JsonNumber, jsonNumber } from '../kernel/json-number.ts'

/** An amount as Microsoft.Billing shows it, in major units. */
export type ShownAmount = { readonly currency: Currency; readonly value: JsonNumber }

export function showAmount(minor: bigint, currency: Currency): ShownAmount {
  return { currency, value: jsonNumber(formatAmount(minor, currency)) }
}
