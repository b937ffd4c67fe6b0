import { type Actor, readers, tenantReaders, writers } from './actors.ts'
import { admitted } from './expectation.ts'
import type { Row } from './row.ts'

const subscription = '/subscriptions/:subscriptionId'
const lifecycle = `${subscription}/providers/Reprieve.Lifecycle`
const never = '00000000-0000-4000-8000-00000000dead'

/** Who reads what is left of a subscription: who paid for it last, and who reads its account. */
const purgeReaders: readonly Actor[] = [
  'accountAdministrator',
  'billingOwner',
  'billingReader',
  ...tenantReaders,
]
const lifecycleReaders: readonly Actor[] = [...readers, 'accountAdministrator', 'wildcard']

/** A subscription, its life and its end. */
export const lifecycleRows: readonly Row[] = [
  {
    operation: 'Subscriptions_Get',
    method: 'GET',
    inSubscription: [
      {
        path: subscription,
        may: [...readers, 'accountAdministrator', 'literal'],
        suspended: 'passes',
        passes: '200',
      },
    ],
  },
  {
    operation: 'Subscriptions_ListLocations',
    method: 'GET',
    inSubscription: [
      {
        path: `${subscription}/locations`,
        may: [...readers, 'accountAdministrator'],
        suspended: 'passes',
        passes: '200',
      },
    ],
  },
  {
    operation: 'Subscription_Cancel',
    method: 'POST',
    inSubscription: [
      {
        path: `${subscription}/providers/Microsoft.Subscription/cancel`,
        // A plan that there is not stops whoever may after the gate, and nothing is cancelled.
        query: `cancelPlan=${never}`,
        may: admitted.PayAsYouGo.cancel,
        act: 'cancel',
        suspended: 'passes',
        passes: '404 CancelPlanNotFound',
      },
    ],
  },
  {
    operation: 'Subscription_Enable',
    method: 'POST',
    inSubscription: [
      {
        path: `${subscription}/providers/Microsoft.Subscription/enable`,
        may: admitted.PayAsYouGo.reactivate,
        act: 'reactivate',
        suspended: 'passes',
        passes: '200',
        changes: true,
      },
    ],
  },
  {
    operation: 'Subscription_Delete',
    method: 'POST',
    inSubscription: [
      {
        path: `${lifecycle}/delete`,
        body: { subscriptionName: 'not its name' },
        may: admitted.PayAsYouGo.cancel,
        act: 'delete',
        suspended: 'passes',
        passes: {
          Enabled: '409 SubscriptionNotCancelled',
          Warned: '409 SubscriptionNotYetDeletable',
          Disabled: '409 SubscriptionNotYetDeletable',
        },
      },
    ],
  },
  {
    operation: 'Subscription_Upgrade',
    method: 'POST',
    inSubscription: [
      {
        // Pay-as-you-go is what an upgrade leads to: there it is done already.
        path: `${lifecycle}/upgrade`,
        may: admitted.PayAsYouGo.cancel,
        act: 'upgrade',
        suspended: 'passes',
        passes: '200',
      },
    ],
  },
  {
    operation: 'Subscription_Rename',
    method: 'POST',
    inSubscription: [
      {
        path: `${subscription}/providers/Microsoft.Subscription/rename`,
        body: ({ displayName }) => ({ subscriptionName: displayName }),
        may: [...writers, 'accountAdministrator', 'wildcard'],
        suspended: 'readOnly',
        passes: '200',
      },
    ],
  },
  {
    operation: 'CancelPlans_Create',
    method: 'POST',
    inSubscription: [
      {
        path: `${lifecycle}/cancelPlans`,
        may: [...writers, 'accountAdministrator', 'wildcard'],
        suspended: 'passes',
        passes: '201',
      },
    ],
  },
  {
    operation: 'CancelPlans_Get',
    method: 'GET',
    inSubscription: [
      {
        path: `${lifecycle}/cancelPlans/:planName`,
        fill: { planName: never },
        may: lifecycleReaders,
        suspended: 'passes',
        passes: '404 CancelPlanNotFound',
      },
    ],
  },
  {
    operation: 'Lifecycles_Get',
    method: 'GET',
    inSubscription: [
      {
        path: `${lifecycle}/lifecycles/default`,
        may: lifecycleReaders,
        afterPurge: purgeReaders,
        suspended: 'passes',
        passes: '200',
      },
    ],
  },
  {
    operation: 'Events_ListBySubscription',
    method: 'GET',
    inSubscription: [
      {
        path: `${lifecycle}/events`,
        may: lifecycleReaders,
        afterPurge: purgeReaders,
        suspended: 'passes',
        passes: '200',
      },
    ],
  },
]
