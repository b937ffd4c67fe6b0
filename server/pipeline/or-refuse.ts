import type { Refusal } from '../../api/refusals.ts'
import type { Decision } from '../kernel/decision.ts'
import { RequestRefused } from './operation.ts'

/** What a rule accepted; its refusal becomes the answer of the request. */
export function orRefuse<Accepted>(decision: Decision<Accepted, Refusal>): Accepted {
  if (!decision.accepted) throw new RequestRefused(decision.refusal)
  return decision.value
}
