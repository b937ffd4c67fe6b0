import type { WhoMay } from '../../api/refusals.ts'
import type { Client } from '../../api/client.ts'
import { orNull } from '../or-null.ts'

/** `lifecycles/default`: where a subscription stands. Dates: ISO 8601 UTC, on its own clock. */
export type Lifecycle = {
  readonly state: string
  readonly offer: string
  readonly accountAdministrator: string
  readonly billingAccount: string
  readonly testClock: string | null
  readonly suspensions: readonly { readonly reason: string; readonly effectiveAt: string }[]
  readonly cancelledAt: string | null
  readonly deletableFrom: string | null
  readonly purgeAt: string | null
  readonly purgeStartedAt: string | null
  readonly purgedAt: string | null
  /** A trial's days or a support plan's commitment; null: no end of its own. */
  readonly term: { readonly endsAt: string; readonly renews: boolean } | null
  readonly wayBack: WhoMay | null
  readonly effects: Effects
}

export type Effects = {
  readonly total: number
  readonly done: number
  readonly pending?: readonly { readonly resourceId: string }[]
  readonly stuck: readonly Stuck[]
}

export type Stuck = {
  readonly resourceId: string
  readonly cause: string
  readonly remedy: string
}

/**
 * A support plan is paid to the end of its term and serves until then: a cancel of it suspends
 * nothing, and it holds nothing that could be purged.
 */
export function isSupportPlan({ offer }: { readonly offer: string }): boolean {
  return offer.startsWith('Support')
}

/** Also of a support plan, whose cancel is that it does not renew. */
export function isCancelled(lifecycle: Lifecycle): boolean {
  return isSupportPlan(lifecycle)
    ? lifecycle.term?.renews === false || hasSuspension(lifecycle, 'Expired')
    : lifecycle.cancelledAt !== null
}

export function hasSuspension({ suspensions }: Lifecycle, wanted: string): boolean {
  return suspensions.some(({ reason }) => reason === wanted)
}

export function lifecyclePath(subscriptionId: string): string {
  return `/subscriptions/${subscriptionId}/providers/Reprieve.Lifecycle/lifecycles/default`
}

/** Answers for a purged subscription too. */
export async function readLifecycle(client: Client, subscriptionId: string): Promise<Lifecycle> {
  type Body = { readonly properties: Lifecycle }
  const { body } = await client.request<Body>('GET', lifecyclePath(subscriptionId))
  return body.properties
}

/**
 * The time that counts for a subscription (ISO 8601 UTC): its test clock's, else real time. Null
 * when the caller may not read the clock.
 */
export async function readNow(client: Client, lifecycle: Lifecycle): Promise<string | null> {
  if (lifecycle.testClock === null) return new Date(client.now()).toISOString()
  const path = `/providers/Reprieve.Lifecycle/testClocks/${encodeURIComponent(lifecycle.testClock)}`
  type Clock = { readonly properties: { readonly now: string } }
  const found = await orNull(client.request<Clock>('GET', path))
  return found?.body.properties.now ?? null
}
