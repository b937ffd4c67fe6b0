import fc from 'fast-check'
import { expect, test } from 'vitest'
import { add, compare, fraction, reduce, sum, zero } from './fraction.ts'

const fractions = fc
  .tuple(
    fc.bigInt({ min: -(10n ** 30n), max: 10n ** 30n }),
    fc.bigInt({ min: 1n, max: 10n ** 20n }),
  )
  .map(([numerator, denominator]) => fraction(numerator, denominator))

test('a sum is what adding one after the other comes to, with the least denominator', () => {
  fc.assert(
    fc.property(fc.array(fractions, { maxLength: 20 }), (values) => {
      const total = sum(values)
      expect(compare(total, values.reduce(add, zero))).toBe(0)
      expect(reduce(total)).toEqual(total)
    }),
  )
})

test('a reduced number is the same number', () => {
  expect(reduce(fraction(-12n, 30n))).toEqual(fraction(-2n, 5n))
  expect(reduce(fraction(0n, 30n))).toEqual(fraction(0n))
  expect(reduce(fraction(7n))).toEqual(fraction(7n))
})
