import { type Actor, seers, tenantReaders, writers } from './actors.ts'
import type { Method, Row, TenantProbe } from './row.ts'
import { pastClock } from './place.ts'

const never = '00000000-0000-4000-8000-00000000dead'
const lifecycle = '/providers/Reprieve.Lifecycle'
const forbidden = '403 AuthorizationFailed'
const rest = 'everybody else'
const readerNames = ['Owner', 'Contributor', 'Reader', 'User Access Administrator']
const allReaderNames = [...readerNames, 'Support Engineer']

function row(operation: string, method: Method, ...inTenant: readonly TenantProbe[]): Row {
  return { operation, method, inTenant }
}

/** Asked of the caller's own tenant: the stranger is its Owner in his. */
function own(passes: string, may: readonly Actor[], named: readonly string[]) {
  return { answers: { [passes]: [...may, 'stranger' as const], [forbidden]: rest }, named } as const
}

const everybody = { answers: { '200': 'everybody' } } as const
const aliases = '/providers/Microsoft.Subscription/aliases'
const clocks = `${lifecycle}/testClocks`
const accounts = `${lifecycle}/billingAccounts`
const priceLists = `${lifecycle}/priceLists`
const noPrice = { offer: 'Never', meter: 'vcpu-hours', effectiveFrom: '2000-01-02T00:00:00Z' }
const principals = `${lifecycle}/servicePrincipals`
const accountReaders: readonly Actor[] = [...tenantReaders, 'billingOwner', 'billingReader']
const operators: readonly Actor[] = ['tenantOwner', 'tenantContributor']

