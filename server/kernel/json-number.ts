/** A number in JSON as it is written, digit by digit. */
export type JsonNumber = { readonly rawJSON: string }

/**
 * A decimal text as a number of JSON: official clients want numbers, and money never passes through
 * one of ours, which would round it.
 */
export function jsonNumber(decimal: string): JsonNumber {
  return (JSON as unknown as { rawJSON: (text: string) => JsonNumber }).rawJSON(decimal)
}
