import { expect, test } from 'vitest'
import { addDays, dayMs, formatInstant, instant, parseDurationMs, parseInstant } from './instant.ts'

test('reads UTC text and writes it back', () => {
  const at = parseInstant('2024-02-29T23:59:59.5Z')
  expect(at).not.toBeNull()
  expect(formatInstant(at!)).toBe('2024-02-29T23:59:59.500Z')
})

test('a date that does not exist is not a date', () => {
  for (const text of ['2023-02-29T00:00:00Z', '2024-02-30T00:00:00Z', '2024-13-01T00:00:00Z']) {
    expect(parseInstant(text), text).toBeNull()
  }
})

test('a text without a time zone, or in another one, is refused', () => {
  for (const text of ['2024-01-01T00:00:00', '2024-01-01T00:00:00+01:00', '2024-01-01', '']) {
    expect(parseInstant(text), text).toBeNull()
  }
})

test('instants are whole milliseconds of the years 1 to 9999', () => {
  expect(() => instant(0.5)).toThrow(RangeError)
  expect(() => instant(Number.NaN)).toThrow(RangeError)
  expect(() => addDays(parseInstant('9999-12-31T00:00:00Z')!, 1)).toThrow(RangeError)
})

test('durations have a fixed length: months and years have none', () => {
  expect(parseDurationMs('P89D')).toBe(89 * dayMs)
  expect(parseDurationMs('P1W2DT3H4M5S')).toBe(9 * dayMs + 3 * 3_600_000 + 4 * 60_000 + 5_000)
  for (const text of ['P1M', 'P1Y', 'P', 'PT', 'P1DT', '-P1D', 'P-1D', '1D']) {
    expect(parseDurationMs(text), text).toBeNull()
  }
})
