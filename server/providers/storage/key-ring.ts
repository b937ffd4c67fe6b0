import type { Keys } from './azurite.ts'

/**
 * The current keys of each account, as told by the latest of those who read them. A request that
 * read its account just before a key was replaced must not bring the old key back: a pair that was
 * replaced once is never current again.
 */
export type KeyRing = {
  /** Takes note of what a caller read, and answers the keys that are good now. */
  readonly current: (uid: string, read: Keys) => Keys
  readonly forget: (uid: string) => void
}

export function createKeyRing(): KeyRing {
  const rings = new Map<string, { keys: Keys; readonly replaced: Set<string> }>()
  return {
    current: (uid, read) => {
      const ring = rings.get(uid)
      if (ring === undefined) {
        rings.set(uid, { keys: read, replaced: new Set() })
        return read
      }
      if (sameKeys(ring.keys, read) || ring.replaced.has(read.join(' '))) return ring.keys
      ring.replaced.add(ring.keys.join(' '))
      ring.keys = read
      return read
    },
    forget: (uid) => rings.delete(uid),
  }
}

export function sameKeys(one: Keys, other: Keys): boolean {
  return one[0] === other[0] && one[1] === other[1]
}
