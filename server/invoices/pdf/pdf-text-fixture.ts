import { execFileSync } from 'node:child_process'

/** What a reader of the file sees, page by page, in its layout, with every kind of space as one. */
export function textOfPages(pdf: Uint8Array): readonly string[] {
  const text = run('pdftotext', ['-layout', '-enc', 'UTF-8', '-', '-'], pdf)
  const pages = text.replace(/[\u00a0\u2009\u202f]/g, ' ').split('\f')
  return pages.slice(0, -1)
}

export function textOf(pdf: Uint8Array): string {
  return textOfPages(pdf).join('\n')
}

/** Amounts of the lines of the table and of the totals: the last number of each printed line. */
export function lastColumn(text: string): readonly string[] {
  return text.split('\n').flatMap((line) => / {2,}(-?\d[\d,.]*)$/.exec(line)?.[1] ?? [])
}

export type Word = {
  readonly page: number
  readonly text: string
  readonly left: number
  readonly right: number
  readonly top: number
  readonly bottom: number
}

/** Where each word stands, in points from the upper left corner of its page. */
export function wordsOf(pdf: Uint8Array): readonly Word[] {
  const boxes = run('pdftotext', ['-bbox', '-enc', 'UTF-8', '-', '-'], pdf)
  const pages = boxes.split('<page ').slice(1)
  const word = /<word xMin="(.+?)" yMin="(.+?)" xMax="(.+?)" yMax="(.+?)">(.*?)<\/word>/g
  return pages.flatMap((page, index) =>
    [...page.matchAll(word)].map(([, left, top, right, bottom, text]) => ({
      page: index,
      text: text ?? '',
      left: Number(left),
      right: Number(right),
      top: Number(top),
      bottom: Number(bottom),
    })),
  )
}

export type EmbeddedFont = { readonly embedded: boolean; readonly subset: boolean }

/** The fonts that the file names. */
export function fontsOf(pdf: Uint8Array): readonly EmbeddedFont[] {
  const [, , ...lines] = run('pdffonts', ['-'], pdf).trimEnd().split('\n')
  return lines.map((line) => {
    const [embedded, subset] = line.split(/\s+/).slice(-5)
    return { embedded: embedded === 'yes', subset: subset === 'yes' }
  })
}

function run(program: string, args: readonly string[], input: Uint8Array): string {
  return execFileSync(program, args, { input, encoding: 'utf8', maxBuffer: 2 ** 28 })
}
