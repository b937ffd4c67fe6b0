import { expect, test } from 'vitest'
import { advancedText } from '../clock/advance.ts'
import { follow, isBack, isDisabled } from './follow.ts'
import type { Lifecycle } from './lifecycle.ts'
import { outcomeText } from './outcome-text.ts'
import { disabled, plan, subscription } from './plan-fixture.ts'
import { planText } from './plan-text.ts'
import { showText } from './show-text.ts'

const stuck = [{ resourceId: '/a', cause: 'the disk is full', remedy: 'free some of it' }]

test('a plan says what stops, what stays, what is lost, when, and who may bring it back', () => {
  const text = planText(subscription, plan)
  for (const part of [
    'If Demo shop (id-1) is cancelled now:',
    'stops: writes are refused',
    'stays: every blob',
    'lost:  its address; its name',
    '2027-01-30 09:00 UTC (90 days, free)',
    '2026-12-01 00:00 UTC',
    'the account administrator (object id object-1)',
    'an Owner of the subscription',
    'Plan plan-1, good until 2026-11-22 04:00 UTC (real time).',
  ]) {
    expect(text).toContain(part)
  }
})

test('a plan of more resources than it names counts the others', () => {
  const text = planText(subscription, {
    ...plan,
    properties: { ...plan.properties, resourceCount: 1001 },
  })
  expect(text).toContain('1001 resources:')
  expect(text).toContain('and 1000 more resources')
})

test('where a subscription stands: state, reason, days left, and who may', () => {
  const text = showText(subscription, disabled, '2026-11-02T09:00:00.000Z')
  expect(text).toMatch(/State +Disabled: Cancelled since 2026-11-01 09:00 UTC/)
  expect(text).toMatch(/Cancelled +2026-11-01 09:00 UTC \(1 day ago\)/)
  expect(text).toMatch(/Readable until +2027-01-30 09:00 UTC \(in 89 days\)/)
  expect(text).toMatch(/May reactivate +the account administrator/)
})

test('a purged subscription promises nothing any more', () => {
  const purgedAt = '2027-01-30T09:00:00.000Z'
  const purged = { ...disabled, state: 'Deleted', purgedAt, purgeStartedAt: purgedAt }
  const text = showText({ ...subscription, displayName: null }, purged, purgedAt)
  expect(text).toMatch(/Gone +2027-01-30 09:00 UTC \(now\)/)
  expect(text).not.toMatch(/Readable|reactivate|Early/)
  expect(text).toMatch(/Resources +2 of 2 gone/)
})

test('a subscription that nothing suspends has no way back to tell, and an empty one no resources', () => {
  const enabled = {
    ...disabled,
    state: 'Enabled',
    suspensions: [],
    cancelledAt: null,
    purgeAt: null,
  }
  expect(showText(subscription, enabled, null)).not.toContain('reactivate')
  const empty = { ...enabled, effects: { total: 0, done: 0, stuck: [] } }
  expect(outcomeText(subscription, empty, null)).toBe('Demo shop (id-1) is Enabled.')
})

test('a step that is stuck shows its cause and its remedy', () => {
  const draining = { ...disabled, state: 'Warned', effects: { total: 2, done: 1, stuck } }
  for (const text of [
    showText(subscription, draining, null),
    outcomeText(subscription, draining, null),
  ]) {
    expect(text).toContain('Stuck (1 resource):')
    expect(text).toMatch(/why: the disk is full\n +do: +free some of it/)
  }
  const work = [{ kind: 'purge', subject: 'id-1', attempts: 3, cause: null }]
  expect(advancedText('demo', { now: '2026-11-01T09:00:00.000Z', stuck: work })).toBe(
    'demo shows 2026-11-01 09:00 UTC. Stuck (1 step):\n  purge id-1, tried 3 times: no answer yet',
  )
})

/** Follows a subscription that goes through these states, one at each look. */
async function followed(states: readonly Lifecycle[], isDone: (lifecycle: Lifecycle) => boolean) {
  let looks = 0
  const client = {
    request: async () => {
      const properties = states[Math.min(looks, states.length - 1)]
      looks += 1
      return { status: 200, headers: {}, body: { properties } }
    },
    wait: async () => {},
  }
  const shown: string[] = []
  const progress = { show: (text: string) => shown.push(text), clear: () => {} }
  const last = await follow(client as never, 'id-1', isDone, progress)
  return { last, looks, shown }
}

test('draining is followed to its end, and how far it is is shown', async () => {
  const draining = { ...disabled, state: 'Warned', effects: { total: 2, done: 1, stuck: [] } }
  const { last, looks, shown } = await followed([draining, draining, disabled], isDisabled)
  expect(last.state).toBe('Disabled')
  expect(looks).toBe(3)
  expect(shown).toEqual(Array(2).fill('Warned: 1 of 2 resources done'))
})

test('what is stuck is not waited for', async () => {
  const draining = { ...disabled, state: 'Warned', effects: { total: 2, done: 1, stuck } }
  const { last, looks } = await followed([draining], isDisabled)
  expect(last.effects.stuck).toEqual(stuck)
  expect(looks).toBe(1)
})

test('a subscription that another suspension holds is not waited for to come back', () => {
  const expired = [{ reason: 'Expired', effectiveAt: '2026-11-01T09:00:00.000Z' }]
  expect(isBack({ ...disabled, suspensions: expired })).toBe(true)
  const coming = { ...disabled, state: 'Enabled', suspensions: [] }
  expect(isBack({ ...coming, effects: { total: 2, done: 1, stuck: [] } })).toBe(false)
  expect(isBack(coming)).toBe(true)
})
