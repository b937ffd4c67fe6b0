import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type Instant, addDays, addMs, dayMs } from '../kernel/instant.ts'
import { type OfferName, offers } from '../offers/offer.ts'
import { decideCancel } from './cancel.ts'
import { decideDelete, decideDisabled, decidePurge, decidePurged } from './purge.ts'
import { decideReactivate } from './reactivate.ts'
import {
  type Lifecycle,
  type LifecycleEvent,
  type SuspensionReason,
  evolve,
  publishedState,
} from './subscription.ts'
import { decideSuspend } from './suspend.ts'
import { firstTerm } from './term.ts'

const start = Date.parse('2026-11-01T00:00:00Z') as Instant
const reasons: SuspensionReason[] = [
  'Cancelled',
  'Expired',
  'SpendingLimitReached',
  'Unpaid',
  'PolicyViolation',
]

/** Support plans hold no data: see `term.property.test.ts`. */
const retaining = (Object.keys(offers) as OfferName[]).filter(
  (offer) => offers[offer].retentionDays !== null,
)
const retentionOf = (offer: OfferName): number => offers[offer].retentionDays!

type Command =
  | { readonly do: 'suspend' | 'lift'; readonly reason: SuspensionReason }
  | { readonly do: 'cancel' | 'enable' | 'purge' | 'confirm' | 'seenGone' }
  | { readonly do: 'delete'; readonly typed: string }

const waitMs = fc.oneof(
  fc.constantFrom(0, 1, dayMs, 3 * dayMs - 1, 3 * dayMs, 90 * dayMs - 1, 90 * dayMs),
  fc.integer({ min: 0, max: 100 * dayMs }),
)
const command: fc.Arbitrary<Command> = fc.oneof(
  { weight: 3, arbitrary: fc.constant({ do: 'cancel' } as const) },
  { weight: 2, arbitrary: fc.constant({ do: 'enable' } as const) },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constantFrom('suspend', 'lift'),
      reason: fc.constantFrom(...reasons),
    }),
  },
  { weight: 2, arbitrary: fc.constant({ do: 'purge' } as const) },
  { weight: 1, arbitrary: fc.constantFrom({ do: 'confirm' }, { do: 'seenGone' } as const) },
  {
    weight: 1,
    arbitrary: fc.record({ do: fc.constant('delete'), typed: fc.constantFrom('right', 'wrong') }),
  } as fc.WeightedArbitrary<Command>,
)
const history = fc.record({
  offer: fc.constantFrom<OfferName>(...retaining),
  steps: fc.array(fc.record({ waitMs, command }), { maxLength: 25 }),
})

/** What a command makes of a subscription: the events of the rule, or none where it refuses. */
function decide(before: Lifecycle, asked: Command, now: Instant): readonly LifecycleEvent[] {
  const offer = offers[before.offer]
  const plain = { plan: null, ignoreResourceCheck: true }
  const facts = { offer, planVersion: 1, billingVersion: 1, hasResources: false }
  const decided = {
    cancel: () => decideCancel(before, plain, facts, { now, realNow: now }),
    enable: () => decideReactivate(before, now),
    purge: () => decidePurge(before, now),
    delete: () =>
      decideDelete(before, { typed: 'typed' in asked ? asked.typed : '', actual: 'right' }, now),
    suspend: () => decideSuspend(before, 'reason' in asked ? asked.reason : 'Unpaid', offer, now),
    lift: () => ({ accepted: true as const, value: lift(before, asked, now) }),
    confirm: () => ({ accepted: true as const, value: decideDisabled(before, 0, now) }),
    seenGone: () => ({ accepted: true as const, value: decidePurged(before, 0, now) }),
  }[asked.do]()
  return decided.accepted ? decided.value : []
}

/** The other ways back (a payment, an upgrade) lift one reason, before the purge. */
function lift(before: Lifecycle, asked: Command, at: Instant): readonly LifecycleEvent[] {
  const reason = 'reason' in asked ? asked.reason : 'Unpaid'
  const holds = before.suspensions.some((suspension) => suspension.reason === reason)
  if (!holds || before.purgeStartedAt !== null) return []
  return [{ type: 'SuspensionLifted', at, reason }]
}

