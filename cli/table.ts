import { padBefore, padTo, widthOf } from './width.ts'

/**
 * A table for people: a line of titles, columns as wide as what stands in them. `numbers`: the
 * titles of columns that are aligned at their right.
 */
export function table(
  titles: readonly string[],
  rows: readonly (readonly string[])[],
  whenEmpty: string,
  numbers: readonly string[] = [],
): string {
  if (rows.length === 0) return whenEmpty
  const cells = [titles, ...rows].map((row) => row.map(safeText))
  const columns = titles.map((title, column) => ({
    width: Math.max(...cells.map((row) => widthAt(row, column))),
    pad: numbers.includes(title) ? padBefore : padTo,
  }))
  return cells.map((row) => line(row, columns)).join('\n')
}

/** Names and values below each other, the values aligned. */
export function fields(entries: readonly (readonly [string, string])[]): string {
  const width = Math.max(...entries.map(([name]) => widthOf(name)))
  return entries
    .map(([name, value]) => `${padTo(name, width)}  ${safeText(value)}`.trimEnd())
    .join('\n')
}

/**
 * What others wrote may hold escape sequences, which a terminal would obey. Also line breaks: they
 * would break a table.
 */
export function safeText(text: string): string {
  return text.replace(/[\p{Cc}\p{Bidi_Control}]/gu, '?')
}

function widthAt(row: readonly string[], column: number): number {
  return widthOf(row[column] ?? '')
}

type Column = { readonly width: number; readonly pad: typeof padTo }

function line(row: readonly string[], columns: readonly Column[]): string {
  return columns
    .map(({ width, pad }, column) => pad(row[column] ?? '', width))
    .join('  ')
    .trimEnd()
}
