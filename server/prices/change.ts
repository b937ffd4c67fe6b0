import { type Decision, accept, refuse } from '../kernel/decision.ts'
import type { Instant } from '../kernel/instant.ts'
import { type AskedPrice, type ListedPrice, priceKey, pricesMax } from './price-list.ts'

export type PriceChangeRefusal =
  /** It is on the list already, at another amount. */
  | { readonly code: 'Stored'; readonly price: AskedPrice; readonly storedUnitPrice: string }
  /** It would change what was used by then. */
  | { readonly code: 'NotForward'; readonly price: AskedPrice; readonly notBefore: Instant }
  | { readonly code: 'TooMany'; readonly max: number }

/**
 * What is to be added to a list. Prices change only forward: those on the list stay as they are
 * (asked for once more they are left alone), a new one takes effect after `notBefore`, and what is
 * not asked for stays.
 *
 * @param notBefore the latest instant up to which anything can have been charged by this list;
 *   null: nothing can have been.
 */
export function decidePriceChange(
  stored: readonly ListedPrice[],
  asked: readonly AskedPrice[],
  notBefore: Instant | null,
): Decision<readonly AskedPrice[], PriceChangeRefusal> {
  const storedByKey = new Map(stored.map((price) => [priceKey(price), price.unitPrice]))
  const added: AskedPrice[] = []
  for (const price of asked) {
    const storedUnitPrice = storedByKey.get(priceKey(price))
    if (storedUnitPrice === price.unitPrice) continue
    if (storedUnitPrice !== undefined) return refuse({ code: 'Stored', price, storedUnitPrice })
    if (notBefore !== null && price.effectiveAt <= notBefore) {
      return refuse({ code: 'NotForward', price, notBefore })
    }
    added.push(price)
  }
  if (stored.length + added.length > pricesMax) return refuse({ code: 'TooMany', max: pricesMax })
  return accept(added)
}
