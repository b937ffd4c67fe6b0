import type { ResourceState } from '../providers/contract.ts'
import { type Lifecycle, isSuspended } from '../subscriptions/subscription.ts'

/** What of a resource decides what it should be, beside its subscription. */
export type ResourceFacts = {
  readonly generation: number
  readonly deleted: boolean
}

/**
 * What a resource should be now: derived from facts, never stored, so that a late worker cannot
 * carry out a wish that is no longer one.
 */
export function wantedState(lifecycle: Lifecycle, resource: ResourceFacts): ResourceState {
  if (lifecycle.purgeStartedAt !== null || resource.deleted) return 'absent'
  return isSuspended(lifecycle) ? 'offline' : 'online'
}

/** Rises when either the subscription's or the resource's own wish changes: the fencing token. */
export function wantedGeneration(lifecycle: Lifecycle, resource: ResourceFacts): number {
  return lifecycle.generation + resource.generation
}
