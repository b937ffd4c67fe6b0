import { expect, test } from 'vitest'
import { parseInstant } from '../kernel/instant.ts'
import { readUsageFilter } from './filter.ts'

const day = (text: string) => parseInstant(`${text}T00:00:00Z`)
const beginning = day('1970-01-01')
const end = day('9999-01-01')

test.each([
  [
    "properties/usageStart ge '2026-03-01' and properties/usageEnd le '2026-03-31'",
    '2026-03-01',
    '2026-04-01',
  ],
  [
    "properties/usageEnd ge '2026-03-01T00:00:00Z' AND properties/usageEnd lt '2026-03-03T09Z'",
    '2026-03-01',
    '2026-03-03',
  ],
  ["properties/usageStart eq '2026-03-05'", '2026-03-05', '2026-03-06'],
  [
    "properties/usageStart gt '2026-03-05' and properties/usageEnd lt '2026-03-08'",
    '2026-03-06',
    '2026-03-08',
  ],
])('%s is the days from %s to before %s', (filter, from, to) => {
  expect(readUsageFilter(filter)).toEqual({
    accepted: true,
    value: { from: day(from), to: day(to) },
  })
})

test('half a filter leaves the other end open, none leaves both, and one against itself nothing', () => {
  const after = readUsageFilter("properties/usageStart ge '2026-03-01'")
  expect(after).toEqual({ accepted: true, value: { from: day('2026-03-01'), to: end } })
  const before = readUsageFilter("properties/usageEnd le '2026-03-01'")
  expect(before).toEqual({ accepted: true, value: { from: beginning, to: day('2026-03-02') } })
  expect(readUsageFilter(undefined)).toEqual({ accepted: true, value: null })
  expect(readUsageFilter(' ')).toEqual({ accepted: true, value: null })
  const nothing = "properties/usageStart ge '2026-03-05' and properties/usageEnd lt '2026-03-01'"
  const at = day('2026-03-05')
  expect(readUsageFilter(nothing)).toEqual({ accepted: true, value: { from: at, to: at } })
})

test.each([
  "properties/resourceGroup eq 'g'",
  "tags eq 'a:b'",
  "properties/usageStart ge '2026-03-01' or properties/usageEnd le '2026-03-31'",
  "properties/usageStart ne '2026-03-01'",
  "properties/usageStart ge '2026-02-30'",
  'properties/usageStart ge 2026-03-01',
  "properties/usageStart ge '2026-03-01' and ",
  'x',
])('%s is refused with what may be asked for', (filter) => {
  expect(readUsageFilter(filter)).toMatchObject({
    accepted: false,
    refusal: { name: 'invalidFilter', facts: { filter } },
  })
})
