import type { CancelPlan } from './cancel-plan.ts'
import type { Lifecycle } from './lifecycle.ts'

export const subscription = { subscriptionId: 'id-1', displayName: 'Demo shop' }
export const administrator = {
  act: 'reactivate',
  by: 'accountAdministrator',
  objectId: 'object-1',
  action: 'Microsoft.Subscription/enable/action',
} as const

export const plan: CancelPlan = {
  name: 'plan-1',
  properties: {
    subscriptionId: 'id-1',
    expiresAt: '2026-11-22T04:00:00.000Z',
    offer: 'PayAsYouGo',
    cancelAt: '2026-11-01T09:00:00.000Z',
    resourceCount: 1,
    resources: [
      {
        resourceId: '/subscriptions/id-1/a',
        type: 'T',
        whatStops: 'writes are refused',
        whatStays: 'every blob',
        whatIsLost: ['its address', 'its name'],
      },
    ],
    dates: {
      billingStops: '2026-11-01T09:00:00.000Z',
      finalInvoice: '2026-12-01T00:00:00.000Z',
      deletableFrom: '2026-11-04T09:00:00.000Z',
      readableUntil: '2027-01-30T09:00:00.000Z',
      purge: '2027-01-30T09:00:00.000Z',
    },
    finalBill: {
      currency: 'EUR',
      from: '2026-10-15T00:00:00.000Z',
      to: '2026-11-01T09:00:00.000Z',
      lineCount: 1,
      lines: [
        {
          resourceId: '/subscriptions/id-1/x/demoshop',
          meter: 'storage-gb-months',
          quantity: '11.178082',
          unit: 'GB-month',
          unitPrice: '0.0171',
          amount: '0.19',
        },
      ],
      subTotal: '0.19',
      credit: '0.00',
      taxRate: '19',
      tax: '0.04',
      total: '0.23',
    },
    commitments: [],
    wayBack: administrator,
    whoMayDeleteEarly: { ...administrator, act: 'delete', by: 'owners' },
  },
}

export const disabled: Lifecycle = {
  state: 'Disabled',
  offer: 'PayAsYouGo',
  accountAdministrator: 'object-1',
  billingAccount: 'demo',
  testClock: 'demo',
  suspensions: [{ reason: 'Cancelled', effectiveAt: '2026-11-01T09:00:00.000Z' }],
  cancelledAt: '2026-11-01T09:00:00.000Z',
  deletableFrom: '2026-11-04T09:00:00.000Z',
  purgeAt: '2027-01-30T09:00:00.000Z',
  purgeStartedAt: null,
  purgedAt: null,
  term: null,
  wayBack: administrator,
  effects: { total: 2, done: 2, stuck: [] },
}
