import { expect, test } from 'vitest'
import { decimalsOf, withDecimals } from './decimal.ts'

test.each([
  ['11.1781255', 6, '11.178126'],
  ['11.1781254999', 6, '11.178125'],
  ['0.0112345', 4, '0.0112'],
  ['0', 4, '0.0000'],
  ['9.999', 2, '10.00'],
  ['-0.005', 2, '-0.01'],
  ['-0.004', 2, '0.00'],
  ['1234567890123456789.5', 0, '1234567890123456790'],
])('%s with %i decimals is %s', (text, decimals, shown) => {
  expect(withDecimals(text, decimals)).toBe(shown)
})

test('the decimals of a text are counted', () => {
  expect(['12', '12.50', '0.001'].map(decimalsOf)).toEqual([0, 2, 3])
})
