import { describe, subscriptionPath } from './describe-line.ts'
import type { InvoiceLine, IssuedDocument } from '../invoice.ts'
import type { Locale } from './locale.ts'
import { ascent, hairline, left, lineHeight, right, styles } from './page.ts'
import { type Row, broken, drawStack, stackHeight } from './rows.ts'
import type { Style, Typesetter } from './typeset.ts'

/** The columns of figures are set right; the description has what is left of the width. */
const columns = {
  quantity: { right: right - 166, width: 80 },
  unitPrice: { right: right - 88, width: 70 },
  amount: { right, width: 80 },
} as const
const indent = 10
const descriptionWidth = columns.quantity.right - columns.quantity.width - 8 - left - indent
const padding = 4

/**
 * The lines of a document as rows, those of one subscription together: in the order of their first
 * lines, each with its total, if there are several. The last row is kept with what comes after.
 */
export function* lineRows(
  typesetter: Typesetter,
  document: IssuedDocument,
  locale: Locale,
): Generator<Row> {
  const head = headRow(document, locale)
  const groups = [...Map.groupBy(document.lines, (line) => line.subscriptionId).values()]
  for (const [groupIndex, lines] of groups.entries()) {
    const [first] = lines
    if (first === undefined) continue
    const { subscriptionName: name, subscriptionId } = first
    const again = groupRow(typesetter, locale.texts.continued(name), subscriptionId)
    yield { ...groupRow(typesetter, locale.texts.subscription(name), subscriptionId), lead: [head] }
    for (const [index, line] of lines.entries()) {
      // A total never begins a page, without the last of what it sums up.
      const keepWithNext = index === lines.length - 1
      yield { ...lineRow(typesetter, document, locale, line), keepWithNext, lead: [head, again] }
    }
    const keepWithNext = groupIndex === groups.length - 1
    if (groups.length > 1)
      yield { ...groupTotal(typesetter, document, locale, lines), keepWithNext }
  }
}

/** The table's head, which stands over the rows of every page. */
function headRow(document: IssuedDocument, { texts }: Locale): Row {
  const height = lineHeight(styles.head) + 2 * padding
  return {
    height,
    keepWithNext: true,
    lead: [],
    draw: (typesetter, y) => {
      const baseline = y + padding + ascent(styles.head)
      typesetter.draw(texts.description, { x: left, baseline }, styles.head)
      const figures = [
        [texts.quantity, columns.quantity],
        [texts.unitPrice(document.currency), columns.unitPrice],
        [texts.amount(document.currency), columns.amount],
      ] as const
      for (const [text, column] of figures) {
        const style = typesetter.fit(text, styles.head, column.width)
        typesetter.draw(text, { x: column.right, baseline, align: 'right' }, style)
      }
      rule(typesetter, y + height, '#8a949e')
    },
  }
}

const idRoom = { width: right - left, linesMax: 1 }

function groupRow(typesetter: Typesetter, title: string, subscriptionId: string): Row {
  const stack = [
    ...broken(typesetter, title, styles.group, { width: right - left, linesMax: 2 }),
    ...broken(typesetter, subscriptionPath(subscriptionId), styles.small, idRoom),
  ]
  return {
    height: stackHeight(stack) + 2 * padding + 4,
    keepWithNext: true,
    lead: [],
    draw: (drawn, y) => drawStack(drawn, stack, { x: left, top: y + padding + 4 }),
  }
}

function lineRow(
  typesetter: Typesetter,
  document: IssuedDocument,
  locale: Locale,
  line: InvoiceLine,
): Pick<Row, 'height' | 'draw'> {
  const description = describe(typesetter, document.period, locale, line, descriptionWidth)
  const amount = locale.amount(line.cost, document.currency)
  const figures: readonly Figure[] = [
    ...used(document, locale, line),
    { column: columns.amount, text: amount, style: styles.body },
  ]
  const unitHeight = figures.length === 1 ? 0 : lineHeight(styles.body) + lineHeight(styles.small)
  const height = Math.max(stackHeight(description), unitHeight) + 2 * padding
  return {
    height,
    draw: (drawn, y) => {
      drawStack(drawn, description, { x: left + indent, top: y + padding })
      for (const { column, text, style, below } of figures) {
        const fitted = drawn.fit(text, style, column.width)
        const baseline = y + padding + ascent(style)
        drawn.draw(text, { x: column.right, baseline, align: 'right' }, fitted)
        if (below === undefined) continue
        const small = drawn.fit(below, styles.small, column.width)
        const under = y + padding + lineHeight(style) + ascent(styles.small)
        drawn.draw(below, { x: column.right, baseline: under, align: 'right' }, small)
      }
      rule(drawn, y + height, hairline)
    },
  }
}

type Figure = {
  readonly column: { readonly right: number; readonly width: number }
  readonly text: string
  readonly style: Style
  readonly below?: string
}

/** Quantity, its unit and price; nothing for a credit or a part taken back, which have none. */
function used(
  document: IssuedDocument,
  locale: Locale,
  { meter, amount, unitPrice }: InvoiceLine,
): readonly Figure[] {
  if (meter === null || unitPrice === null) return []
  const { number, unit } = locale.quantity(meter, amount)
  const price = locale.unitPrice(unitPrice, document.currency)
  return [
    { column: columns.quantity, text: number, style: styles.body, below: unit },
    { column: columns.unitPrice, text: price, style: styles.body },
  ]
}

function groupTotal(
  typesetter: Typesetter,
  document: IssuedDocument,
  locale: Locale,
  lines: readonly InvoiceLine[],
): Row {
  const sum = lines.reduce((total, { cost }) => total + cost, 0n)
  const amount = locale.amount(sum, document.currency)
  const label = locale.texts.subscriptionTotal(lines[0]?.subscriptionName ?? '')
  const width = right - left - columns.amount.width - 8 - indent
  const stack = broken(typesetter, label, styles.strong, { width, linesMax: 2 })
  return {
    height: stackHeight(stack) + 2 * padding + 4,
    keepWithNext: false,
    lead: [],
    draw: (drawn, y) => {
      drawStack(drawn, stack, { x: left + indent, top: y + padding })
      const style = drawn.fit(amount, styles.strong, columns.amount.width)
      const baseline = y + padding + ascent(styles.strong)
      drawn.draw(amount, { x: right, baseline, align: 'right' }, style)
    },
  }
}

function rule({ document }: Typesetter, y: number, color: string): void {
  document.moveTo(left, y).lineTo(right, y).lineWidth(0.5).strokeColor(color).stroke()
}
