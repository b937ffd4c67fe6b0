import { expect, test } from 'vitest'
import { aliasOf } from './create.ts'
import { chooseSubscription } from './find.ts'
import { offerIn } from './list.ts'

const shop = { subscriptionId: '1', displayName: 'Demo shop', state: 'Enabled' }
const louder = { subscriptionId: '2', displayName: 'DEMO SHOP', state: 'Disabled' }
const twin = { subscriptionId: '3', displayName: 'Demo shop', state: 'Warned' }

test('a name is found whatever its case', () => {
  expect(chooseSubscription([shop], 'demo SHOP').subscriptionId).toBe('1')
})

test('the exact name wins over one that differs in case', () => {
  expect(chooseSubscription([louder, shop], 'Demo shop').subscriptionId).toBe('1')
})

test('a name that two have is refused, naming both', () => {
  expect(() => chooseSubscription([shop, louder, twin], 'Demo shop')).toThrow(
    "2 subscriptions are named 'Demo shop': 1 (Enabled), 3 (Warned). Use the id.",
  )
  expect(() => chooseSubscription([shop, louder], 'demo shop')).toThrow(/1 \(Enabled\), 2 \(Dis/)
})

test('a name that nobody has is refused, saying where the names are', () => {
  expect(() => chooseSubscription([shop], 'Demo')).toThrow(/subscription list/)
})

test.each([
  ['Demo shop', 'demo-shop'],
  ['  Café 5! ', 'cafe-5'],
  ['a'.repeat(50), 'a'.repeat(50)],
])('the alias of %j is %s', (name, alias) => {
  expect(aliasOf(name)).toBe(alias)
})

test('names that lose too much as an alias get different ones, the same each time', () => {
  const aliases = ['小茶馆', '大茶馆', '...', 'магазин', 'a'.repeat(51), 'a'.repeat(52)].map(
    aliasOf,
  )
  expect(new Set(aliases).size).toBe(6)
  for (const alias of aliases) expect(alias).toMatch(/^subscription-[0-9a-f]{12}$/)
  expect(aliasOf('小茶馆')).toBe(aliases[0])
})

test('a list names an offer as all else does, not by its quota id', () => {
  expect(offerIn('FreeTrial_2014-09-01')).toBe('FreeTrial')
  expect(offerIn(undefined)).toBe('-')
})
