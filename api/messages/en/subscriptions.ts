import type { Messages } from '../../refusals.ts'
import { reasons, whoMay } from './phrases.ts'

/** In English: subscriptions, their plans, offers and clocks. */
export const subscriptions = {
  invalidSubscriptionId: ({ subscriptionId }) =>
    `The provided subscription identifier '${subscriptionId}' is malformed. It must be a ` +
    'GUID.',
  subscriptionNotFound: ({ subscriptionId }) =>
    `The subscription '${subscriptionId}' could not be found. Check the id, and that you ` +
    'are signed in to its tenant with a role on it.',
  readOnlySubscription: ({ subscriptionId, suspensions, until, wayBack }) =>
    `The subscription '${subscriptionId}' is disabled and therefore marked as read only. ` +
    'You cannot perform any write actions on this subscription until it is re-enabled. ' +
    `Why: ${reasons(suspensions)}. Its data can be read until ${until}, then it is ` +
    `deleted. To get it back: ${whoMay(wayBack)}.`,
  resourcesExist: ({ subscriptionId, resources, count }) =>
    `The subscription '${subscriptionId}' still has ${count} ` +
    `resource${count === 1 ? '' : 's'}: ` +
    `${resources.join(', ')}${count > resources.length ? ', ...' : ''}. Delete them ` +
    'first, or cancel with IgnoreResourceCheck=true: they are then stopped and kept for ' +
    'the retention.',
  planChanged: ({ plan }) =>
    `What the cancel plan '${plan}' says is no longer so: something it lists has changed ` +
    'since. Nothing was cancelled. Make a new plan and read it.',
  planExpired: ({ plan, expiredAt }) =>
    `The cancel plan '${plan}' expired at ${expiredAt}. Nothing was cancelled. Make a ` +
    'new plan and read it.',
  planNotFound: ({ plan }) =>
    `There is no cancel plan '${plan}' for this subscription. Make one: POST ` +
    '.../Reprieve.Lifecycle/cancelPlans.',
  retentionEnded: ({ subscriptionId, purgeAt }) =>
    `The retention of subscription '${subscriptionId}' ended at ${purgeAt}; it can no ` +
    'longer be reactivated. Create a new subscription.',
  termEnded: ({ subscriptionId, endedAt }) =>
    `The support plan '${subscriptionId}' ended at ${endedAt}; it can be resumed only while it ` +
    'serves. Buy a new one.',
  notATrial: ({ subscriptionId, offer }) =>
    `The subscription '${subscriptionId}' has the offer ${offer}, which is not a trial. Only a ` +
    'trial can be upgraded.',
  upgradeCancelled: ({ subscriptionId, who }) =>
    `The subscription '${subscriptionId}' is cancelled, and an upgrade does not bring it back. ` +
    `To get it back: ${whoMay(who)}.`,
  holdsNoResources: ({ subscriptionId, offer }) =>
    `The subscription '${subscriptionId}' is a support plan (${offer}) and holds no resources. ` +
    'Create them in another subscription.',
  accountUnpaid: ({ account, since }) =>
    `The billing account '${account}' has invoices unpaid beyond their grace since ${since}. Pay ` +
    'them first; then it can take new subscriptions.',
  notCancelled: ({ subscriptionId }) =>
    `The subscription '${subscriptionId}' is not cancelled. Cancel it first; it can be ` +
    'deleted some days later.',
  notYetDeletable: ({ subscriptionId, deletableFrom }) =>
    `The subscription '${subscriptionId}' can be deleted from ${deletableFrom} on. Until ` +
    'then it can be reactivated.',
  nameMismatch: () =>
    'The value of subscriptionName is not the name of this subscription. Type it exactly ' +
    'as it is shown, to confirm.',
  billingScopeNotFound: ({ billingScope }) =>
    `The billing scope '${billingScope}' was not found, or you may not create ` +
    'subscriptions in it. Ask an owner of the billing account.',
  offerNotFound: ({ offer, known }) =>
    `There is no offer '${offer}'. The offers are ${known.join(', ')}.`,
  offerNotAvailable: ({ offer, account, reason }) =>
    reason === 'taken'
      ? `The billing account '${account}' has taken the offer ${offer} already, and may take ` +
        'it once. Choose another offer.'
      : `The offer ${offer} is not for the agreement of the billing account '${account}'. ` +
        'Choose another offer.',
  aliasConflict: ({ alias, subscriptionId }) =>
    `The alias '${alias}' already stands for subscription '${subscriptionId}'. Use ` +
    'another alias name.',
  testClocksOff: () =>
    'Test clocks are off on this server. Its operator turns them on with --test-clocks.',
  clockNotFound: ({ clock }) =>
    `There is no test clock '${clock}'. Create it first: PUT ` +
    `/providers/Reprieve.Lifecycle/testClocks/${clock}.`,
  clockBackwards: ({ now, asked }) =>
    `A test clock never goes back. It stands at ${now}; ${asked} lies before it. Name a ` +
    'later time.',
  clockBusy: ({ clock, target }) =>
    `The test clock '${clock}' is on its way to ${target}. Wait until its status is ` + 'Ready.',
  clockInUse: ({ clock, accounts }) =>
    `The test clock '${clock}' drives the billing accounts ${accounts.join(', ')}. ` +
    'Delete their data first.',
  clockTaken: ({ clock }) =>
    `The test clock '${clock}' drives another billing account, and a clock drives one alone. ` +
    'Create a clock of another name.',
} satisfies Partial<Messages>
