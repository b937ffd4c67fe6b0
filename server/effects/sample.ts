import { type Instant, later } from '../kernel/instant.ts'

/** A meter that runs: at which rate, and since when. */
export type RunningMeter = { readonly rate: bigint; readonly openedAt: Instant }

/**
 * What a sample makes of a running meter. `keep`: nothing. `replace`: the interval has only just
 * begun, and is at the new rate from its beginning. `split`: it ends at `at`, and the next begins.
 */
export type SampleDecision =
  | { readonly kind: 'keep' | 'replace' }
  | { readonly kind: 'split'; readonly at: Instant }

/** From now on only: what was charged stays so, also when the time of a machine was set back. */
export function decideSample(
  running: RunningMeter,
  rate: bigint,
  { now, billedUntil }: { readonly now: Instant; readonly billedUntil: Instant },
): SampleDecision {
  if (rate === running.rate) return { kind: 'keep' }
  const at = later(now, billedUntil)
  return at > running.openedAt ? { kind: 'split', at } : { kind: 'replace' }
}
