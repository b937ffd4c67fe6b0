import fc from 'fast-check'
import PDFDocument from 'pdfkit'
import { expect, test } from 'vitest'
import { styles } from './page.ts'
import { createTypesetter } from './typeset.ts'

const { lines, width, fit } = createTypesetter(new PDFDocument({ autoFirstPage: false, font: '' }))
const spaceless = (text: string) => text.replace(/ /g, '')
const anyText = fc.oneof(
  fc.string({ unit: 'grapheme', maxLength: 120 }),
  fc.string({ unit: fc.constantFrom(...Array.from('aW/-_ 年月（）。，é1.')), maxLength: 200 }),
)

test('lines hold the whole text and are no wider than their room', () => {
  fc.assert(
    fc.property(anyText, fc.integer({ min: 40, max: 300 }), (text, room) => {
      const broken = lines(text, styles.body, { width: room, linesMax: 1_000 })
      const shown = text
        .normalize('NFC')
        .replace(/[\p{Cc}\u200b\u2028\u2029\u2060-\u206f\ufeff]/gu, '')
      expect(spaceless(broken.join(''))).toBe(spaceless(shown))
      for (const line of broken) expect(width(line, styles.body)).toBeLessThanOrEqual(room + 0.5)
    }),
  )
})

test('a text ends with an ellipsis just where it is too long', () => {
  fc.assert(
    fc.property(anyText, fc.integer({ min: 40, max: 120 }), (text, room) => {
      const all = lines(text, styles.body, { width: room, linesMax: 1_000 })
      const some = lines(text, styles.body, { width: room, linesMax: 2 })
      const isCut = all.length > 2
      expect(some).toEqual(isCut ? [all[0], some[1]] : all)
      expect(some.at(-1)?.endsWith('\u2026') ?? false).toBe(isCut)
      expect(width(some.at(-1) ?? '', styles.body)).toBeLessThanOrEqual(room + 0.5)
    }),
  )
})

test('a name cannot turn round or hide what stands beside it', () => {
  const name = 'ab\u202ecd\u2066ef\u200fgh\u200b\u0000i\nj'
  expect(lines(name, styles.body, { width: 300, linesMax: 1 })).toEqual(['abcdefghi j'])
})

test('breaks at separators, never before closing punctuation', () => {
  const id = '/resourceGroups/production/providers/Microsoft.Storage/storageAccounts/files'
  for (const line of lines(id, styles.small, { width: 120, linesMax: 9 }).slice(0, -1)) {
    expect(line).toMatch(/\/$/)
  }
  const sentence = '本账单开具时尚未付款：请最迟于付款截止日期（见上）支付。'.repeat(4)
  for (let room = 40; room < 200; room += 7) {
    for (const line of lines(sentence, styles.body, { width: room, linesMax: 99 })) {
      expect(line).not.toMatch(/^[，。：）]/)
    }
  }
})

test('what fits keeps its size, what does not becomes just as small as it must', () => {
  expect(fit('12.30', styles.body, 80)).toEqual(styles.body)
  const fitted = fit('9'.repeat(60), styles.body, 80)
  expect(width('9'.repeat(60), fitted)).toBeCloseTo(80)
})
