import type { FieldProblem } from '../../api/refusals.ts'
import { type Currency, currencies } from '../kernel/currency.ts'
import { type Decision, accept, refuse } from '../kernel/decision.ts'
import { formatDecimal, parseDecimal } from '../kernel/decimal.ts'
import { compare, fraction } from '../kernel/fraction.ts'
import { type Instant, formatInstant, instant, parseInstant } from '../kernel/instant.ts'
import type { OfferName } from '../offers/offer.ts'
import type { MeterName } from './meter.ts'
import { metersOf, pricedOffers } from './priced-offers.ts'

/** What one unit of a meter costs under an offer, in one currency, from an instant on. */
export type ListedPrice = {
  readonly offer: OfferName
  readonly meter: MeterName
  readonly currency: Currency
  /** Decimal text in major units, in its shortest form: `0.0184`, `29`. */
  readonly unitPrice: string
  readonly effectiveAt: Instant
}

/** A price as it was asked for, with its place: `prices[3].unitPrices.EUR`. */
export type AskedPrice = ListedPrice & { readonly place: string }

/** One entry of the file: what a meter costs in each currency, from one date on. */
export type PriceEntry = {
  readonly offer: string
  readonly meter: string
  /** ISO 8601, UTC. */
  readonly effectiveFrom: string
  readonly unitPrices: { readonly [currency: string]: string }
}

/** What is wrong with a price list, and where. */
export type PriceListProblem = { readonly field: string; readonly problem: FieldProblem }

/** So many prices may one list hold, so that it can be read and shown whole. */
export const pricesMax = 10_000
/** As for clocks: dates at which something can be measured, and from which others are counted. */
const earliest = instant(0)
const latest = instant(Date.UTC(9000, 0))
const decimalsMax = 18

/**
 * Reads a price list from parsed JSON. Every problem is the first one found, with its place.
 *
 * @param root what stands before `prices` in a place, such as `properties.`
 */
export function checkPriceList(
  value: unknown,
  root = '',
): Decision<readonly AskedPrice[], PriceListProblem> {
  try {
    const list = fieldsOf(value, root === '' ? 'price list' : root.slice(0, -1), ['prices'], root)
    const entries = list['prices']
    if (!Array.isArray(entries)) {
      return refuse({ field: `${root}prices`, problem: { kind: 'type', expected: 'array' } })
    }
    const prices = entries.flatMap((entry, index) => checkEntry(entry, `${root}prices[${index}]`))
    return accept(distinct(prices, `${root}prices`))
  } catch (error) {
    if (error instanceof Problem) return refuse(error.found)
    throw error
  }
}

function checkEntry(value: unknown, place: string): readonly AskedPrice[] {
  const names = ['offer', 'meter', 'effectiveFrom', 'unitPrices']
  const entry = fieldsOf(value, place, names, `${place}.`)
  const offer = oneOf(entry['offer'], pricedOffers, `${place}.offer`)
  const meter = oneOf(entry['meter'], metersOf(offer), `${place}.meter`)
  const effectiveAt = checkInstant(entry['effectiveFrom'], `${place}.effectiveFrom`)
  const unitPrices = objectOf(entry['unitPrices'], `${place}.unitPrices`)
  return Object.entries(unitPrices).map(([code, text]) => {
    const at = `${place}.unitPrices.${code}`
    const currency = oneOf(code, currencies, at)
    return { place: at, offer, meter, currency, unitPrice: exact(text, at), effectiveAt }
  })
}

function distinct(prices: readonly AskedPrice[], list: string): readonly AskedPrice[] {
  if (prices.length > pricesMax) throw new Problem(list, { kind: 'count', max: pricesMax })
  const seen = new Map<string, string>()
  for (const price of prices) {
    const key = priceKey(price)
    const first = seen.get(key)
    if (first !== undefined) throw new Problem(price.place, { kind: 'duplicate', of: first })
    seen.set(key, price.place)
  }
  return prices
}

/** The same for two prices that cannot both hold. */
export function priceKey({ offer, meter, currency, effectiveAt }: ListedPrice): string {
  return `${offer}/${meter}/${currency}/${effectiveAt}`
}

/** `0.10` and `0.1` are one price, and one line of an invoice. */
/** Beyond it is a slip of the keyboard, whose invoices no column could hold. */
const highest = fraction(1_000_000_000n)

function exact(value: unknown, place: string): string {
  if (typeof value !== 'string') throw new Problem(place, { kind: 'price' })
  const price = parseDecimal(value)
  if (price === null || price.numerator < 0n || compare(price, highest) > 0) {
    throw new Problem(place, { kind: 'price' })
  }
  return formatDecimal(price, decimalsMax)
}

function checkInstant(value: unknown, place: string): Instant {
  const at = typeof value === 'string' ? parseInstant(value) : null
  if (at === null) throw new Problem(place, { kind: 'instant' })
  if (at >= earliest && at <= latest) return at
  const range = { earliest: formatInstant(earliest), latest: formatInstant(latest) }
  throw new Problem(place, { kind: 'instantBetween', ...range })
}

function oneOf<Value extends string>(
  value: unknown,
  values: readonly Value[],
  place: string,
): Value {
  const found = values.find((each) => each === value)
  if (found === undefined) throw new Problem(place, { kind: 'oneOf', values })
  return found
}

/** An object that has these fields and no others. */
function fieldsOf(
  value: unknown,
  place: string,
  names: readonly string[],
  prefix: string,
): { readonly [name: string]: unknown } {
  const fields = objectOf(value, place)
  const unknown = Object.keys(fields).find((name) => !names.includes(name))
  if (unknown !== undefined) throw new Problem(prefix + unknown, { kind: 'unknown' })
  const missing = names.find((name) => !Object.hasOwn(fields, name))
  if (missing !== undefined) throw new Problem(prefix + missing, { kind: 'required' })
  return fields
}

function objectOf(value: unknown, place: string): { readonly [name: string]: unknown } {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
    return value as { readonly [name: string]: unknown }
  }
  throw new Problem(place, { kind: 'type', expected: 'object' })
}

/** Carries what was found out of the depth of the list; never leaves this module. */
class Problem extends Error {
  override readonly name = 'Problem'
  readonly found: PriceListProblem

  constructor(field: string, problem: FieldProblem) {
    super(field)
    this.found = { field, problem }
  }
}

/** Prices as a file has them, one entry for each offer, meter and date, in that order. */
export function groupPrices(prices: readonly ListedPrice[]): readonly PriceEntry[] {
  const sorted = prices.toSorted((a, b) => compareTexts(sortKey(a), sortKey(b)))
  const entries: {
    offer: string
    meter: string
    effectiveFrom: string
    unitPrices: Record<string, string>
  }[] = []
  for (const { offer, meter, currency, unitPrice, effectiveAt } of sorted) {
    const effectiveFrom = formatInstant(effectiveAt)
    const last = entries.at(-1)
    const isSame =
      last?.offer === offer && last.meter === meter && last.effectiveFrom === effectiveFrom
    if (isSame) last.unitPrices[currency] = unitPrice
    else entries.push({ offer, meter, effectiveFrom, unitPrices: { [currency]: unitPrice } })
  }
  return entries
}

/** Four-digit years: dates in ISO 8601 sort as texts. */
function sortKey({ offer, meter, currency, effectiveAt }: ListedPrice): string {
  return `${offer}/${meter}/${formatInstant(effectiveAt)}/${currency}`
}

function compareTexts(a: string, b: string): number {
  if (a === b) return 0
  return a < b ? -1 : 1
}
