import { expect, test } from 'vitest'
import { createRecentlyUsed } from './recently-used.ts'

test('no more than the limit is kept, and what was used last is kept longest', () => {
  const made: string[] = []
  const kept = createRecentlyUsed(2, (key) => {
    made.push(key)
    return { key }
  })
  const first = kept.get('a')
  kept.get('b')
  expect(kept.get('a')).toBe(first)
  kept.get('c')
  expect(kept.get('a')).toBe(first)
  kept.get('b')
  expect(made).toEqual(['a', 'b', 'c', 'b'])
  kept.clear()
  expect(kept.get('a')).not.toBe(first)
})
