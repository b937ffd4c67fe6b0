/**
 * An exact number: quantities and costs before they are rounded. The denominator is positive; terms
 * are not reduced, since what is rated shares few denominators.
 */
export type Fraction = { readonly numerator: bigint; readonly denominator: bigint }

export const zero: Fraction = { numerator: 0n, denominator: 1n }

export function fraction(numerator: bigint, denominator: bigint = 1n): Fraction {
  if (denominator <= 0n) throw new RangeError(`not a denominator: ${denominator}`)
  return { numerator, denominator }
}

export function add(a: Fraction, b: Fraction): Fraction {
  if (a.denominator === b.denominator) {
    return { numerator: a.numerator + b.numerator, denominator: a.denominator }
  }
  return {
    numerator: a.numerator * b.denominator + b.numerator * a.denominator,
    denominator: a.denominator * b.denominator,
  }
}

export function multiply(a: Fraction, b: Fraction): Fraction {
  return {
    numerator: a.numerator * b.numerator,
    denominator: a.denominator * b.denominator,
  }
}

export function subtract(a: Fraction, b: Fraction): Fraction {
  return add(a, { numerator: -b.numerator, denominator: b.denominator })
}

/** The sum of many, reduced: those that share a denominator first, so that it does not grow. */
export function sum(values: Iterable<Fraction>): Fraction {
  const numerators = new Map<bigint, bigint>()
  for (const { numerator, denominator } of values) {
    numerators.set(denominator, (numerators.get(denominator) ?? 0n) + numerator)
  }
  let total = zero
  for (const [denominator, numerator] of numerators) {
    total = reduce(add(total, { numerator, denominator }))
  }
  return total
}

/** The same number with the least denominator. */
export function reduce({ numerator, denominator }: Fraction): Fraction {
  let [a, b] = [numerator < 0n ? -numerator : numerator, denominator]
  while (b > 0n) [a, b] = [b, a % b]
  return { numerator: numerator / a, denominator: denominator / a }
}

/** Negative, zero or positive, as `a` is below, at or above `b`. */
export function compare(a: Fraction, b: Fraction): number {
  const difference = a.numerator * b.denominator - b.numerator * a.denominator
  if (difference === 0n) return 0
  return difference < 0n ? -1 : 1
}

/** The nearest whole number; a half goes away from zero (design, section 6). */
export function round({ numerator, denominator }: Fraction): bigint {
  const twice = 2n * (numerator < 0n ? -numerator : numerator)
  const rounded = (twice + denominator) / (2n * denominator)
  return numerator < 0n ? -rounded : rounded
}

/** The least whole number that is not below it. */
export function ceiling({ numerator, denominator }: Fraction): bigint {
  const down = numerator / denominator
  return numerator > 0n && down * denominator !== numerator ? down + 1n : down
}
