import type { Refusal } from '../../api/refusals.ts'
import { formatInstant } from '../kernel/instant.ts'
import type { PriceChangeRefusal } from './change.ts'

/**
 * A refused change of prices, as the API and the start of a server word it.
 *
 * @param list the place of the list, for what is wrong with all of it.
 */
export function refusalOf(refused: PriceChangeRefusal, list: string): Refusal {
  switch (refused.code) {
    case 'TooMany': {
      const problem = { kind: 'count', max: refused.max } as const
      return { name: 'invalidContent', facts: { field: list, problem } }
    }
    case 'Stored': {
      const { price, storedUnitPrice: unitPrice } = refused
      const effectiveFrom = formatInstant(price.effectiveAt)
      return { name: 'priceStored', facts: { field: price.place, unitPrice, effectiveFrom } }
    }
    case 'NotForward': {
      const { price } = refused
      const effectiveFrom = formatInstant(price.effectiveAt)
      const notBefore = formatInstant(refused.notBefore)
      return { name: 'priceNotForward', facts: { field: price.place, effectiveFrom, notBefore } }
    }
  }
}
