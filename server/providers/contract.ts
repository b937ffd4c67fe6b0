import type { Instant } from '../kernel/instant.ts'

/**
 * What a resource should be, derived from the subscription's facts. `online`: it works. `offline`:
 * a suspension holds; its data stays readable where its kind can be read. `absent`: gone for good.
 */
export type ResourceState = 'online' | 'offline' | 'absent'

/** What a worker asks of a provider: make it so. Asked again until it is seen to be so. */
export type WantedResource = {
  readonly uid: string
  readonly tenantId: string
  readonly subscriptionId: string
  readonly name: string
  readonly state: ResourceState
  /**
   * What was last seen of it; null: never anything, it is to be made. A thing that was there and is
   * there no more is a loss to be told, never made anew and empty.
   */
  readonly observed: ResourceState | null
  /** A fencing token: a provider drops what is asked with an older one than it has seen. */
  readonly generation: number
}

/** What was seen after the work; `evidence` says how a provider knows that it is gone. */
export type Observation =
  | { readonly state: 'online' | 'offline' }
  | { readonly state: 'absent'; readonly evidence: object }

/** A request that has been parsed: what its owner wants to be true of a resource. */
export type ResourceBody = {
  readonly location: string
  readonly kind: string | null
  readonly sku: object | null
  readonly tags: { readonly [name: string]: string }
  readonly properties: { readonly [name: string]: unknown }
}

/**
 * A kind of resource on a real thing. A plain value with functions; it gets its own folder or
 * connection when it is made. Acts only on the host whose folder holds the thing.
 */
export type ResourceProvider = {
  readonly type: string
  /** Meters that run while the resource exists and its subscription is billable. */
  readonly meters: readonly string[]
  /** What a cancel does to one of this kind, in the words of the cancel plan. */
  readonly ending: {
    readonly stops: string
    readonly stays: string
    readonly loses: readonly string[]
  }
  /**
   * Makes the thing as wanted and answers what it then saw. Idempotent; may be interrupted at any
   * point and asked again. Throws a {@link ProviderFailure} with cause and remedy, or anything else
   * for a fault. Must stop soon after `signal` aborts.
   */
  readonly apply: (wanted: WantedResource, signal: AbortSignal) => Promise<Observation>
  /** Stops acting and frees what it holds; data stays. */
  readonly close: () => Promise<void>
}

/** A provider could not do its work: shown to people as it is. */
export class ProviderFailure extends Error {
  override readonly name = 'ProviderFailure'
  readonly remedy: string

  constructor(cause: string, remedy: string) {
    super(cause)
    this.remedy = remedy
  }
}

/**
 * A wanted state and how far the world is from it: what `lifecycles/default` shows per resource.
 */
export type EffectStatus = {
  readonly resourceId: string
  readonly wanted: ResourceState
  readonly observed: ResourceState | null
  readonly lastError: string | null
  readonly nextTryAt: Instant | null
  readonly remedy: string | null
}
