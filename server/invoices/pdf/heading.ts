import { type Instant, addMs } from '../../kernel/instant.ts'
import type { IssuedDocument, Party } from '../invoice.ts'
import { capHeight } from './fonts.ts'
import type { Locale } from './locale.ts'
import { ascent, hairline, left, lineHeight, right, shade, styles, top, warning } from './page.ts'
import { type Stack, broken, drawStack, stackHeight } from './rows.ts'
import type { Typesetter } from './typeset.ts'

const gap = 18
const columnWidth = (right - left - 2 * gap) / 3
const columnAt = (index: number) => left + index * (columnWidth + gap)

/** The word that marks a test in every language. */
export const testMark = 'TEST'

/** Draws what stands over the table of the first page; returns where it ends. */
export function drawHeading(
  typesetter: Typesetter,
  document: IssuedDocument,
  locale: Locale,
): number {
  let y = drawTitle(typesetter, document, locale)
  const stacks = [
    partyStack(typesetter, locale, locale.texts.seller, document.seller),
    partyStack(typesetter, locale, locale.texts.buyer, document.buyer),
    factStack(typesetter, document, locale),
  ]
  stacks.forEach((stack, index) => drawStack(typesetter, stack, { x: columnAt(index), top: y }))
  y += Math.max(...stacks.map(stackHeight)) + 14
  y = drawStanding(typesetter, y, document, locale)
  return y + 14
}

function drawTitle(typesetter: Typesetter, document: IssuedDocument, { texts }: Locale): number {
  const title = document.type === 'Invoice' ? texts.title : texts.creditNoteTitle
  const baseline = top + ascent(styles.title)
  typesetter.draw(title, { x: left, baseline }, styles.title)
  let y = top + lineHeight(styles.title) + 4
  if (document.test) {
    drawBadge(typesetter, baseline)
    const room = { width: right - left, linesMax: 2 }
    const stack = broken(typesetter, texts.test, styles.warning, room)
    drawStack(typesetter, stack, { x: left, top: y })
    y += stackHeight(stack) + 4
  }
  typesetter.document.moveTo(left, y).lineTo(right, y).lineWidth(0.5).strokeColor(hairline).stroke()
  return y + 12
}

function drawBadge(typesetter: Typesetter, baseline: number): void {
  const width = typesetter.width(testMark, styles.badge) + 20
  const height = 24
  const rise = capHeight * styles.title.size
  const y = baseline - rise / 2 - height / 2
  typesetter.document.roundedRect(right - width, y, width, height, 3).fill(warning)
  const inside = y + height / 2 + (capHeight * styles.badge.size) / 2
  typesetter.draw(testMark, { x: right - width + 10, baseline: inside }, styles.badge)
}

/** No post asks for more; what goes beyond shares the last line, so that the table has its page. */
const addressLinesMax = 10

function partyStack(
  typesetter: Typesetter,
  { texts, country }: Locale,
  label: string,
  party: Party,
): Stack {
  const room = { width: columnWidth, linesMax: 2 }
  const rest = party.address.slice(addressLinesMax - 1).join(', ')
  const lines = [...party.address.slice(0, addressLinesMax - 1), rest].filter((line) => line !== '')
  const address = [...lines, country(party.country)]
  const body = party.taxId === null ? address : [...address, texts.taxId(party.taxId)]
  return [
    { text: label, style: styles.label },
    ...broken(typesetter, party.name, styles.strong, { width: columnWidth, linesMax: 3 }),
    ...body.flatMap((line) => broken(typesetter, line, styles.body, room)),
  ]
}

function factStack(typesetter: Typesetter, document: IssuedDocument, locale: Locale): Stack {
  const { texts, date, days } = locale
  const isInvoice = document.type === 'Invoice'
  const facts: readonly (readonly [string, string] | null)[] = [
    [texts.number, document.name],
    [texts.issuedOn, date(document.issuedAt)],
    document.creditFor === null ? null : [texts.creditFor, document.creditFor],
    [texts.period, days(document.period)],
    isInvoice && document.total > 0n ? [texts.dueOn, date(lastDayOf(document.dueAt))] : null,
    [texts.account, document.accountName],
  ]
  const room = { width: columnWidth, linesMax: 2 }
  return facts
    .filter((fact) => fact !== null)
    .flatMap(([label, value], index) => [
      { text: label, style: styles.label, space: index === 0 ? 0 : 4 },
      ...broken(typesetter, value, styles.strong, room),
    ])
}

/** A band that says what is to be paid, and by when: what most readers look for. */
function drawStanding(
  typesetter: Typesetter,
  y: number,
  document: IssuedDocument,
  locale: Locale,
): number {
  const { texts, money } = locale
  const { total, currency, type } = document
  const isInvoice = type === 'Invoice'
  const owed = isInvoice ? (total > 0n ? total : 0n) : -total
  const amount = money(owed, currency)
  const width = (right - left) / 2 - 14
  const style = typesetter.fit(amount, styles.toPay, width)
  const sentence = broken(typesetter, standing(document, locale), styles.body, {
    width,
    linesMax: 4,
  })
  const height = Math.max(stackHeight(sentence) + 20, 52)
  typesetter.document.rect(left, y, right - left, height).fill(shade)
  drawStack(typesetter, sentence, { x: left + 14, top: y + (height - stackHeight(sentence)) / 2 })
  const label = isInvoice ? texts.toPay : texts.credited
  const middle = y + height / 2
  typesetter.draw(label, { x: right - 14, baseline: middle - 9, align: 'right' }, styles.label)
  typesetter.draw(amount, { x: right - 14, baseline: middle + 13, align: 'right' }, style)
  return y + height
}

/** How it stands at issue, in a sentence. Later payments are no part of an issued document. */
function standing(document: IssuedDocument, { texts, money, date }: Locale): string {
  const { type, total, currency, dueAt, creditFor } = document
  if (type === 'CreditNote') {
    const amount = money(-total, currency)
    return creditFor === null ? texts.creditNoteAlone(amount) : texts.creditNote(amount, creditFor)
  }
  return total > 0n ? texts.due(money(total, currency), date(lastDayOf(dueAt))) : texts.nothingDue
}

/** It is overdue from the instant on: the last day on which it can be paid in time. */
function lastDayOf(dueAt: Instant): Instant {
  return addMs(dueAt, -1)
}
