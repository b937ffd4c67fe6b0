/** A promise of the product that did not hold. The text says which, and where. */
export class Violation extends Error {
  override readonly name = 'Violation'
}

/**
 * What is known of one thing from outside: the last acknowledged value, and each value that was
 * asked for since without an answer. Any of them may be the true one, and no other.
 */
export type Uncertain<T> = {
  readonly possible: readonly T[]
  /** The server said so: from now on it is this and nothing else. */
  readonly acknowledge: (value: T) => void
  /** It was asked for, and nobody answered: it is so, or it is still as it was. */
  readonly mayBecome: (value: T) => void
  /** Whether it can only be this. */
  readonly isSurely: (value: T) => boolean
  /**
   * What was seen, in a moment when nothing is under way: known from now on.
   *
   * @throws Violation when that is none of the values it can have.
   */
  readonly see: (value: T, what: () => string) => void
}

export function uncertain<T extends string | number | boolean | null>(initial: T): Uncertain<T> {
  let possible: readonly T[] = [initial]
  return {
    get possible() {
      return possible
    },
    acknowledge: (value) => {
      possible = [value]
    },
    mayBecome: (value) => {
      if (!possible.includes(value)) possible = [...possible, value]
    },
    isSurely: (value) => possible.length === 1 && possible[0] === value,
    see: (value, what) => {
      if (!possible.includes(value)) {
        const wanted = possible.map(String).join(' or ')
        throw new Violation(`${what()} is ${String(value)}; it can only be ${wanted}`)
      }
      possible = [value]
    },
  }
}
