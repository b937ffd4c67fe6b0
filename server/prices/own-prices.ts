import type { Price } from './price-book.ts'

/**
 * The prices of a meter for an account with a price list of its own: the usual ones until the own
 * list says something for the first time, and from then on what the own list says. Both are sorted
 * by date, and so is the result.
 */
export function withOwnPrices(usual: readonly Price[], own: readonly Price[]): readonly Price[] {
  const [first] = own
  if (first === undefined) return usual
  return [...usual.filter((price) => price.effectiveAt < first.effectiveAt), ...own]
}
