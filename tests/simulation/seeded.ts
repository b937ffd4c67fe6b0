import type { Random } from '../../server/kernel/ids.ts'

/**
 * Everything that a simulation leaves to chance, from one seed: the same seed, the same history.
 */
export type Dice = {
  /** A whole number from 0 up to, not including, `limit`. */
  readonly below: (limit: number) => number
  /** True so often in a hundred. */
  readonly percent: (chance: number) => boolean
  /** One of a list that is not empty. */
  readonly pick: <T>(items: readonly T[]) => T
  /** One of the names, each as often as its weight says. */
  readonly weighted: <Name extends string>(weights: { readonly [N in Name]: number }) => Name
}

/** splitmix32: small, and good enough to choose what happens next. */
function stream(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x9e3779b9) >>> 0
    let mixed = state ^ (state >>> 16)
    mixed = Math.imul(mixed, 0x21f0aaad)
    mixed ^= mixed >>> 15
    mixed = Math.imul(mixed, 0x735a2d97)
    return (mixed ^ (mixed >>> 15)) >>> 0
  }
}

export function diceOf(seed: number): Dice {
  const next = stream(seed)
  const below = (limit: number): number => Math.floor((next() / 2 ** 32) * limit)
  return {
    below,
    percent: (chance) => below(100) < chance,
    pick: (items) => {
      const item = items[below(items.length)]
      if (item === undefined) throw new RangeError('nothing to choose from')
      return item
    },
    weighted: (weights) => {
      const names = Object.keys(weights) as (keyof typeof weights)[]
      let left = below(names.reduce((sum, name) => sum + weights[name], 0))
      for (const name of names) {
        left -= weights[name]
        if (left < 0) return name
      }
      throw new RangeError('no weight is above zero')
    },
  }
}

/** Ids and bytes for the product, from a stream of their own. */
export function randomOf(seed: number): Random {
  const next = stream(seed ^ 0x5bd1e995)
  const bytes = (length: number): Uint8Array =>
    Uint8Array.from({ length }, () => Math.floor(next() / 2 ** 24))
  return {
    bytes,
    uuid: () => {
      const raw = bytes(16)
      raw[6] = ((raw[6] ?? 0) & 0x0f) | 0x40
      raw[8] = ((raw[8] ?? 0) & 0x3f) | 0x80
      const hex = Buffer.from(raw).toString('hex')
      return [
        hex.slice(0, 8),
        hex.slice(8, 12),
        hex.slice(12, 16),
        hex.slice(16, 20),
        hex.slice(20),
      ].join('-')
    },
  }
}
