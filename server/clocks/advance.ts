import { type Decision, accept, refuse } from '../kernel/decision.ts'
import { type Instant, later } from '../kernel/instant.ts'

export type TestClock = {
  readonly now: Instant
  /** Where it is on its way to; null: it stands. */
  readonly target: Instant | null
}

export type AdvanceRefusal =
  | { readonly code: 'Backwards'; readonly now: Instant }
  | { readonly code: 'Busy'; readonly target: Instant }

/** To where a clock is sent. The same target twice is a retry. */
export function decideAdvance(
  clock: TestClock,
  to: Instant,
): Decision<{ readonly target: Instant; readonly started: boolean }, AdvanceRefusal> {
  if (clock.target !== null) {
    if (clock.target === to) return accept({ target: to, started: false })
    return refuse({ code: 'Busy', target: clock.target })
  }
  if (to < clock.now) return refuse({ code: 'Backwards', now: clock.now })
  return accept({ target: to, started: true })
}

/**
 * The next place a clock stops at: the earliest date that is due on the way, else its target. It
 * stops at each, so that what falls due sees the time at which it was due.
 */
export function nextStop(clock: TestClock & { readonly target: Instant }, due: Instant | null) {
  if (due === null || due > clock.target) return { now: clock.target, arrived: true }
  return { now: later(clock.now, due), arrived: false }
}