/** What belongs to a tenant, and what everybody may ask. */
export const tenantRows: readonly Row[] = [
  row('Subscriptions_List', 'GET', { path: '/subscriptions', ...everybody }),
  row('checkResourceName', 'POST', {
    path: '/providers/Microsoft.Resources/checkResourceName',
    body: { name: 'a', type: 'b' },
    ...everybody,
  }),
  row('Providers_ListAtTenantScope', 'GET', { path: '/providers', ...everybody }),
  row('Providers_GetAtTenantScope', 'GET', {
    path: '/providers/:namespace',
    query: 'api-version=2021-04-01',
    ...everybody,
  }),
  row('Operations_List', 'GET', { path: '/providers/:namespace/operations', ...everybody }),
  row('Alias_List', 'GET', { path: aliases, ...everybody }),
  row('Alias_Create', 'PUT', {
    path: `${aliases}/:aliasName`,
    fill: { aliasName: 'never' },
    body: {
      properties: {
        billingScope: '/providers/Microsoft.Billing/billingAccounts/house',
        additionalProperties: { tags: { 'reprieve:offer': 'Never' } },
      },
    },
    answers: {
      '400 OfferNotFound': [...operators, 'billingOwner'],
      '404 BillingScopeNotFound': rest,
    },
  }),
  row('Alias_Get', 'GET', {
    path: `${aliases}/:aliasName`,
    fill: { aliasName: 'enabled' },
    answers: { '200': seers, '404 NotFound': rest },
  }),
  row('Alias_Delete', 'DELETE', {
    path: `${aliases}/:aliasName`,
    fill: { aliasName: 'second' },
    prepare: ({ places }) => ({
      path: `${aliases}/second`,
      body: { properties: { subscriptionId: places.Enabled.subscriptionId } },
    }),
    answers: {
      '200': [...writers, 'wildcard'],
      // For whom the subscription does not exist, there is nothing to delete.
      '204': ['nobody', 'billingOwner', 'billingReader', 'stranger'],
      [forbidden]: rest,
    },
  }),
  row('BillingAccounts_CreateOrUpdate', 'PUT', {
    path: `${accounts}/:billingAccountName`,
    body: { properties: { testClock: 'never' } },
    ...own('400 TestClockNotFound', [...operators, 'billingOwner'], ['Owner', 'Contributor']),
  }),
  row('BillingAccounts_Get', 'GET', {
    path: `${accounts}/:billingAccountName`,
    answers: { '200': accountReaders, '404 NotFound': ['stranger'], [forbidden]: rest },
    named: allReaderNames,
  }),
  row('BillingAccounts_List', 'GET', { path: accounts, ...everybody }),
  row('Events_ListByBillingAccount', 'GET', {
    path: `${accounts}/:billingAccountName/events`,
    ...own('200', accountReaders, allReaderNames),
  }),
  row('Events_ListByTenant', 'GET', {
    path: `${lifecycle}/events`,
    ...own('200', tenantReaders, allReaderNames),
  }),
  row('PriceLists_CreateOrUpdate', 'PUT', {
    path: `${priceLists}/:priceListName`,
    fill: { priceListName: 'never' },
    body: { properties: { prices: [{ ...noPrice, unitPrices: { EUR: '1' } }] } },
    ...own('400 InvalidRequestContent', ['tenantOwner'], ['Owner']),
  }),
  row('PriceLists_Get', 'GET', {
    path: `${priceLists}/:priceListName`,
    fill: { priceListName: 'default' },
    ...own('200', tenantReaders, allReaderNames),
  }),
  row('PriceLists_List', 'GET', {
    path: priceLists,
    ...own('200', tenantReaders, allReaderNames),
  }),
  row('TestClocks_Create', 'PUT', {
    path: `${clocks}/:clockName`,
    fill: { clockName: 'never' },
    body: { properties: { now: 'noon' } },
    ...own('400 InvalidRequestContent', operators, ['Owner', 'Contributor']),
  }),
  row('TestClocks_Get', 'GET', {
    path: `${clocks}/:clockName`,
    fill: { clockName: pastClock },
    answers: { '200': tenantReaders, '404 NotFound': ['stranger'], [forbidden]: rest },
    named: allReaderNames,
  }),
  row('TestClocks_List', 'GET', { path: clocks, ...own('200', tenantReaders, allReaderNames) }),
  row('TestClocks_Delete', 'DELETE', {
    path: `${clocks}/:clockName`,
    fill: { clockName: 'never' },
    ...own('204', operators, ['Owner', 'Contributor']),
  }),
  row('TestClocks_Advance', 'POST', {
    path: `${clocks}/:clockName/advance`,
    fill: { clockName: 'never' },
    body: { by: 'P1D' },
    ...own('404 NotFound', operators, ['Owner', 'Contributor']),
  }),
  // Two operations of one name: Azure's list of one's own tenants, and the operator's list of all.
  row(
    'Tenants_List',
    'GET',
    { path: '/tenants', ...everybody },
    {
      path: `${lifecycle}/tenants`,
      answers: { '200': tenantReaders, [forbidden]: rest },
    },
  ),
  row('Tenants_Get', 'GET', {
    path: `${lifecycle}/tenants/:tenantId`,
    fill: ({ tenantB }) => ({ tenantId: tenantB }),
    answers: { '200': tenantReaders, [forbidden]: rest },
  }),
  row('Tenants_Create', 'PUT', {
    path: `${lifecycle}/tenants/:tenantId`,
    fill: ({ tenantB }) => ({ tenantId: tenantB }),
    body: { properties: { displayName: 'Tenant B' } },
    answers: { '200': ['tenantOwner'], [forbidden]: rest },
  }),
  row('ServicePrincipals_List', 'GET', {
    path: principals,
    ...own('200', tenantReaders, allReaderNames),
  }),
  row('ServicePrincipals_Get', 'GET', {
    path: `${principals}/:servicePrincipalName`,
    fill: { servicePrincipalName: 'actor-nobody' },
    answers: { '200': tenantReaders, '404 NotFound': ['stranger'], [forbidden]: rest },
    named: allReaderNames,
  }),
  row('ServicePrincipals_Create', 'PUT', {
    path: `${principals}/:servicePrincipalName`,
    fill: { servicePrincipalName: '-never' },
    body: { properties: {} },
    ...own('400 InvalidResourceName', ['tenantOwner'], ['Owner']),
  }),
  row('ServicePrincipals_Disable', 'DELETE', {
    path: `${principals}/:servicePrincipalName`,
    fill: { servicePrincipalName: 'never' },
    ...own('204', ['tenantOwner'], ['Owner']),
  }),
  row('ServicePrincipals_AddSecret', 'POST', {
    path: `${principals}/:servicePrincipalName/addSecret`,
    fill: { servicePrincipalName: 'never' },
    ...own('404 NotFound', ['tenantOwner'], ['Owner']),
  }),
  row('ServicePrincipals_DeleteSecret', 'DELETE', {
    path: `${principals}/:servicePrincipalName/secrets/:secretId`,
    fill: { servicePrincipalName: 'never', secretId: never },
    ...own('404 NotFound', ['tenantOwner'], ['Owner']),
  }),
  row(
    'OperationResults_Get',
    'GET',
    {
      path: '/subscriptions/:ofSubscription/operationresults/:operationId',
      fill: ({ operations }) => ({ operationId: operations.inSubscription }),
      answers: { '200': seers, '404 NotFound': rest },
    },
    {
      path: `${lifecycle}/operationResults/:operationId`,
      fill: ({ operations }) => ({ operationId: operations.inTenant }),
      answers: { '200': tenantReaders, '404 NotFound': rest },
    },
  ),
  row(
    'OperationStatuses_Get',
    'GET',
    {
      path:
        '/subscriptions/:ofSubscription/providers/:namespace/locations/:location' +
        '/operationStatuses/:operationId',
      fill: ({ operations }) => ({ operationId: operations.inSubscription, location: 'local' }),
      answers: { '200': seers, '404 NotFound': rest },
    },
    {
      path: `${lifecycle}/operationStatuses/:operationId`,
      fill: ({ operations }) => ({ operationId: operations.inTenant }),
      answers: { '200': tenantReaders, '404 NotFound': rest },
    },
  ),
]
