import type { Kysely } from 'kysely'
import { instantOf } from '../database/connection.ts'
import type { Schema } from '../database/schema.ts'
import type { Currency } from '../kernel/currency.ts'
import type { Instant } from '../kernel/instant.ts'
import type { OfferName } from '../offers/offer.ts'
import type { MeterName } from './meter.ts'
import { withOwnPrices } from './own-prices.ts'
import type { Price, PriceBook } from './price-book.ts'
import type { ListedPrice } from './price-list.ts'

type Reader = Pick<Kysely<Schema>, 'selectFrom'>

/** The list that comes with the installation, for all tenants. */
export const defaultListKey = 'default'

export function isDefaultList(name: string): boolean {
  return name.toLowerCase() === defaultListKey
}

/** Under which a list is stored: `default`, or a tenant's own. */
export function priceListKeyOf(tenantId: string, name: string): string {
  return isDefaultList(name) ? defaultListKey : `${tenantId}/${name.toLowerCase()}`
}

export type StoredList = {
  readonly key: string
  readonly name: string
  /** Rises with every change. */
  readonly version: number
  readonly createdAt: Instant
}

export async function readPriceList(db: Reader, key: string): Promise<StoredList | null> {
  const row = await db
    .selectFrom('price_lists')
    .selectAll()
    .where('price_list_key', '=', key)
    .executeTakeFirst()
  return row === undefined ? null : listOf(row)
}

/** A tenant's own lists and the default one, by key, from after `after` on. */
export async function readPriceLists(
  db: Reader,
  tenantId: string,
  page: { readonly after: string | null; readonly limit: number },
): Promise<readonly StoredList[]> {
  const rows = await db
    .selectFrom('price_lists')
    .selectAll()
    .where((or) => or.or([or('tenant_id', '=', tenantId), or('tenant_id', 'is', null)]))
    .where('price_list_key', '>', page.after ?? '')
    .orderBy('price_list_key')
    .limit(page.limit)
    .execute()
  return rows.map(listOf)
}

/** A row of a list, as it is known here. */
export function listOf(row: {
  readonly price_list_key: string
  readonly name: string
  readonly version: bigint
  readonly created_at: bigint
}): StoredList {
  return {
    key: row.price_list_key,
    name: row.name,
    version: Number(row.version),
    createdAt: instantOf(row.created_at),
  }
}

/** All that a list has ever said. There are at most `pricesMax` of them. */
export async function readPrices(db: Reader, key: string): Promise<readonly ListedPrice[]> {
  const rows = await db
    .selectFrom('prices')
    .select(['offer', 'meter', 'currency', 'effective_at', 'unit_price'])
    .where('price_list_key', '=', key)
    .execute()
  return rows.map((row) => ({
    offer: row.offer as OfferName,
    meter: row.meter as MeterName,
    currency: row.currency as Currency,
    unitPrice: row.unit_price,
    effectiveAt: instantOf(row.effective_at),
  }))
}

/** Whose prices are asked for. A billing account has all of it but the offer. */
export type PriceBookOf = {
  readonly priceListKey: string
  /** The default list counts as it stood at this instant of real time; null: as it stands. */
  readonly pricesAsOf: Instant | null
  readonly currency: Currency
  /** Under whose name the lists have the offer's prices: `offer.prices`. */
  readonly pricesOf: OfferName
}

/** What everything costs, from when on: by the own list, and where it is silent the default one. */
export async function readPriceBook(db: Reader, asked: PriceBookOf): Promise<PriceBook> {
  const { priceListKey, pricesAsOf, currency, pricesOf } = asked
  const rows = await db
    .selectFrom('prices')
    .select(['price_list_key', 'meter', 'effective_at', 'unit_price'])
    .where('price_list_key', 'in', [...new Set([defaultListKey, priceListKey])])
    .where('offer', '=', pricesOf)
    .where('currency', '=', currency)
    .where((or) =>
      or.or([
        or('price_list_key', '<>', defaultListKey),
        or('recorded_at', '<=', BigInt(pricesAsOf ?? Number.MAX_SAFE_INTEGER)),
      ]),
    )
    .orderBy('effective_at')
    .execute()
  const ofList = (meter: string, isDefault: boolean): readonly Price[] =>
    rows
      .filter((row) => row.meter === meter && (row.price_list_key === defaultListKey) === isDefault)
      .map((row) => ({ effectiveAt: instantOf(row.effective_at), unitPrice: row.unit_price }))
  const named = [...new Set(rows.map((row) => row.meter as MeterName))]
  return new Map(
    named.map((meter) => [meter, withOwnPrices(ofList(meter, true), ofList(meter, false))]),
  )
}
