import type { Kysely } from 'kysely'
import type { Schema } from '../database/schema.ts'
import type { Currency } from '../kernel/currency.ts'
import { refuseRequest } from '../pipeline/operation.ts'
import { defaultListKey } from '../prices/store.ts'
import { priceListName } from './show.ts'

/**
 * Refuses a new account in a currency in which neither its price list nor the default one has any
 * price: everything would be free without a word. A price from a later day on is one.
 */
export async function refuseUnpriced(
  db: Pick<Kysely<Schema>, 'selectFrom'>,
  priceListKey: string,
  currency: Currency,
): Promise<void> {
  const keys = [...new Set([priceListKey, defaultListKey])]
  const priced = await db
    .selectFrom('prices')
    .select('meter')
    .where('price_list_key', 'in', keys)
    .where('currency', '=', currency)
    .limit(1)
    .executeTakeFirst()
  if (priced !== undefined) return
  refuseRequest('currencyNotPriced', { currency, priceLists: keys.map(priceListName) })
}
