import PDFDocument from 'pdfkit'
import type { IssuedDocument } from '../invoice.ts'
import { capHeight } from './fonts.ts'
import { drawHeading, testMark } from './heading.ts'
import { lineRows } from './line-rows.ts'
import { type Locale, localeOf } from './locale.ts'
import { hairline, left, page, right, styles, top, warning } from './page.ts'
import { type Page, type Row, paginate } from './rows.ts'
import { totalRows } from './totals.ts'
import { type Typesetter, createTypesetter } from './typeset.ts'

/**
 * An issued invoice or credit note as a PDF in its language. Made of the document alone: the same
 * document gives the same bytes, whenever and wherever it is asked for. Gives way to other work
 * between pages.
 */
export async function invoicePdf(document: IssuedDocument): Promise<Uint8Array> {
  const locale = localeOf(document.language)
  const pdf = new PDFDocument({
    size: [page.width, page.height],
    margin: 0,
    autoFirstPage: false,
    pdfVersion: '1.7',
    lang: locale.tag,
    displayTitle: true,
    // Its default is a font that is not embedded.
    font: '',
    info: information(document, locale),
  })
  const chunks: Uint8Array[] = []
  const ended = new Promise((resolve, reject) => {
    pdf.on('data', (chunk: Uint8Array) => chunks.push(chunk))
    pdf.on('end', resolve)
    pdf.on('error', reject)
  })
  await drawPages(createTypesetter(pdf), document, locale)
  pdf.end()
  await ended
  return Buffer.concat(chunks)
}

/**
 * The library makes the file's id of these: tenant and number tell documents apart. No names: it
 * copies these values into XML as they are, where an ampersand would break all of them.
 */
function information(document: IssuedDocument, { texts }: Locale): PDFKit.DocumentInfo {
  const title = document.type === 'Invoice' ? texts.title : texts.creditNoteTitle
  const at = new Date(document.issuedAt)
  return {
    Title: `${title} ${document.name}`,
    Keywords: document.tenantId,
    Creator: 'Reprieve',
    Producer: 'PDFKit',
    CreationDate: at,
    ModDate: at,
  }
}

async function drawPages(
  typesetter: Typesetter,
  document: IssuedDocument,
  locale: Locale,
): Promise<void> {
  const addPage = () => {
    typesetter.document.addPage()
    if (document.test) drawTestMark(typesetter)
  }
  addPage()
  const tableTop = drawHeading(typesetter, document, locale)
  const rows = await rowsOf(typesetter, document, locale)
  const pages = paginate(rows, tableTop)
  for (const [index, rowsOfPage] of pages.entries()) {
    if (index > 0) addPage()
    drawRows(typesetter, rowsOfPage, index === 0 ? tableTop : top)
    drawFooter(typesetter, document, locale, { number: index + 1, count: pages.length })
    await giveWay()
  }
}

/** Rows laid out between two pauses. */
const rowsAtOnce = 100

async function rowsOf(
  typesetter: Typesetter,
  document: IssuedDocument,
  locale: Locale,
): Promise<readonly Row[]> {
  const rows: Row[] = []
  for (const row of lineRows(typesetter, document, locale)) {
    rows.push(row)
    if (rows.length % rowsAtOnce === 0) await giveWay()
  }
  return [...rows, ...totalRows(document, locale)]
}

/** Lets requests that came in meanwhile be answered: thousands of lines take a while. */
function giveWay(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve)
  })
}

function drawRows(typesetter: Typesetter, rows: Page, start: number): void {
  let y = start
  for (const row of rows) {
    row.draw(typesetter, y)
    y += row.height
  }
}

function drawFooter(
  typesetter: Typesetter,
  document: IssuedDocument,
  { texts, count }: Locale,
  shown: { readonly number: number; readonly count: number },
): void {
  const line = page.height - 46
  const baseline = line + 14
  typesetter.document
    .moveTo(left, line)
    .lineTo(right, line)
    .lineWidth(0.5)
    .strokeColor(hairline)
    .stroke()
  const numbered = texts.page(count(shown.number), count(shown.count))
  typesetter.draw(numbered, { x: right, baseline, align: 'right' }, styles.label)
  const title = document.type === 'Invoice' ? texts.title : texts.creditNoteTitle
  const named = `${title} ${document.name} \u00b7 ${document.seller.name}`
  const [first = ''] = typesetter.lines(named, styles.label, { width: 320, linesMax: 1 })
  // The mark across the page is a picture to a program that reads aloud or looks for words.
  const mark = document.test ? `${testMark} ` : ''
  typesetter.draw(mark, { x: left, baseline }, styles.footerMark)
  const x = left + typesetter.width(mark, styles.footerMark)
  typesetter.draw(first, { x, baseline }, styles.label)
}

/** Across the whole page, under what is written on it: no copy of any page looks like a bill. */
function drawTestMark(typesetter: Typesetter): void {
  const { document } = typesetter
  const style = { size: 210, weight: 'semiBold', color: warning } as const
  const width = typesetter.width(testMark, style)
  const [x, y] = [page.width / 2, page.height / 2]
  document
    .save()
    .rotate(-52, { origin: [x, y] })
    .fillOpacity(0.07)
  typesetter.draw(testMark, { x: x - width / 2, baseline: y + (capHeight * style.size) / 2 }, style)
  document.restore()
}
