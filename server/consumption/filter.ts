import type { Refusal } from '../../api/refusals.ts'
import { type Decision, accept, refuse } from '../kernel/decision.ts'
import { type Instant, addMs, dayMs, earlier, instant, later } from '../kernel/instant.ts'
import type { Window } from '../usage/rate.ts'

const clause =
  /^properties\/(usageStart|usageEnd)\s+(eq|ge|gt|le|lt)\s+'(\d{4}-\d{2}-\d{2})(T[\d:.]+Z?)?'$/i

/** What may be asked for, for whoever asked for something else. */
export const supportedFilters = [
  "properties/usageStart ge '2026-03-01'",
  "properties/usageEnd le '2026-03-31'",
] as const

const forever: Window = { from: instant(0), to: instant(Date.UTC(9999, 0)) }

/**
 * Reads `$filter` on the days of usage: `eq`, `ge`, `gt`, `le`, `lt`, joined by `and`. Each row is
 * of one day, on which it starts and ends; both are compared as days (UTC), the time in a filter
 * does not count. Null: no filter. Everything else is refused: rows that were not cut as asked
 * would be summed up as if they were.
 */
export function readUsageFilter(filter: string | undefined): Decision<Window | null, Refusal> {
  if (filter === undefined || filter.trim() === '') return accept(null)
  let window = forever
  for (const part of filter.split(/\s+and\s+/i)) {
    const days = readClause(part.trim())
    if (days === null) {
      return refuse({ name: 'invalidFilter', facts: { filter, supported: supportedFilters } })
    }
    window = { from: later(window.from, days.from), to: earlier(window.to, days.to) }
  }
  return accept(window.from < window.to ? window : { from: window.from, to: window.from })
}

function readClause(text: string): Window | null {
  const [, , operator = '', date = ''] = clause.exec(text) ?? []
  const day = Date.parse(`${date}T00:00:00Z`)
  if (Number.isNaN(day) || !new Date(day).toISOString().startsWith(date)) return null
  const start = instant(day)
  const next: Instant = addMs(start, dayMs)
  switch (operator.toLowerCase()) {
    case 'eq':
      return { from: start, to: next }
    case 'ge':
      return { ...forever, from: start }
    case 'gt':
      return { ...forever, from: next }
    case 'le':
      return { ...forever, to: next }
    default:
      return { ...forever, to: start }
  }
}
