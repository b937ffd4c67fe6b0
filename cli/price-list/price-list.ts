import { dateText } from '../dates.ts'
import { table } from '../table.ts'

/** A price list as the API shows it; the list of lists leaves the prices out. */
export type PriceList = {
  readonly name: string
  readonly properties: {
    readonly version: number
    readonly createdAt: string
    readonly prices?: readonly PriceEntry[]
  }
}

/** What a meter costs under an offer, in each currency, from a date on. */
export type PriceEntry = {
  readonly offer: string
  readonly meter: string
  readonly effectiveFrom: string
  readonly unitPrices: { readonly [currency: string]: string }
}

export const priceListsPath = '/providers/Reprieve.Lifecycle/priceLists'

export function priceListPath(name: string): string {
  return `${priceListsPath}/${encodeURIComponent(name)}`
}

/** Which of the prices are asked for; null: all. */
export type Wanted = { readonly offer: string | null; readonly currency: string | null }

/** One line for each price. */
export function pricesText(prices: readonly PriceEntry[], wanted: Wanted): string {
  const is = (value: string, asked: string | null): boolean =>
    asked === null || value.toLowerCase() === asked.toLowerCase()
  const rows = prices
    .filter(({ offer }) => is(offer, wanted.offer))
    .flatMap(({ offer, meter, effectiveFrom, unitPrices }) =>
      Object.entries(unitPrices)
        .filter(([currency]) => is(currency, wanted.currency))
        .map(([currency, price]) => [offer, meter, currency, price, dateText(effectiveFrom)]),
    )
  return table(['Offer', 'Meter', 'Currency', 'Unit price', 'From'], rows, 'No prices.')
}
