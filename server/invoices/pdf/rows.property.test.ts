import fc from 'fast-check'
import { expect, test } from 'vitest'
import { bottom, top } from './page.ts'
import { type Row, paginate } from './rows.ts'

type Named = Row & { readonly name: string }

const row = (name: string, height: number, more: Partial<Row> = {}): Named => ({
  name,
  height,
  draw: () => {},
  keepWithNext: false,
  lead: [],
  ...more,
})

const head = row('head', 20)
const anyRows = fc
  .array(fc.record({ height: fc.integer({ min: 5, max: 90 }), keep: fc.boolean() }))
  .map((shapes) =>
    shapes.map(({ height, keep }, index) => {
      // No more than three rows hold together, as in a document: more might not fit on any page.
      const keepWithNext = keep && index % 3 !== 2
      return row(`${index}`, height, { keepWithNext, lead: [head] })
    }),
  )
const anyTop = fc.integer({ min: top, max: Math.floor(bottom) })

test('no row is lost, doubled, out of order, parted or beyond the end of a page', () => {
  fc.assert(
    fc.property(anyRows, anyTop, (rows, firstTop) => {
      const pages = paginate(rows, firstTop) as readonly (readonly Named[])[]
      expect(pages.flat().filter((one) => one !== head)).toEqual(rows)
      for (const [index, shown] of pages.entries()) {
        const start = index === 0 ? firstTop : top
        const height = shown.reduce((sum, one) => sum + one.height, 0)
        expect(start + height).toBeLessThanOrEqual(bottom)
        expect(shown.filter((one) => one === head)).toHaveLength(shown.length === 0 ? 0 : 1)
        expect(shown[0] ?? head).toBe(head)
        const isLast = index === pages.length - 1
        expect(isLast || shown.at(-1)?.keepWithNext !== true).toBe(true)
        // A page without rows is the first one, when nothing fits under its heading.
        expect(shown.length > 0 || index === 0).toBe(true)
      }
    }),
  )
})

test('a page is left only when the next row does not fit', () => {
  const rows = Array.from({ length: 100 }, (_, index) => row(`${index}`, 40, { lead: [head] }))
  const pages = paginate(rows, top)
  const each = Math.floor((bottom - top - head.height) / 40)
  expect(pages.slice(0, -1).map((shown) => shown.length)).toEqual(
    Array.from({ length: pages.length - 1 }, () => each + 1),
  )
})
