import fc from 'fast-check'
import { expect, test } from 'vitest'
import { checkTags, patchTags } from './tags.ts'

const name = fc.stringMatching(/^[a-zA-Z]{1,4}$/)
/** No two names that differ in case alone. */
const tags = fc
  .dictionary(name, fc.stringMatching(/^[a-z]{0,3}$/), { maxKeys: 6 })
  .filter(
    (all) =>
      new Set(Object.keys(all).map((key) => key.toLowerCase())).size === Object.keys(all).length,
  )

/** The test's own model: names in lower case. */
function model(all: { readonly [name: string]: string }): Map<string, string> {
  return new Map(Object.entries(all).map(([key, value]) => [key.toLowerCase(), value]))
}

test('merge adds and replaces, delete takes away, replace leaves what is given; names without case', () => {
  fc.assert(
    fc.property(
      tags,
      tags,
      fc.constantFrom('Merge', 'Replace', 'Delete'),
      (current, given, verb) => {
        const decided = patchTags(current, { operation: verb, tags: given })
        if (!decided.accepted) throw new Error(decided.refusal.name)
        const expected = verb === 'Replace' ? model(given) : model(current)
        for (const [key, value] of model(given)) {
          if (verb === 'Merge') expected.set(key, value)
          if (verb === 'Delete' && (value === '' || expected.get(key) === value))
            expected.delete(key)
        }
        expect(model(decided.value)).toEqual(expected)
      },
    ),
  )
})

const many = (count: number): { [name: string]: string } =>
  Object.fromEntries(Array.from({ length: count }, (_, index) => [`t${index}`, '']))

test.each([
  ['50 tags', many(50), true],
  ['51 tags', many(51), false],
  ['a name of 512', { ['n'.repeat(512)]: '' }, true],
  ['a name of 513', { ['n'.repeat(513)]: '' }, false],
  ['a value of 256', { a: 'v'.repeat(256) }, true],
  ['a value of 257', { a: 'v'.repeat(257) }, false],
  ['a slash', { 'a/b': '' }, false],
  ['an angle bracket', { 'a<b': '' }, false],
  ['a control character', { 'a\u0001': '' }, false],
  ['no name', { '': '' }, false],
  ['one name in two cases', { a: '', A: '' }, false],
  ['other scripts', { 'ü €': 'ü €' }, true],
  ['half a surrogate pair', { a: '\ud800' }, false],
  ['NUL', { a: '\0' }, false],
])('tags with %s', (_, given, accepted) => {
  expect(checkTags(given).accepted).toBe(accepted)
})

test('a merge that would go beyond the limit is refused', () => {
  const merged = patchTags(many(50), { operation: 'Merge', tags: { more: '' } })
  expect(merged.accepted).toBe(false)
})
