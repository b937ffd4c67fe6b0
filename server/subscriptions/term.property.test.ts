import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { addMonths } from '../kernel/calendar.ts'
import { type Instant, addMs, dayMs } from '../kernel/instant.ts'
import { type SupportOfferName, offers } from '../offers/offer.ts'
import { decideCancel } from './cancel.ts'
import { decideLift } from './lift.ts'
import { decideReactivate } from './reactivate.ts'
import { type Lifecycle, type LifecycleEvent, evolve, publishedState } from './subscription.ts'
import { decideSuspend } from './suspend.ts'
import { decideTermEnd, firstTerm, monthStarts } from './term.ts'

const plans: readonly SupportOfferName[] = ['SupportStandard', 'SupportStandardMonthly']
const commands = ['cancel', 'resume', 'end', 'unpaid', 'paid'] as const
const history = fc.record({
  offer: fc.constantFrom(...plans),
  boughtAt: fc.date({
    min: new Date('2026-01-01T00:00:00Z'),
    max: new Date('2028-12-31T23:59:59Z'),
    noInvalidDate: true,
  }),
  steps: fc.array(
    fc.record({
      waitMs: fc.oneof(fc.integer({ min: 0, max: 80 * dayMs }), fc.constantFrom(0, 1, 31 * dayMs)),
      command: fc.constantFrom(...commands),
    }),
    { maxLength: 25 },
  ),
})

type Step = { readonly now: Instant; readonly before: Lifecycle; readonly after: Lifecycle }

/** What each command makes of a support plan; a term that has ended is ended before the next. */
function play(
  name: SupportOfferName,
  boughtAt: Instant,
  steps: readonly { readonly waitMs: number; readonly command: (typeof commands)[number] }[],
): Step[] {
  const offer = offers[name]
  const created = {
    type: 'SubscriptionCreated',
    at: boughtAt,
    offer: name,
    accountAdministrator: 'a',
    term: firstTerm(offer, boughtAt),
  } as const
  const played: Step[] = []
  let state = evolve(null, created)
  let now = boughtAt
  const take = (events: readonly LifecycleEvent[]): void => {
    const before = state
    state = events.reduce<Lifecycle>(evolve, state)
    played.push({ now, before, after: state })
  }
  const endTerm = (): void => {
    const decision = decideTermEnd(state, offer, { createdAt: boughtAt, now })
    take(decision.accepted ? decision.value : [])
  }
  const facts = { offer, planVersion: 1, billingVersion: 1, hasResources: false }
  for (const { waitMs, command } of steps) {
    now = addMs(now, waitMs)
    endTerm()
    const plain = { plan: null, ignoreResourceCheck: false }
    const decided = {
      cancel: () => decideCancel(state, plain, facts, { now, realNow: now }),
      resume: () => decideReactivate(state, now),
      end: () => decideTermEnd(state, offer, { createdAt: boughtAt, now }),
      unpaid: () => decideSuspend(state, 'Unpaid', offer, now),
      paid: () => ({ accepted: true as const, value: decideLift(state, ['Unpaid'], now) }),
    }[command]()
    take(decided.accepted ? decided.value : [])
  }
  return played
}

const hasExpired = ({ suspensions }: Lifecycle): boolean =>
  suspensions.some(({ reason }) => reason === 'Expired')

function always(check: (step: Step, boughtAt: Instant) => void): void {
  fc.assert(
    fc.property(history, ({ offer, boughtAt, steps }) => {
      const at = boughtAt.getTime() as Instant
      for (const step of play(offer, at, steps)) check(step, at)
    }),
    { numRuns: 300 },
  )
}

test('a cancel suspends nothing and moves no date: a plan serves to the end of its term', () => {
  always(({ before, after }) => {
    expect(after.cancelledAt).toBeNull()
    expect(after.purgeAt).toBeNull()
    if (before.term?.endsAt === after.term?.endsAt) return
    // A term is only ever followed by the next, of a plan that was to renew.
    expect(before.term?.renews).toBe(true)
    expect(after.term!.endsAt).toBeGreaterThan(before.term!.endsAt)
  })
})

test('a term ends a whole number of terms after the day that the plan was bought', () => {
  always(({ after }, boughtAt) => {
    const length = offers[after.offer].term
    const months = length?.kind === 'commitment' ? length.months : 0
    const ends = Array.from({ length: 80 }, (_, terms) => addMonths(boughtAt, (terms + 1) * months))
    expect(ends).toContain(after.term?.endsAt)
  })
})

test('a plan that has ended stays ended, and only one that does not renew, or owes, ends', () => {
  always(({ before, after, now }) => {
    expect(hasExpired(before) && !hasExpired(after)).toBe(false)
    expect(hasExpired(after) && publishedState(after) === 'Enabled').toBe(false)
    if (hasExpired(before) || !hasExpired(after)) return
    expect(now).toBeGreaterThanOrEqual(before.term!.endsAt)
    expect(before.term?.renews === false || before.suspensions.length > 0).toBe(true)
  })
})

test('the months of a term are as many as it has, none twice, each on the day it was bought', () => {
  const bought = fc.date({
    min: new Date('2026-01-01'),
    max: new Date('2030-01-01'),
    noInvalidDate: true,
  })
  fc.assert(
    fc.property(bought, fc.integer({ min: 1, max: 30 }), (date, months) => {
      const boughtAt = date.getTime() as Instant
      const endsAt = addMonths(boughtAt, months)
      const starts = monthStarts({ boughtAt, endsAt }, addMonths(boughtAt, 100))
      expect(starts).toHaveLength(months)
      for (const [index, start] of starts.entries()) {
        const at = new Date(start)
        const monthsOn = (at.getUTCFullYear() - date.getUTCFullYear()) * 12 + at.getUTCMonth()
        expect(monthsOn - date.getUTCMonth()).toBe(index)
        const lastDay = new Date(Date.UTC(at.getUTCFullYear(), at.getUTCMonth() + 1, 0))
        expect(at.getUTCDate()).toBe(Math.min(date.getUTCDate(), lastDay.getUTCDate()))
        expect(start % dayMs).toBe(boughtAt % dayMs)
      }
    }),
  )
})
