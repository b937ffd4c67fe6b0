import { ascent, bottom, lineHeight, top } from './page.ts'
import type { Place, Style, Typesetter } from './typeset.ts'

/** A strip over the whole width, which never breaks. */
export type Row = {
  readonly height: number
  readonly draw: (typesetter: Typesetter, top: number) => void
  /** On the same page as the row after it. */
  readonly keepWithNext: boolean
  /** Come before it where it begins a page, so that nobody must turn back to read it. */
  readonly lead: readonly Row[]
}

/** The rows of one page, in order. */
export type Page = readonly Row[]

/**
 * Spreads rows over pages: as many as fit, in order, none parted from the next one that it is kept
 * with. On the first page they begin at `firstTop`; where nothing fits under its heading, that page
 * stays without rows. Takes time in proportion to the rows.
 */
export function paginate(rows: readonly Row[], firstTop: number): readonly Page[] {
  const pages: Page[] = []
  let current: Row[] = []
  let y = firstTop
  for (const block of blocksOf(rows)) {
    const lead = block[0]?.lead ?? []
    let shown = current.length === 0 ? [...lead, ...block] : block
    if (y + heightOf(shown) > bottom && y > top) {
      pages.push(current)
      current = []
      y = top
      shown = [...lead, ...block]
    }
    current.push(...shown)
    y += heightOf(shown)
  }
  return [...pages, current]
}

function blocksOf(rows: readonly Row[]): readonly (readonly Row[])[] {
  const blocks: Row[][] = []
  let open = false
  for (const row of rows) {
    if (open) blocks.at(-1)?.push(row)
    else blocks.push([row])
    open = row.keepWithNext
  }
  return blocks
}

function heightOf(rows: readonly Row[]): number {
  return rows.reduce((sum, { height }) => sum + height, 0)
}

/** Lines under each other, each in its style; `space` is left free over it. */
export type Stack = readonly {
  readonly text: string
  readonly style: Style
  readonly space?: number
}[]

export function stackHeight(stack: Stack): number {
  return stack.reduce((sum, { style, space = 0 }) => sum + space + lineHeight(style), 0)
}

/** Draws lines under each other from a top on. */
export function drawStack(
  typesetter: Typesetter,
  stack: Stack,
  { x, top: start, align }: Pick<Place, 'x' | 'align'> & { readonly top: number },
): void {
  let y = start
  for (const { text, style, space = 0 } of stack) {
    y += space
    typesetter.draw(text, { x, baseline: y + ascent(style), align: align ?? 'left' }, style)
    y += lineHeight(style)
  }
}

/** A text broken into lines of one style. */
export function broken(
  typesetter: Typesetter,
  text: string,
  style: Style,
  room: { readonly width: number; readonly linesMax: number },
): Stack {
  return typesetter.lines(text, style, room).map((line) => ({ text: line, style }))
}
