import { type Instant, dayMs, instant } from '../kernel/instant.ts'
import { type OperationRequest, refuseRequest } from '../pipeline/operation.ts'

type Query = OperationRequest['query']

const unsupported = ['filter', 'orderby', 'search', 'skip'] as const

/** A list that was cut or sorted otherwise than asked would be taken for what was asked. */
export function refuseUnsupported(query: Query): void {
  const found = unsupported.find((name) => (query[name] ?? '') !== '')
  if (found === undefined) return
  const problem = { kind: 'unsupported' } as const
  refuseRequest('invalidParameter', { parameter: `$${found}`, problem })
}

const monthFirst = /^(\d{2})-(\d{2})-(\d{4})$/
const yearFirst = /^(\d{4})-(\d{2})-(\d{2})(T.*)?$/

/**
 * `periodStartDate` and `periodEndDate`: invoices dated from the first day to the last, both
 * included. Null: no end on that side.
 */
export function readDates(query: Query): { readonly from: Instant; readonly to: Instant } | null {
  const from = readDate(query, 'periodstartdate', 'periodStartDate')
  const to = readDate(query, 'periodenddate', 'periodEndDate')
  if (from === null && to === null) return null
  const end = to === null ? instant(Date.UTC(9999, 0)) : instant(to + dayMs)
  return { from: from ?? instant(0), to: end }
}

/** The same query with the names of the dates as they are published, for a link to a next page. */
export function writtenDates(query: Query): Query {
  const { periodstartdate, periodenddate, ...rest } = query
  return {
    ...rest,
    ...(periodstartdate === undefined ? {} : { periodStartDate: periodstartdate }),
    ...(periodenddate === undefined ? {} : { periodEndDate: periodenddate }),
  }
}

/** `MM-DD-YYYY` as the description of 2020-05-01 says, or `YYYY-MM-DD`, which clients send. */
function readDate(query: Query, name: string, parameter: string): Instant | null {
  const text = query[name]
  if (text === undefined || text === '') return null
  const american = monthFirst.exec(text)
  const iso = yearFirst.exec(text)
  const [year, month, day] =
    american === null ? (iso?.slice(1, 4) ?? []) : [american[3], american[1], american[2]]
  const date = `${year}-${month}-${day}`
  const at = Date.parse(`${date}T00:00:00Z`)
  if (!Number.isNaN(at) && new Date(at).toISOString().startsWith(date)) return instant(at)
  const problem = { kind: 'date' } as const
  return refuseRequest('invalidParameter', { parameter, problem })
}
