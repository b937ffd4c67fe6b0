import { type Actor, readers, tenantReaders } from './actors.ts'
import type { Method, Row, TenantProbe } from './row.ts'

const accounts = '/providers/Microsoft.Billing/billingAccounts'
const account = `${accounts}/:billingAccountName`
const profile = `${account}/billingProfiles/:billingProfileName`
const section = `${profile}/invoiceSections/:invoiceSectionName`
const usageDetails = 'providers/Microsoft.Consumption/usageDetails'
const invoice = `${account}/invoices/:invoiceName`
const subscription = `${account}/billingSubscriptions/:billingSubscriptionName`

const accountReaders: readonly Actor[] = [...tenantReaders, 'billingOwner', 'billingReader']
const house = { billingProfileName: 'house', invoiceSectionName: 'house' }

/** For whoever may not read an account, it does not exist, nor does anything in it. */
function seen(operation: string, path: string): Row {
  return row(operation, 'GET', {
    path,
    fill: ({ places }) => ({
      ...house,
      billingSubscriptionName: places.Enabled.subscriptionId,
    }),
    answers: { '200': accountReaders, '404 NotFound': 'everybody else' },
  })
}

/** An invoice that there is not: it tells nobody more than the account does. */
function unknown(operation: string, path: string, method: Method = 'GET'): Row {
  return row(operation, method, {
    path,
    fill: ({ places }) => ({
      invoiceName: 'INV99999999',
      billingSubscriptionName: places.Enabled.subscriptionId,
    }),
    answers: { '404 NotFound': 'everybody' },
  })
}

/** Who sees it is told that its account administrator may; he cancels it as a subscription. */
function cancels(operation: string, method: Method, path: string): Row {
  return row(operation, method, {
    path,
    fill: ({ places }) => ({ billingSubscriptionName: places.Enabled.subscriptionId }),
    ...(method === 'POST' ? { body: { cancellationReason: 'Other' } } : {}),
    answers: { '403 AuthorizationFailed': accountReaders, '404 NotFound': 'everybody else' },
  })
}

function row(operation: string, method: Method, probe: TenantProbe): Row {
  return { operation, method, inTenant: [probe] }
}

/** Microsoft.Billing and Microsoft.Consumption. */
export const billingRows: readonly Row[] = [
  row('Microsoft.Billing/billingAccounts_List', 'GET', {
    path: accounts,
    answers: { '200': 'everybody' },
  }),
  seen('Microsoft.Billing/billingAccounts_Get', account),
  seen('BillingProfiles_ListByBillingAccount', `${account}/billingProfiles`),
  seen('BillingProfiles_Get', profile),
  seen('InvoiceSections_ListByBillingProfile', `${profile}/invoiceSections`),
  seen('InvoiceSections_Get', section),
  seen('Invoices_ListByBillingAccount', `${account}/invoices`),
  seen('Invoices_ListByBillingProfile', `${profile}/invoices`),
  seen('Invoices_ListByBillingSubscription', `${subscription}/invoices`),
  unknown('Invoices_Get', invoice),
  unknown('Invoices_GetByBillingSubscription', `${subscription}/invoices/:invoiceName`),
  unknown('Invoices_DownloadByBillingAccount', `${invoice}/download`, 'POST'),
  unknown(
    'Invoices_DownloadByBillingSubscription',
    `${subscription}/invoices/:invoiceName/download`,
    'POST',
  ),
  unknown('Invoices_GetDownload', `${invoice}/downloadResult`),
  unknown('Transactions_ListByInvoice', `${invoice}/transactions`),
  seen('BillingSubscriptions_ListByBillingAccount', `${account}/billingSubscriptions`),
  seen('BillingSubscriptions_ListByBillingProfile', `${profile}/billingSubscriptions`),
  seen('BillingSubscriptions_ListByInvoiceSection', `${section}/billingSubscriptions`),
  seen('BillingSubscriptions_Get', subscription),
  {
    operation: 'UsageDetails_ListByBillingAccount',
    method: 'GET',
    inTenant: [account, profile, section].map((scope) => ({
      path: `${scope}/${usageDetails}`,
      fill: house,
      answers: { '200': accountReaders, '404 NotFound': 'everybody else' },
    })),
  },
  {
    operation: 'UsageDetails_List',
    method: 'GET',
    inSubscription: [
      {
        path: `/subscriptions/:subscriptionId/${usageDetails}`,
        may: [...readers, 'accountAdministrator'],
        suspended: 'passes',
        passes: '200',
      },
    ],
  },
  cancels('BillingSubscriptions_Delete', 'DELETE', subscription),
  cancels('BillingSubscriptions_Cancel', 'POST', `${subscription}/cancel`),
]
