import { expect, test } from 'vitest'
import { count, dateText, daysBetween, daysFrom } from './dates.ts'
import { fields, safeText, table } from './table.ts'
import { widthOf } from './width.ts'

test('columns are aligned by what a terminal shows, also of wide characters', () => {
  const text = table(
    ['Name', 'State'],
    [
      ['小茶馆', 'Enabled'],
      ['Café', 'Disabled'],
    ],
    '',
  )
  const starts = text
    .split('\n')
    .map((line) => widthOf(line.slice(0, line.search(/State|Enab|Disab/))))
  expect(starts).toEqual([8, 8, 8])
})

test.each([
  ['abc', 3],
  ['小茶馆', 6],
  ['é', 1],
  ['e\u0301', 1],
  ['👍', 2],
  ['한국', 4],
  ['', 0],
])('%s takes %i columns', (text, columns) => {
  expect(widthOf(text)).toBe(columns)
})

test('amounts stand below each other, digit below digit', () => {
  const rows = [
    ['小茶馆', '1.50'],
    ['b', '1200.00'],
  ]
  expect(table(['A', 'Amount'], rows, '', ['Amount']).split('\n')).toEqual([
    'A        Amount',
    '小茶馆     1.50',
    'b       1200.00',
  ])
})

test('an empty table says so', () => {
  expect(table(['Name'], [], 'None.')).toBe('None.')
})

test('no line ends in spaces', () => {
  const text = table(
    ['A', 'B'],
    [
      ['a', ''],
      ['long', 'b'],
    ],
    '',
  )
  expect(text.split('\n').filter((line) => line !== line.trimEnd())).toEqual([])
})

test('a name cannot command the terminal or break the table', () => {
  const hostile = '\u001b[2Jgone\nFake  Enabled\u202e'
  expect(safeText(hostile)).toBe('?[2Jgone?Fake  Enabled?')
  expect(table(['Name'], [[hostile]], '').split('\n')).toHaveLength(2)
  expect(fields([['Name', hostile]])).not.toContain('\u001b')
})

test('dates are shown to the minute, in UTC', () => {
  expect(dateText('2026-11-01T09:05:59.999Z')).toBe('2026-11-01 09:05 UTC')
  expect(dateText(null)).toBe('-')
})

test.each([
  ['2026-11-01T09:00:00Z', 'now'],
  ['2026-11-01T09:00:01Z', 'within a day'],
  ['2026-11-02T08:59:59Z', 'within a day'],
  ['2026-11-02T09:00:00Z', 'in 1 day'],
  ['2027-01-30T09:00:00Z', 'in 90 days'],
  ['2027-01-30T08:59:59Z', 'in 89 days'],
  ['2026-11-01T08:59:59Z', 'less than a day ago'],
  ['2026-10-30T09:00:00Z', '2 days ago'],
])('from 2026-11-01 09:00, %s is %s', (to, text) => {
  expect(daysFrom('2026-11-01T09:00:00Z', to)).toBe(text)
})

test('days left are whole days: a begun one is over', () => {
  expect(daysBetween('2026-11-01T09:00:00Z', '2027-01-30T09:00:00Z')).toBe(90)
  expect(daysBetween('2026-11-01T09:00:01Z', '2027-01-30T09:00:00Z')).toBe(89)
})

test('one thing is not many', () => {
  expect([0, 1, 2].map((number) => count(number, 'event'))).toEqual([
    '0 events',
    '1 event',
    '2 events',
  ])
})