type Step = {
  readonly asked: Command
  readonly now: Instant
  readonly before: Lifecycle
  readonly after: Lifecycle
  readonly events: readonly LifecycleEvent[]
}

function play(offer: OfferName, steps: readonly { waitMs: number; command: Command }[]): Step[] {
  const created = {
    type: 'SubscriptionCreated',
    at: start,
    offer,
    accountAdministrator: 'a',
    term: firstTerm(offers[offer], start),
  } as const
  let now = start
  let before = evolve(null, created)
  return steps.map(({ waitMs: wait, command: asked }) => {
    now = addMs(now, wait)
    const events = decide(before, asked, now)
    const after = events.reduce<Lifecycle>((state, event) => evolve(state, event), before)
    const step = { asked, now, before, after, events }
    before = after
    return step
  })
}

/** Asserts something of every step of every history. */
function always(check: (step: Step, all: readonly Step[], index: number) => void): void {
  fc.assert(
    fc.property(history, ({ offer, steps }) => {
      const all = play(offer, steps)
      all.forEach((step, index) => check(step, all, index))
    }),
    { numRuns: 400 },
  )
}

describe('promise 1: no charge after cancel', () => {
  test('what is billable ends at the suspension and begins again when the last one is lifted', () => {
    fc.assert(
      fc.property(history, ({ offer, steps }) => {
        // The test's own book: which reasons hold, and since when it is charged.
        const holding = new Set<string>()
        const wanted: { from: Instant; to: Instant | null }[] = [{ from: start, to: null }]
        let last: Lifecycle | null = null
        for (const { events, after, now } of play(offer, steps)) {
          for (const event of events) {
            if (event.type === 'SubscriptionSuspended') {
              if (holding.size === 0) wanted.at(-1)!.to = now
              holding.add(event.reason)
            }
            if (event.type === 'SuspensionLifted') {
              holding.delete(event.reason)
              if (holding.size === 0) wanted.push({ from: now, to: null })
            }
          }
          last = after
          const open = after.billable.filter((interval) => interval.closedAt === null)
          expect(open).toHaveLength(holding.size === 0 ? 1 : 0)
        }
        const charged = last?.billable.map(({ openedAt, closedAt }) => ({
          from: openedAt,
          to: closedAt,
        }))
        expect(charged ?? wanted).toEqual(wanted)
      }),
    )
  })

  test('no two billable intervals overlap', () => {
    always(({ after }) => {
      after.billable.forEach((interval, index) => {
        const previous = after.billable[index - 1]
        if (previous === undefined) return
        expect(previous.closedAt).not.toBeNull()
        expect(interval.openedAt).toBeGreaterThanOrEqual(previous.closedAt!)
      })
    })
  })
})

/** The test's own reading: some days after the cancel, with the name typed. */
function mayEndEarly({ offer, suspensions }: Lifecycle, asked: Command, now: Instant): boolean {
  const cancel = suspensions.find((one) => one.reason === 'Cancelled')
  const isTyped = 'typed' in asked && asked.typed === 'right'
  const days = offers[offer].deletableAfterDays
  return isTyped && cancel !== undefined && now >= cancel.effectiveAt + days * dayMs
}

/** The whole retention after the first suspension, and after a cancel that still holds. */
function isDue({ offer, suspendedSince, suspensions }: Lifecycle, now: Instant): boolean {
  const cancel = suspensions.find((one) => one.reason === 'Cancelled')
  const since = Math.max(suspendedSince ?? now, cancel?.effectiveAt ?? 0)
  return now >= since + retentionOf(offer) * dayMs
}

