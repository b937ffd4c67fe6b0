import fc from 'fast-check'
import { expect, test } from 'vitest'
import { parseFilter } from './filter.ts'

const fields = ['resourceType', 'resourceGroup', 'name', 'location', 'tagName', 'tagValue'] as const

const value = fc.string({ maxLength: 20 })
const quote = (text: string): string => `'${text.replaceAll("'", "''")}'`

test('every combination of the fields is read back, in any order, case and spacing', () => {
  fc.assert(
    fc.property(
      fc.dictionary(fc.constantFrom(...fields), value, { minKeys: 1 }),
      fc.boolean(),
      fc.constantFrom(' ', '  '),
      (wanted, upper, space) => {
        fc.pre(!('tagValue' in wanted) || 'tagName' in wanted)
        const text = Object.entries(wanted)
          .map(([field, given]) => {
            const name = upper ? field.toUpperCase() : field
            return `${name}${space}eq${space}${quote(given)}`
          })
          .join(`${space}and${space}`)
        const found = parseFilter(text, fields)
        expect(found.accepted, text).toBe(true)
        if (!found.accepted) return
        for (const [field, given] of Object.entries(wanted)) {
          const read = found.value[field as (typeof fields)[number]]
          const kept = field.startsWith('tag')
          const lower = field === 'location' ? given.replaceAll(' ', '') : given
          expect(read).toBe(kept ? given : lower.toLowerCase())
        }
      },
    ),
  )
})

test.each([
  "name eq 'a' or name eq 'b'",
  "name ne 'a'",
  "name eq 'a' and",
  "and name eq 'a'",
  "name eq 'a' name eq 'b'",
  "name eq 'a' and name eq 'b'",
  "name eq 'a",
  'name eq a',
  "tagValue eq 'x'",
  "substringof('a', name)",
  "colour eq 'red'",
  "name eq 'a'; drop table resources",
])('a filter that is not served is refused, naming those that are: %s', (text) => {
  const found = parseFilter(text, fields)
  expect(found).toMatchObject({ accepted: false, refusal: { name: 'invalidFilter' } })
})

test('no text makes it throw or take long', () => {
  fc.assert(
    fc.property(fc.string(), (text) => {
      expect(parseFilter(text, fields).accepted).toBe(text.trim() === '')
    }),
  )
  const startedAt = performance.now()
  expect(parseFilter(`name eq '${"''".repeat(20_000)}`, fields).accepted).toBe(false)
  expect(performance.now() - startedAt).toBeLessThan(1000)
})
