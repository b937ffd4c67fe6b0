import type { Language } from '../../../api/language.ts'
import { type Currency, formatAmount, minorUnitsOf } from '../../kernel/currency.ts'
import { formatDecimal } from '../../kernel/decimal.ts'
import { compare, fraction, multiply } from '../../kernel/fraction.ts'
import { type Instant, addMs, dayMs } from '../../kernel/instant.ts'
import { type MeterName, meters, quantityOf } from '../../prices/meter.ts'
import { type Texts, texts } from './texts.ts'

/** How one language writes numbers, amounts and dates. Dates are UTC, as periods are. */
export type Locale = {
  readonly tag: string
  readonly texts: Texts
  /** Minor units, with the currency's sign. */
  readonly money: (minor: bigint, currency: Currency) => string
  /** Minor units, without the currency: it stands over the column. */
  readonly amount: (minor: bigint, currency: Currency) => string
  /** Decimal text in major units, every digit of it. */
  readonly unitPrice: (price: string, currency: Currency) => string
  readonly quantity: (meter: MeterName, amount: bigint) => Quantity
  /** Percent as decimal text. */
  readonly percent: (percent: string) => string
  readonly count: (value: number) => string
  readonly date: (at: Instant) => string
  /** The days of a period: the last one is the day before its end. */
  readonly days: (period: Period) => string
  /** The same; with the time of day where it does not begin and end at midnight. */
  readonly times: (period: Period) => string
  /** ISO 3166-1 code; one that nobody knows stays as it is. */
  readonly country: (code: string) => string
}

export type Quantity = { readonly number: string; readonly unit: string }
export type Period = { readonly from: Instant; readonly to: Instant }

const tags: { readonly [L in Language]: string } = {
  en: 'en-US',
  fr: 'fr-FR',
  zh: 'zh-Hans-CN',
}

/** More than anybody reads; the amount is computed from the exact quantity. */
const quantityDecimals = 6

export function localeOf(language: Language): Locale {
  const tag = tags[language]
  const words = texts[language]
  return {
    tag,
    texts: words,
    money: (minor, currency) => {
      const style = { style: 'currency', currency, ...coins(currency) } as const
      return decimal(tag, formatAmount(minor, currency), style)
    },
    amount: (minor, currency) => decimal(tag, formatAmount(minor, currency), coins(currency)),
    unitPrice: (price, currency) => {
      const { minimumFractionDigits } = coins(currency)
      return decimal(tag, price, { minimumFractionDigits, maximumFractionDigits: 18 })
    },
    quantity: (meter, amount) => quantityIn(tag, words, meter, amount),
    percent: (percent) =>
      decimal(tag, percent, { style: 'unit', unit: 'percent', maximumFractionDigits: 18 }),
    count: (value) => numbers(tag, {}).format(value),
    ...datesIn(tag, words),
    country: (code) =>
      /^[A-Z]{2}$/.test(code) ? (regions(tag, { type: 'region' }).of(code) ?? code) : code,
  }
}

function datesIn(tag: string, words: Texts): Pick<Locale, 'date' | 'days' | 'times'> {
  const day = dates(tag, { dateStyle: 'long' })
  const minute = dates(tag, { dateStyle: 'long', timeStyle: 'short' })
  const range = (format: Intl.DateTimeFormat, from: Instant, to: Instant) => {
    const [first, last] = [format.format(from), format.format(to)]
    if (first === last || to < from) return first
    return words.range === null ? format.formatRange(from, to) : words.range(first, last)
  }
  const days = ({ from, to }: Period) => range(day, from, to > from ? addMs(to, -1) : from)
  return {
    date: (at) => day.format(at),
    days,
    times: (period) =>
      period.from % dayMs === 0 && period.to % dayMs === 0
        ? days(period)
        : words.utc(range(minute, period.from, period.to)),
  }
}

function quantityIn(tag: string, words: Texts, meter: MeterName, amount: bigint): Quantity {
  const exact = quantityOf(meters[meter], amount)
  const least = 10n ** BigInt(quantityDecimals)
  const magnitude = fraction(amount < 0n ? -exact.numerator : exact.numerator, exact.denominator)
  // Something was used: a rounded zero beside an amount that is to be paid would look wrong.
  const isTiny =
    amount !== 0n && compare(multiply(magnitude, fraction(2n * least)), fraction(1n)) < 0
  const shown = isTiny ? fraction(amount < 0n ? -1n : 1n, least) : exact
  const text = formatDecimal(shown, quantityDecimals)
  const number = decimal(tag, text, { maximumFractionDigits: quantityDecimals })
  // A number only chooses the word here; what is printed is exact.
  const { one, other } = words.units[meter]
  const unit = plurals(tag, {}).select(Number(text)) === 'one' ? one : other
  return { number: isTiny ? `${amount < 0n ? '>' : '<'} ${number}` : number, unit }
}

function coins(currency: Currency): {
  readonly minimumFractionDigits: number
  readonly maximumFractionDigits: number
} {
  const digits = minorUnitsOf(currency)
  return { minimumFractionDigits: digits, maximumFractionDigits: digits }
}

/** Writes a decimal text as it is: `Intl` takes texts without going through a floating number. */
function decimal(tag: string, text: string, options: Intl.NumberFormatOptions): string {
  return numbers(tag, options).format(text as `${number}`)
}

/** Formats are costly to make and the same for everybody. */
function remembered<Options, Format>(
  make: (tag: string, options: Options) => Format,
): (tag: string, options: Options) => Format {
  const made = new Map<string, Format>()
  return (tag, options) => {
    const key = `${tag} ${JSON.stringify(options)}`
    const known = made.get(key)
    if (known !== undefined) return known
    const format = make(tag, options)
    made.set(key, format)
    return format
  }
}

const numbers = remembered(
  (tag, options: Intl.NumberFormatOptions) => new Intl.NumberFormat(tag, options),
)
const dates = remembered(
  (tag, options: Intl.DateTimeFormatOptions) =>
    new Intl.DateTimeFormat(tag, { ...options, timeZone: 'UTC' }),
)
const plurals = remembered(
  (tag, options: Intl.PluralRulesOptions) => new Intl.PluralRules(tag, options),
)
const regions = remembered(
  (tag, options: Intl.DisplayNamesOptions) => new Intl.DisplayNames(tag, options),
)
