import type { Refusal } from '../../api/refusals.ts'
import { type Decision, accept, refuse } from '../kernel/decision.ts'
import { isUuid } from '../kernel/ids.ts'
import type { UsageLine } from '../usage/rate.ts'

/**
 * A place in the list of usage, which is ordered by subscription, resource and row. What is of no
 * resource has the uid ''; it comes first. {@link allOf} stands after everything of its kind.
 */
export type Position = {
  readonly subscriptionId: string
  readonly uid: string
  readonly row: string
}

/** Sorts after every uid and every row. */
export const allOf = '~'

export const beginning: Position = {
  subscriptionId: '00000000-0000-0000-0000-000000000000',
  uid: '',
  row: '',
}

/** By day, meter and price: what is used later comes later, so that pages do not shift. */
export function rowKey({ from, meter, unitPrice }: UsageLine): string {
  return `${String(from).padStart(16, '0')}/${meter}/${unitPrice}`
}

/** Reads the place that a token names; it may be anything. */
export function readPosition(after: readonly string[] | null): Decision<Position, Refusal> {
  if (after === null) return accept(beginning)
  const [subscriptionId = '', uid = '', row = ''] = after
  if (isUuid(subscriptionId) && (uid === '' || uid === allOf || isUuid(uid))) {
    return accept({ subscriptionId, uid, row })
  }
  const problem = { kind: 'invalid' } as const
  return refuse({ name: 'invalidParameter', facts: { parameter: '$skiptoken', problem } })
}

/** Whether a place lies before another one. */
export function isBefore(a: Position, b: Position): boolean {
  if (a.subscriptionId !== b.subscriptionId) return a.subscriptionId < b.subscriptionId
  return a.uid === b.uid ? a.row < b.row : a.uid < b.uid
}
