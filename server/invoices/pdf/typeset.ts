import { type Family, type Weight, familyOf, fontBytes, replacement } from './fonts.ts'

/** Sizes and places are in points (1/72 inch), from the page's upper left corner. */
export type Style = { readonly size: number; readonly weight: Weight; readonly color: string }

/** Texts measured, broken and drawn in whatever fonts their characters need. */
export type Typesetter = {
  readonly document: PDFKit.PDFDocument
  readonly width: (text: string, style: Style) => number
  /** As many lines as a text needs in a width; cut with an ellipsis beyond `linesMax`. */
  readonly lines: (text: string, style: Style, room: Room) => readonly string[]
  /** The style, made smaller where the text would be wider than that: figures are never cut. */
  readonly fit: (text: string, style: Style, width: number) => Style
  /** Draws one line from `x` on; with `align` right, up to `x`. */
  readonly draw: (text: string, place: Place, style: Style) => void
}

export type Room = { readonly width: number; readonly linesMax: number }
export type Place = {
  readonly x: number
  readonly baseline: number
  readonly align?: 'left' | 'right'
}

type Run = { readonly family: Family; readonly text: string }

export function createTypesetter(document: PDFKit.PDFDocument): Typesetter {
  const select = (family: Family, style: Style) => {
    const name = `${family} ${style.weight}`
    if (!registered.has(name)) {
      document.registerFont(name, fontBytes(family, style.weight))
      registered.add(name)
    }
    document.font(name, style.size)
  }
  const registered = new Set<string>()
  const widthOf = (runs: readonly Run[], style: Style) =>
    runs.reduce((sum, { family, text }) => {
      select(family, style)
      return sum + document.widthOfString(text)
    }, 0)
  const width = (text: string, style: Style) => widthOf(runsOf(text), style)
  return {
    document,
    width,
    lines: (text, style, room) => breakLines(text, room, (part) => width(part, style)),
    fit: (text, style, most) => {
      const size = (style.size * most) / Math.max(width(text, style), most)
      return { ...style, size }
    },
    draw: (text, { x, baseline, align = 'left' }, style) => {
      const runs = runsOf(text)
      let left = align === 'right' ? x - widthOf(runs, style) : x
      document.fillColor(style.color)
      for (const run of runs) {
        select(run.family, style)
        document.text(run.text, left, baseline, { lineBreak: false, baseline: 'alphabetic' })
        left += document.widthOfString(run.text)
      }
    },
  }
}

const plain = /^[\x20-\x7e]*$/
const clusters = new Intl.Segmenter('und', { granularity: 'grapheme' })

/** Neighbours of one font together; what no font has becomes a visible replacement. */
function runsOf(text: string): readonly Run[] {
  if (plain.test(text)) return text === '' ? [] : [{ family: 'western', text }]
  const runs: { family: Family; text: string }[] = []
  for (const { segment } of clusters.segment(oneLine(text))) {
    const found = familyOf(segment)
    const family = found ?? 'western'
    const shown = found === null ? replacement : segment
    const last = runs.at(-1)
    if (last?.family === family) last.text += shown
    else runs.push({ family, text: shown })
  }
  return runs
}

/** Beyond what any script writes on one letter; higher piles would cover the lines around them. */
const tooManyMarks = /(\p{M}{4})\p{M}+/gu

/**
 * A text as it can be shown on one line: no control characters, and none that change direction,
 * with which a name could turn round what stands beside it.
 */
function oneLine(text: string): string {
  if (plain.test(text)) return text
  return text
    .toWellFormed()
    .normalize('NFC')
    .replace(/[\t\n\v\f\r\u0085\u2028\u2029]+/g, ' ')
    .replace(tooManyMarks, '$1')
    .replace(/[\p{Cc}\u061c\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\ufeff]/gu, '')
}

/**
 * Where a line may end: after spaces, after the separators of ids, and around Chinese characters,
 * but never before their closing punctuation.
 */
const ideograph = String.raw`\p{sc=Han}\p{sc=Hira}\p{sc=Kana}`
const parts = new RegExp(
  [
    `[（「『【《0-9]*[${ideograph}][，。、：；！？）」』】》]*`,
    String.raw`[^ \/\-_${ideograph}]*(?:[\/\-_]| +)`,
    String.raw`[^ \/\-_${ideograph}]+`,
    '.',
  ].join('|'),
  'gu',
)

function breakLines(
  text: string,
  { width, linesMax }: Room,
  measure: (part: string) => number,
): readonly string[] {
  const lines: string[] = []
  let line = ''
  let used = 0
  for (const [part] of oneLine(text).matchAll(parts)) {
    const added = measure(part)
    // A space at the end of a line takes no room.
    if (used + measure(part.trimEnd()) <= width) {
      line += part
      used += added
      continue
    }
    for (const piece of added <= width ? [part] : pieces(part)) {
      const wide = measure(piece)
      if (line !== '' && used + wide > width) {
        if (lines.length + 1 === linesMax) return [...lines, cut(line + piece, width, measure)]
        lines.push(line.trimEnd())
        line = ''
        used = 0
      }
      line += piece
      used += wide
    }
  }
  return line.trim() === '' ? lines : [...lines, line.trimEnd()]
}

function pieces(part: string): readonly string[] {
  return [...clusters.segment(part)].map(({ segment }) => segment)
}

const ellipsis = '\u2026'

/** The beginning of a line with an ellipsis, no wider than that. */
function cut(line: string, width: number, measure: (part: string) => number): string {
  const kept = [...pieces(line.trimEnd())]
  while (kept.length > 0 && measure(kept.join('') + ellipsis) > width) kept.pop()
  return kept.join('') + ellipsis
}
