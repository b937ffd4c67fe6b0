/**
 * Keeps what was made for the most recently used keys, at most `limit` of them, and makes the rest
 * anew.
 */
export type RecentlyUsed<Value> = {
  readonly get: (key: string) => Value
  readonly clear: () => void
}

export function createRecentlyUsed<Value>(
  limit: number,
  make: (key: string) => Value,
): RecentlyUsed<Value> {
  // A Map remembers the order of insertion: the first key is the one that was not used for longest.
  const kept = new Map<string, Value>()
  return {
    get: (key) => {
      const value = kept.get(key) ?? make(key)
      kept.delete(key)
      kept.set(key, value)
      const [oldest] = kept.keys()
      if (kept.size > limit && oldest !== undefined) kept.delete(oldest)
      return value
    },
    clear: () => kept.clear(),
  }
}
