import { assert } from '../kernel/assert.ts'
import packaged from './default-price-list.json' with { type: 'json' }
import { type AskedPrice, checkPriceList } from './price-list.ts'

/** The prices that come with the product: examples, for an operator to replace. */
export function packagedPrices(): readonly AskedPrice[] {
  const decision = checkPriceList(packaged)
  assert(decision.accepted, 'the packaged price list is a good one')
  return decision.value
}
