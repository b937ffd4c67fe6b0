import { type Instant, formatInstant, instant, parseInstant } from '../kernel/instant.ts'
import { refuseRequest } from '../pipeline/operation.ts'
import { lifecycleApiVersions } from '../subscriptions/api-versions.ts'

export const clockPath = '/providers/Reprieve.Lifecycle/testClocks'
/** What all operations on test clocks have in common. */
export const clockOperation = {
  type: 'Reprieve.Lifecycle/testClocks',
  apiVersions: lifecycleApiVersions,
  scope: () => '/',
  whenSuspended: 'not of a subscription',
} as const

/**
 * Where a test clock may stand. Histories begin at the epoch; and every date that is counted from
 * where a clock stands must still be one that can be written.
 */
const earliest = instant(0)
const latest = instant(Date.UTC(9000, 0))

/** An instant in a body; refuses what is none, naming the field. */
export function instantField(field: string, text: string): Instant {
  const at = parseInstant(text)
  if (at === null) refuseRequest('invalidContent', { field, problem: { kind: 'instant' } })
  return clockInstant(field, at)
}

/** Refuses milliseconds since the epoch at which no test clock may stand, naming the field. */
export function clockInstant(field: string, epochMs: number): Instant {
  if (epochMs >= earliest && epochMs <= latest) return instant(epochMs)
  const range = { earliest: formatInstant(earliest), latest: formatInstant(latest) }
  const problem = { kind: 'instantBetween', ...range } as const
  return refuseRequest('invalidContent', { field, problem })
}
