import type { InvoiceLine } from '../invoice.ts'
import type { Locale, Period } from './locale.ts'
import { styles } from './page.ts'
import { type Stack, broken } from './rows.ts'
import type { Typesetter } from './typeset.ts'

/**
 * What was charged, on which resource, and when, if that is not the period of the document: lines
 * of text no wider than `width`.
 */
export function describe(
  typesetter: Typesetter,
  period: Period,
  { texts, times }: Locale,
  line: InvoiceLine,
  width: number,
): Stack {
  const what = whatOf(texts, line)
  const title = line.resourceId === null ? what : texts.used(what, shortName(line.resourceId))
  const detail = detailOf(texts, line)
  const isOtherTime = line.from !== period.from || line.to !== period.to
  return [
    ...broken(typesetter, title, styles.body, { width, linesMax: 2 }),
    ...(detail === null ? [] : broken(typesetter, detail, styles.small, { width, linesMax: 3 })),
    ...(isOtherTime ? broken(typesetter, times(line), styles.small, { width, linesMax: 2 }) : []),
  ]
}

/** The beginning of every ARM id in a subscription; it stands over the lines once. */
export function subscriptionPath(subscriptionId: string): string {
  return `/subscriptions/${subscriptionId}`
}

function whatOf(texts: Locale['texts'], line: InvoiceLine): string {
  switch (line.kind) {
    case 'usage':
    case 'support':
      return line.meter === null ? texts.otherUse : texts.meters[line.meter]
    case 'credit':
      return texts.credit
    case 'overLimit':
      return texts.overLimit
  }
}

/** The last part of an ARM id is the name that its owner gave it. */
function shortName(resourceId: string): string {
  return resourceId.slice(resourceId.lastIndexOf('/') + 1)
}

/** The rest of the ARM id after the subscription's; all of it where the resource has moved away. */
function detailOf(texts: Locale['texts'], line: InvoiceLine): string | null {
  const { resourceId, uid, subscriptionId } = line
  if (resourceId === null) return uid === null ? null : texts.noResource(uid)
  const prefix = `${subscriptionPath(subscriptionId)}/`
  const isInside = resourceId.toLowerCase().startsWith(prefix.toLowerCase())
  return isInside ? resourceId.slice(prefix.length - 1) : resourceId
}
