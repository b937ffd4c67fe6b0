import { expect, test } from 'vitest'
import { invoiceDateAfter } from '../billing-accounts/invoice-date.ts'
import { addDays, instant } from '../kernel/instant.ts'
import { offers } from '../offers/offer.ts'
import type { Subscription } from '../subscriptions/store.ts'
import { type Lifecycle, type LifecycleEvent, evolve } from '../subscriptions/subscription.ts'
import { decideSuspend } from '../subscriptions/suspend.ts'
import { type CancelPlanBody, planCancel } from './plan.ts'

const offer = offers.PayAsYouGo
const begin = instant(Date.parse('2026-09-02T09:00:00Z'))
const created: LifecycleEvent = {
  type: 'SubscriptionCreated',
  at: begin,
  offer: 'PayAsYouGo',
  accountAdministrator: 'administrator',
  term: null,
}

function suspend(before: Lifecycle, reason: 'Cancelled' | 'Unpaid', afterDays: number): Lifecycle {
  const decision = decideSuspend(before, reason, offer, addDays(begin, afterDays))
  if (!decision.accepted) throw new Error(decision.refusal.code)
  return decision.value.reduce<Lifecycle>(evolve, before)
}

const noBill = {
  currency: 'EUR',
  from: '',
  to: '',
  lineCount: 0,
  lines: [],
  subTotal: '0.00',
  credit: '0.00',
  taxRate: '0',
  tax: '0.00',
  total: '0.00',
}

function planOf(lifecycle: Lifecycle, afterDays: number): CancelPlanBody {
  const subscription: Subscription = {
    tenantId: 'tenant',
    subscriptionId: 'subscription',
    billingAccountKey: 'account',
    clockKey: null,
    offer,
    displayName: 'Planned',
    workload: 'Production',
    tags: {},
    createdAt: begin,
    planVersion: 1,
    billingVersion: 1,
    lastSubscriptionInvoice: 'usualDate',
    pastDue: false,
    lifecycle,
  }
  const nothing = { resources: [], resourceCount: 0, endings: new Map() }
  const account = {
    invoiceDay: 1,
    lastSubscriptionInvoice: 'usualDate',
    billedUntil: begin,
    periodEndsAt: invoiceDateAfter(begin, 1),
  } as const
  const money = { account, isLast: true, finalBill: noBill, commitments: [] }
  return planCancel({ subscription, ...money, ...nothing }, addDays(begin, afterDays))
}

test('the plan of a second cancel shows the dates of the first, which it moves none of', () => {
  const cancelled = suspend(evolve(null, created), 'Cancelled', 10)
  const first = planOf(evolve(null, created), 10)
  expect(first.dates.purge).toBe('2026-12-11T09:00:00.000Z')
  expect(planOf(cancelled, 70)).toEqual(first)
  expect(suspend(cancelled, 'Cancelled', 70)).toEqual(cancelled)
})

test('the plan of a cancel during another suspension is what the cancel then does', () => {
  const unpaid = suspend(evolve(null, created), 'Unpaid', 10)
  const { dates } = planOf(unpaid, 70)
  const cancelled = suspend(unpaid, 'Cancelled', 70)
  expect(Date.parse(dates.purge!)).toBe(cancelled.purgeAt)
  expect(Date.parse(dates.deletableFrom!)).toBe(cancelled.deletableFrom)
  expect(Date.parse(dates.billingStops)).toBe(cancelled.billable[0]?.closedAt)
})
