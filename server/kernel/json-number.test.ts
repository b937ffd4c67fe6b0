import { expect, test } from 'vitest'
import { jsonNumber } from './json-number.ts'

test('a decimal is written digit by digit, also where a number would round it', () => {
  const value = jsonNumber('12345678901234567.123456789012345678')
  expect(JSON.stringify({ value })).toBe('{"value":12345678901234567.123456789012345678}')
  expect(JSON.stringify([jsonNumber('-0.10')])).toBe('[-0.10]')
  expect(() => jsonNumber('1,5')).toThrow(SyntaxError)
})