describe('promise 3: never early', () => {
  test('a purge begins at its date or later, or because somebody who may asked for it', () => {
    always(({ asked, before, events, now }) => {
      if (!events.some((event) => event.type === 'SubscriptionPurgeStarted')) return
      expect(asked.do === 'delete' ? mayEndEarly(before, asked, now) : isDue(before, now)).toBe(
        true,
      )
    })
  })

  test('while a suspension holds, its date is never brought forward nor taken away', () => {
    always(({ before, after }) => {
      if (before.purgeAt === null || after.suspensions.length === 0) return
      expect(after.purgeAt).toBeGreaterThanOrEqual(before.purgeAt)
    })
  })

  test('there is a date exactly as long as a suspension holds', () => {
    always(({ after }) => {
      expect(after.purgeAt === null).toBe(after.suspensions.length === 0)
      expect(after.suspendedSince === null).toBe(after.suspensions.length === 0)
    })
  })

  test('a cancel during another suspension gives the whole retention again', () => {
    always(({ asked, before, after, events, now }) => {
      if (asked.do !== 'cancel' || events.length === 0) return
      const full = now + retentionOf(before.offer) * dayMs
      expect(after.purgeAt).toBe(Math.max(full, before.purgeAt ?? 0))
    })
  })

  test('one millisecond before its date it is refused, at its date it begins', () => {
    for (const offer of retaining) {
      const [{ after }] = play(offer, [{ waitMs: 5, command: { do: 'cancel' } }]) as [Step]
      const date = addDays(addMs(start, 5), retentionOf(offer))
      expect(decidePurge(after, addMs(date, -1))).toMatchObject({ accepted: false })
      expect(decidePurge(after, date)).toMatchObject({ accepted: true, value: [{ at: date }] })
      expect(decideReactivate(after, addMs(date, -1))).toMatchObject({ accepted: true })
      expect(decideReactivate(after, date)).toMatchObject({ accepted: false })
      const early = addDays(addMs(start, 5), offers[offer].deletableAfterDays)
      const names = { typed: 'n', actual: 'n' }
      expect(decideDelete(after, names, addMs(early, -1))).toMatchObject({ accepted: false })
      expect(decideDelete(after, names, early)).toMatchObject({ accepted: true })
    }
  })
})

describe('promise 6: twice is once', () => {
  test('whatever is asked again, at once or much later, changes nothing and moves no date', () => {
    fc.assert(
      fc.property(history, waitMs, ({ offer, steps }, later) => {
        for (const { asked, now, after, events } of play(offer, steps)) {
          if (events.length === 0) continue
          expect(decide(after, asked, addMs(now, later))).toEqual([])
        }
      }),
    )
  })
})

describe('the wanted state', () => {
  test('its generation rises with every change of what resources should be, and never falls', () => {
    const wish = ({ suspensions, purgeStartedAt }: Lifecycle): string =>
      purgeStartedAt === null ? (suspensions.length === 0 ? 'online' : 'offline') : 'absent'
    always(({ before, after }) => {
      const changed = wish(before) !== wish(after)
      expect(after.generation - before.generation).toBe(changed ? 1 : 0)
    })
  })

  test('nothing comes back once its purge has begun', () => {
    always(({ before, after }) => {
      if (before.purgeStartedAt === null) return
      expect(publishedState(after)).toBe('Deleted')
      expect(after.purgeStartedAt).toBe(before.purgeStartedAt)
      expect(after.suspensions).toEqual(before.suspensions)
    })
  })

  test('once latched, Disabled stays until the last suspension is lifted', () => {
    always(({ before, after }) => {
      if (publishedState(before) !== 'Disabled' || after.suspensions.length === 0) return
      expect(['Disabled', 'Deleted']).toContain(publishedState(after))
    })
  })
})

describe('promise 13: rows equal the fold of their events', () => {
  test('the events of a history, stored as text and read again, fold to where it ended', () => {
    fc.assert(
      fc.property(history, ({ offer, steps }) => {
        const played = play(offer, steps)
        const created: LifecycleEvent = {
          type: 'SubscriptionCreated',
          at: start,
          offer,
          accountAdministrator: 'a',
          term: firstTerm(offers[offer], start),
        }
        const stored = [created, ...played.flatMap((step) => step.events)].map(
          (event) => JSON.parse(JSON.stringify(event)) as LifecycleEvent,
        )
        const folded = stored.reduce<Lifecycle | null>((state, event) => evolve(state, event), null)
        expect(folded).toEqual(played.at(-1)?.after ?? evolve(null, created))
        for (const [index, event] of stored.entries()) {
          expect(event.at).toBeGreaterThanOrEqual(stored[index - 1]?.at ?? start)
        }
      }),
    )
  })
})
