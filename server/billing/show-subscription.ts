import type { BillingAccount } from '../billing-accounts/store.ts'
import { addMonths } from '../kernel/calendar.ts'
import { formatInstant } from '../kernel/instant.ts'
import { type Offer, isSupportPlan } from '../offers/offer.ts'
import type { Subscription } from '../subscriptions/store.ts'
import { type SuspensionReason, publishedState } from '../subscriptions/subscription.ts'
import { showAmount } from './amount.ts'
import { isOlderForm } from './api-versions.ts'
import { accountPath, profilePath, sectionPath } from './find-account.ts'

/** What a subscription came to; minor units, before tax. */
export type Charges = { readonly lastMonth: bigint; readonly monthToDate: bigint }

export function billingSubscriptionPath(account: BillingAccount, subscriptionId: string): string {
  return `${accountPath(account)}/billingSubscriptions/${subscriptionId}`
}

/** A subscription as the billing of its account shows it. */
export function showBillingSubscription(
  subscription: Subscription,
  of: {
    readonly account: BillingAccount
    readonly apiVersion: string
    /** Null: not reckoned, as in a list. */
    readonly charges: Charges | null
  },
): object {
  const { account, apiVersion, charges } = of
  const { subscriptionId, displayName, offer } = subscription
  const { currency } = account
  const common = {
    displayName,
    subscriptionId,
    billingProfileId: profilePath(account),
    billingProfileDisplayName: account.displayName,
    invoiceSectionId: sectionPath(account),
    invoiceSectionDisplayName: account.displayName,
    skuId: offer.quotaId,
    skuDescription: offer.name,
    suspensionReasons: subscription.lifecycle.suspensions.map(({ reason }) => published[reason]),
    ...(charges === null
      ? {}
      : {
          lastMonthCharges: showAmount(charges.lastMonth, currency),
          monthToDateCharges: showAmount(charges.monthToDate, currency),
        }),
  }
  return {
    id: billingSubscriptionPath(account, subscriptionId),
    name: subscriptionId,
    type: 'Microsoft.Billing/billingAccounts/billingSubscriptions',
    properties: isOlderForm(apiVersion)
      ? { ...common, subscriptionBillingStatus: olderStatus(subscription) }
      : { ...common, ...newerProperties(subscription, account) },
  }
}

/** Microsoft.Billing calls an unpaid account past due. */
const published: { readonly [Reason in SuspensionReason]: string } = {
  Cancelled: 'Cancelled',
  Expired: 'Expired',
  SpendingLimitReached: 'SpendingLimitReached',
  Unpaid: 'PastDue',
  PolicyViolation: 'PolicyViolation',
}

function olderStatus({ lifecycle, pastDue }: Subscription): string {
  switch (publishedState(lifecycle, pastDue)) {
    case 'Deleted':
      return 'Deleted'
    case 'Enabled':
      return 'Active'
    case 'Disabled':
      return 'Inactive'
    case 'PastDue':
    case 'Warned':
      return 'Warning'
  }
}

function newerProperties(subscription: Subscription, account: BillingAccount) {
  const { subscriptionId, offer, createdAt, lifecycle, tenantId } = subscription
  return {
    status: newerStatus(subscription),
    suspensionReasonDetails: lifecycle.suspensions.map(({ reason, effectiveAt }) => ({
      reason: published[reason],
      effectiveDate: formatInstant(effectiveAt),
    })),
    operationStatus: 'None',
    provisioningState: 'Succeeded',
    autoRenew: lifecycle.term?.renews === true ? 'On' : 'Off',
    systemOverrides: systemOverrides(subscription),
    billingProfileName: account.name,
    invoiceSectionName: account.name,
    beneficiaryTenantId: tenantId,
    provisioningTenantId: tenantId,
    billingFrequency: 'P1M',
    offerId: offer.quotaId,
    productCategory: isSupportPlan(offer) ? 'AzureSupport' : 'UsageBased',
    productType: offer.name,
    purchaseDate: formatInstant(createdAt),
    quantity: 1,
    resourceUri: `/subscriptions/${subscriptionId}`,
    ...termDates(subscription),
  }
}

function newerStatus({ lifecycle, pastDue, offer }: Subscription): string {
  if (lifecycle.suspensions.some(({ reason }) => reason === 'Expired')) return 'Expired'
  switch (publishedState(lifecycle, pastDue)) {
    case 'Deleted':
      return 'Deleted'
    case 'Disabled':
      return 'Disabled'
    case 'Warned':
    case 'PastDue':
      return 'Warned'
    case 'Enabled':
      // It was cancelled, and serves to its last month.
      return isSupportPlan(offer) && lifecycle.term?.renews === false ? 'Expiring' : 'Active'
  }
}

/** Whether whoever may can cancel by himself, and a support plan until when. */
function systemOverrides({ lifecycle, offer }: Subscription): object {
  const { term, cancelledAt, purgeStartedAt } = lifecycle
  if (isSupportPlan(offer)) {
    if (term?.renews !== true) return { cancellation: 'NotAllowed' }
    return {
      cancellation: 'Allowed',
      cancellationAllowedEndDate: formatInstant(term.endsAt),
    }
  }
  const isOver = cancelledAt !== null || purgeStartedAt !== null
  return { cancellation: isOver ? 'NotAllowed' : 'Allowed' }
}

function termDates({ lifecycle, offer }: Subscription) {
  const { term } = lifecycle
  if (term === null || offer.term === null) return {}
  const end = formatInstant(term.endsAt)
  const duration = termDuration(offer.term)
  const renewal = { billingFrequency: 'P1M', termDuration: duration, quantity: 1 }
  if (offer.term.kind === 'trial') return { termDuration: duration, termEndDate: end }
  return {
    termDuration: duration,
    termStartDate: formatInstant(addMonths(term.endsAt, -offer.term.months)),
    termEndDate: end,
    ...(term.renews ? { renewalTermDetails: renewal } : {}),
  }
}

function termDuration(term: NonNullable<Offer['term']>): string {
  return term.kind === 'trial' ? `P${term.days}D` : `P${term.months}M`
}
