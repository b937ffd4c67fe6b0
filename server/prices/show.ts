import { formatInstant } from '../kernel/instant.ts'
import { type ListedPrice, groupPrices } from './price-list.ts'
import type { StoredList } from './store.ts'

export const priceListsPath = '/providers/Reprieve.Lifecycle/priceLists'

export function showList({ name, version, createdAt }: StoredList) {
  return {
    id: `${priceListsPath}/${name}`,
    name,
    type: 'Reprieve.Lifecycle/priceLists',
    properties: { version, createdAt: formatInstant(createdAt) },
  }
}

/** With all its prices, in the form in which they are sent. */
export function showWhole(list: StoredList, prices: readonly ListedPrice[]) {
  const shown = showList(list)
  return { ...shown, properties: { ...shown.properties, prices: groupPrices(prices) } }
}
