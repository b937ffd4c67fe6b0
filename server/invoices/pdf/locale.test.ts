import { expect, test } from 'vitest'
import { languages } from '../../../api/language.ts'
import { meters } from '../../prices/meter.ts'
import { at } from './document-fixture.ts'
import { localeOf } from './locale.ts'
import { texts } from './texts.ts'

const spaces = (text: string) => text.replace(/[\u00a0\u2009\u202f]/g, ' ')

test('Node knows the languages of documents', () => {
  const tags = languages.map((language) => localeOf(language).tag)
  expect(Intl.NumberFormat.supportedLocalesOf(tags)).toEqual(tags)
  expect(Intl.DateTimeFormat.supportedLocalesOf(tags)).toEqual(tags)
})

test('amounts are exact, whatever their size', () => {
  const { money, amount } = localeOf('en')
  expect(money(2n ** 63n - 1n, 'USD')).toBe('$92,233,720,368,547,758.07')
  expect(amount(-(2n ** 63n), 'JPY')).toBe('-9,223,372,036,854,775,808')
  expect(spaces(localeOf('fr').money(-1n, 'EUR'))).toBe('-0,01 €')
  expect(localeOf('zh').money(123_456n, 'CNY')).toBe('¥1,234.56')
  expect(localeOf('zh').money(123_456n, 'JPY')).toBe('JP¥123,456')
})

test('a unit price has all its digits', () => {
  const { unitPrice } = localeOf('en')
  expect(unitPrice('0.000000000000000001', 'EUR')).toBe('0.000000000000000001')
  expect(unitPrice('100', 'EUR')).toBe('100.00')
  expect(unitPrice('2.75', 'JPY')).toBe('2.75')
  expect(localeOf('fr').unitPrice('0.0184', 'EUR')).toBe('0,0184')
})

test('a quantity has its unit by the rules of the language, and is never a rounded zero', () => {
  const { perUnit } = meters['storage-gb-months']
  const quantities = (language: 'en' | 'fr' | 'zh', units: bigint, parts = 1n) => {
    const { number, unit } = localeOf(language).quantity('vcpu-hours', (units * 3_600_000n) / parts)
    return `${spaces(number)} ${unit}`
  }
  expect(quantities('en', 1n)).toBe('1 vCPU-hour')
  expect(quantities('en', 3n, 2n)).toBe('1.5 vCPU-hours')
  expect(quantities('fr', 3n, 2n)).toBe('1,5 heure de vCPU')
  expect(quantities('fr', 2_000n)).toBe('2 000 heures de vCPU')
  expect(quantities('zh', 2n)).toBe('2 vCPU 小时')
  const { quantity } = localeOf('en')
  expect(quantity('storage-gb-months', 1n).number).toBe('< 0.000001')
  expect(quantity('storage-gb-months', -1n).number).toBe('> -0.000001')
  expect(quantity('storage-gb-months', 0n).number).toBe('0')
  expect(quantity('storage-gb-months', -perUnit).number).toBe('-1')
  expect(quantity('storage-gb-months', perUnit / 1_000_000n).number).toBe('0.000001')
  expect(quantity('storage-gb-months', (perUnit * 2n) / 3n).number).toBe('0.666667')
})

test('a period ends on the day before its end, in UTC, leap days and turns of the year included', () => {
  const period = (from: string, to: string) => ({ from: at(from), to: at(to) })
  const february = period('2028-02-01T00:00:00Z', '2028-03-01T00:00:00Z')
  expect(localeOf('zh').days(february)).toBe('2028年2月1日至2028年2月29日')
  expect(spaces(localeOf('fr').days(february))).toBe('1–29 février 2028')
  const winter = period('2026-12-15T00:00:00Z', '2027-01-15T00:00:00Z')
  expect(spaces(localeOf('en').days(winter))).toBe('December 15, 2026 – January 14, 2027')
  const day = period('2026-12-15T00:00:00Z', '2026-12-16T00:00:00Z')
  expect(localeOf('en').days(day)).toBe('December 15, 2026')
  const moment = period('2026-12-15T08:30:00Z', '2026-12-15T08:30:00Z')
  expect(spaces(localeOf('en').times(moment))).toBe('December 15, 2026 at 8:30 AM UTC')
  expect(localeOf('zh').times(moment)).toBe('2026年12月15日 08:30 (UTC)')
})

test('tax rates and countries are in the language', () => {
  expect(localeOf('en').percent('8.875')).toBe('8.875%')
  expect(spaces(localeOf('fr').percent('5.5'))).toBe('5,5 %')
  expect(localeOf('fr').country('DE')).toBe('Allemagne')
  expect(localeOf('zh').country('CN')).toBe('中国')
  expect(localeOf('en').country('not a code')).toBe('not a code')
})

test('no language borrows a sentence from another', () => {
  const sentences = (language: 'en' | 'fr' | 'zh') => {
    const {
      nothingDue,
      test: testText,
      overLimit,
      subTotal,
      toPay,
      meters: names,
    } = texts[language]
    return [nothingDue, testText, overLimit, subTotal, toPay, ...Object.values(names)]
  }
  const all = languages.flatMap(sentences)
  expect(new Set(all).size).toBe(all.length)
})
