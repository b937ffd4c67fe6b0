import type { InvoiceLine, IssuedDocument } from '../invoice.ts'
import type { Locale } from './locale.ts'
import { accent, ascent, lineHeight, right, styles } from './page.ts'
import type { Row } from './rows.ts'
import type { Style, Typesetter } from './typeset.ts'

const width = 280
const padding = 3

type Total = { readonly label: string; readonly amount: string; readonly style: Style }

/** Sums under the table, down to the total; kept together on one page. */
export function totalRows(document: IssuedDocument, locale: Locale): readonly Row[] {
  const totals = totalsOf(document, locale)
  const rows = totals.map((total, index) => totalRow(total, index < totals.length - 1))
  return [{ height: 8, draw: () => {}, keepWithNext: true, lead: [] }, ...rows]
}

/**
 * Tax is shown at 0 % too: that none was charged is something a reader must be able to see. Credits
 * have sums of their own, if there are any: the sub total has them in it already.
 */
function totalsOf(document: IssuedDocument, locale: Locale): readonly Total[] {
  const { currency, lines, subTotal, tax, taxRate, total } = document
  const { texts, money, percent } = locale
  const line = (label: string, amount: bigint): Total => ({
    label,
    amount: money(amount, currency),
    style: styles.body,
  })
  const credits = sumOf(lines, 'credit')
  const overLimit = sumOf(lines, 'overLimit')
  const parts = [
    line(texts.charges, subTotal - (credits ?? 0n) - (overLimit ?? 0n)),
    ...(credits === null ? [] : [line(texts.credits, credits)]),
    ...(overLimit === null ? [] : [line(texts.overLimitTotal, overLimit)]),
  ]
  return [
    ...(parts.length > 1 ? parts : []),
    line(texts.subTotal, subTotal),
    line(texts.tax(percent(taxRate)), tax),
    { label: texts.total, amount: money(total, currency), style: styles.total },
  ]
}

/** Null: no line of that kind. */
function sumOf(lines: readonly InvoiceLine[], kind: InvoiceLine['kind']): bigint | null {
  const found = lines.filter((line) => line.kind === kind)
  return found.length === 0 ? null : found.reduce((sum, { cost }) => sum + cost, 0n)
}

function totalRow({ label, amount, style }: Total, keepWithNext: boolean): Row {
  const height = lineHeight(style) + 2 * padding
  return {
    height: keepWithNext ? height : height + 4,
    keepWithNext,
    lead: [],
    draw: (typesetter, y) => {
      const start = keepWithNext ? y : y + 4
      if (!keepWithNext) ruleOver(typesetter, start)
      const baseline = start + padding + ascent(style)
      const [labelStyle, amountStyle] = beside(typesetter, label, amount, style)
      typesetter.draw(label, { x: right - width, baseline }, labelStyle)
      typesetter.draw(amount, { x: right, baseline, align: 'right' }, amountStyle)
    },
  }
}

/** The styles in which both fit beside each other: the amount first, the label in the rest. */
function beside(
  typesetter: Typesetter,
  label: string,
  amount: string,
  style: Style,
): readonly [Style, Style] {
  const amountStyle = typesetter.fit(amount, style, width * 0.7)
  const rest = width - typesetter.width(amount, amountStyle) - 8
  return [typesetter.fit(label, style, rest), amountStyle]
}

function ruleOver({ document }: Typesetter, y: number): void {
  document
    .moveTo(right - width, y)
    .lineTo(right, y)
    .lineWidth(1)
    .strokeColor(accent)
    .stroke()
}
