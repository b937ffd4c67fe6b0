import { type Instant, parseInstant } from '../kernel/instant.ts'
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

/** An instant in a body; refuses what is none, naming the field. */
export function instantField(field: string, text: string): Instant {
  const at = parseInstant(text)
  if (at === null) refuseRequest('invalidContent', { field, problem: { kind: 'instant' } })
  return at
}
