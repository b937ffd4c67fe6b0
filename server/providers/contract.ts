import type { Instant } from '../kernel/instant.ts'
import type { MeterName } from '../prices/meter.ts'

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
 * A meter of a kind of resource, and at which rate (bytes, vCPUs, addresses) it runs. A function:
 * as the resource was asked for. `sampled`: as it was measured last, and at 0 until it first was.
 */
export type ProviderMeter = {
  readonly name: MeterName
  readonly rate: 'sampled' | ((body: ResourceBody) => bigint)
}

/** What was measured: the rate of each sampled meter. */
export type MeasuredRates = { readonly [Name in MeterName]?: bigint }

/**
 * A kind of resource on a real thing. A plain value with functions; it gets its own folder or
 * connection when it is made. Acts only on the host whose folder holds the thing.
 */
export type ResourceProvider = {
  readonly type: string
  /** Meters that run while the resource exists and its subscription is billable. */
  readonly meters: readonly ProviderMeter[]
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
  /**
   * Reads the rates of the sampled meters as they are now; of a provider that has one. Changes
   * nothing, and may run beside everything else. Throws as `apply` does; a rate that cannot be read
   * is never answered as 0.
   */
  readonly measure?: (uid: string, signal: AbortSignal) => Promise<MeasuredRates>
  /** Stops acting and frees what it holds; data stays. */
  readonly close: () => Promise<void>
}

/** The meters of a new resource, each with the rate at which it begins. */
export function firstRates(
  meters: readonly ProviderMeter[],
  body: ResourceBody,
): readonly { readonly name: MeterName; readonly rate: bigint }[] {
  return meters.map(({ name, rate }) => ({ name, rate: rate === 'sampled' ? 0n : rate(body) }))
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
