import type { Database } from '../database/connection.ts'
import type { Schema } from '../database/schema.ts'
import type { Clock, Instant } from '../kernel/instant.ts'
import { addMs } from '../kernel/instant.ts'
import {
  type Observation,
  ProviderFailure,
  type ResourceProvider,
  type WantedResource,
} from '../providers/contract.ts'
import { readSubscriptionById } from '../subscriptions/store.ts'
import type { Lifecycle } from '../subscriptions/subscription.ts'
import { type ClaimedWork, type WorkOutcome, workDone } from '../work/work.ts'
import { recordObserved } from './observe.ts'
import { type CallLimits, eachConcurrently, withLimit } from './provider-calls.ts'
import type { SettleDependencies } from './settle.ts'
import { settleSubscription } from './settle.ts'
import { type PendingResource, nextTry, readPending, recordFailure } from './store.ts'
import { wantedGeneration, wantedState } from './wanted.ts'

export type ApplyDependencies = SettleDependencies &
  CallLimits & {
    readonly database: Database<Schema>
    readonly clock: Clock
    readonly hostId: string
    /** By resource type, lower case. */
    readonly providers: ReadonlyMap<string, ResourceProvider>
    /** How long one call of a provider may take before it counts as failed. */
    readonly applyLimitMs: number
    /** Calls of providers under way at once for one subscription. */
    readonly concurrency: number
    /** Resources whose provider has not answered yet: it is never called twice at once for one. */
    readonly running: Set<string>
    /** Somebody waits for this resource: it was seen as it should be. */
    readonly onObserved: (uid: string) => void
  }

const pageSize = 200
const firstBackoffMs = 250
const longestBackoffMs = 60_000

/**
 * Makes the resources of one subscription on this host as they should be. Level-triggered: what is
 * wanted is read again for each, a failure delays that one alone, and the order stays until none is
 * left. Then the subscription may have reached its next state.
 */
export async function applyEffects(
  work: ClaimedWork,
  dependencies: ApplyDependencies,
): Promise<WorkOutcome> {
  const { database, clock, hostId } = dependencies
  const subscriptionId = String(work.subject['subscriptionId'])
  const place = { subscriptionId, hostId }
  for (;;) {
    const pending = await readPending(database.db, place, clock.now(), pageSize)
    if (pending.length === 0) break
    await eachConcurrently(pending, dependencies.concurrency, (resource) =>
      applyOne(subscriptionId, resource, dependencies),
    )
  }
  const nextTryAt = await nextTry(database.db, place)
  if (nextTryAt !== null)
    return { done: false, nextTryAt, error: 'resources are not yet confirmed' }
  await settleSubscription(subscriptionId, clock.now(), dependencies)
  return workDone
}

async function applyOne(
  subscriptionId: string,
  resource: PendingResource,
  dependencies: ApplyDependencies,
): Promise<void> {
  const { database, clock, providers } = dependencies
  const subscription = await readSubscriptionById(database.db, subscriptionId)
  if (subscription === null) return
  const wanted = wantedOf(subscription, resource)
  try {
    refuseOverlap(resource.uid, dependencies.running)
    const provider = providers.get(resource.type.toLowerCase())
    if (provider === undefined) {
      throw new ProviderFailure(
        `This host has no provider for ${resource.type}.`,
        'Start the version of Reprieve that made the resource, with its provider turned on.',
      )
    }
    const observation = await withLimit(dependencies.applyLimitMs, dependencies, async (signal) => {
      dependencies.running.add(resource.uid)
      try {
        return await provider.apply(wanted, signal)
      } finally {
        dependencies.running.delete(resource.uid)
      }
    })
    assertAsWanted(wanted, observation)
    await recordObserved(wanted, observation, clock.now(), dependencies)
    dependencies.onObserved(resource.uid)
  } catch (error) {
    const attempts = resource.attempts + 1
    await recordFailure(database.db, {
      uid: resource.uid,
      attempts,
      cause: error instanceof Error ? error.message : String(error),
      remedy: error instanceof ProviderFailure ? error.remedy : null,
      nextTryAt: backoff(clock.now(), attempts),
    })
  }
}

/**
 * A call that passed its limit may still be at work; a second one beside it could start a thing
 * twice.
 */
function refuseOverlap(uid: string, running: ReadonlySet<string>): void {
  if (!running.has(uid)) return
  throw new ProviderFailure(
    'It has not answered an earlier call yet.',
    'It is tried again once that call has ended; if it never does, restart the host.',
  )
}

function wantedOf(
  subscription: {
    readonly tenantId: string
    readonly subscriptionId: string
    readonly lifecycle: Lifecycle
  },
  resource: PendingResource,
): WantedResource {
  return {
    uid: resource.uid,
    tenantId: subscription.tenantId,
    subscriptionId: subscription.subscriptionId,
    name: resource.name,
    state: wantedState(subscription.lifecycle, resource),
    observed: resource.observed,
    generation: wantedGeneration(subscription.lifecycle, resource),
  }
}

/** A provider that answers something else than was asked is not believed. */
function assertAsWanted(wanted: WantedResource, observation: Observation): void {
  if (observation.state === wanted.state) return
  throw new ProviderFailure(
    `It was asked to be ${wanted.state} and is ${observation.state}.`,
    'It is tried again; if it stays so, look at the host.',
  )
}

/** Doubles from a quarter of a second to a minute. */
function backoff(now: Instant, attempts: number): Instant {
  return addMs(now, Math.min(firstBackoffMs * 2 ** Math.min(attempts, 16), longestBackoffMs))
}
