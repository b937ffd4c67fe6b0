import { type Actor, readers, seers, without, writers } from './actors.ts'
import type { Method, Row, SubscriptionProbe } from './row.ts'
import { storageBody } from './place.ts'

const subscription = '/subscriptions/:subscriptionId'
const groups = `${subscription}/resourceGroups`
const one = `${groups}/:resourceGroupName`
const storageType = 'Microsoft.Storage/storageAccounts'
const account = `${one}/providers/${storageType}/:resourceName`

/** Namespaces are asked with the version of resources, and not with their own. */
const version = 'api-version=2021-04-01'

/** Who may in a group, as its Owner may everything in his own. */
const groupReaders: readonly Actor[] = [...readers, 'groupOwner']
const groupWriters: readonly Actor[] = [...writers, 'groupOwner']

function row(operation: string, method: Method, probe: SubscriptionProbe): Row {
  return { operation, method, inSubscription: [probe] }
}

function read(
  operation: string,
  path: string,
  may: readonly Actor[],
  more: Partial<SubscriptionProbe> & { readonly method?: Method } = {},
): Row {
  const { method = 'GET', ...rest } = more
  return row(operation, method, { path, may, suspended: 'passes', passes: '200', ...rest })
}

/** Groups, resources, their tags and the namespaces that serve them. */
export const resourceRows: readonly Row[] = [
  read('ResourceGroups_List', groups, [...readers, 'accountAdministrator']),
  read('ResourceGroups_Get', one, [...groupReaders, 'accountAdministrator']),
  read('ResourceGroups_CheckExistence', one, [...groupReaders, 'accountAdministrator'], {
    method: 'HEAD',
    passes: '204',
  }),
  row('ResourceGroups_CreateOrUpdate', 'PUT', {
    path: one,
    body: { location: 'local' },
    may: groupWriters,
    suspended: 'readOnly',
    passes: '200',
  }),
  row('ResourceGroups_Update', 'PATCH', {
    path: one,
    body: {},
    may: groupWriters,
    suspended: 'readOnly',
    passes: '200',
  }),
  row('ResourceGroups_Delete', 'DELETE', {
    path: one,
    // One that there is not: the stories delete those that there are.
    fill: { resourceGroupName: 'absent' },
    may: without(writers, 'allButSome'),
    suspended: 'cancellers',
    passes: '404 ResourceGroupNotFound',
  }),
  read('Resources_List', `${subscription}/resources`, [...readers, 'accountAdministrator']),
  read('Resources_ListByResourceGroup', `${one}/resources`, groupReaders),
  row(`${storageType}_CreateOrUpdate`, 'PUT', {
    path: account,
    body: storageBody,
    may: groupWriters,
    suspended: 'readOnly',
    passes: '200',
  }),
  row(`${storageType}_Update`, 'PATCH', {
    path: account,
    body: {},
    may: groupWriters,
    suspended: 'readOnly',
    passes: '200',
  }),
  read(`${storageType}_Get`, account, groupReaders),
  read(`${storageType}_CheckExistence`, account, groupReaders, { method: 'HEAD', passes: '204' }),
  row(`${storageType}_Delete`, 'DELETE', {
    path: account,
    fill: { resourceName: 'absent' },
    may: groupWriters,
    suspended: 'cancellers',
    passes: '204',
  }),
  read(`${storageType}_List`, `${subscription}/providers/${storageType}`, readers),
  read(`${storageType}_ListByResourceGroup`, `${one}/providers/${storageType}`, groupReaders),
  row('StorageAccounts_ListKeys', 'POST', {
    path: `${account}/listKeys`,
    may: without(groupWriters, 'allButSome'),
    suspended: 'readOnly',
    passes: '200',
  }),
  row('StorageAccounts_RegenerateKey', 'POST', {
    path: `${account}/regenerateKey`,
    fill: { resourceName: 'absent' },
    body: { keyName: 'key2' },
    may: groupWriters,
    suspended: 'readOnly',
    passes: '404 ResourceNotFound',
  }),
  read(
    'StorageAccounts_CheckNameAvailability',
    `${subscription}/providers/Microsoft.Storage/checkNameAvailability`,
    readers,
    { method: 'POST', body: { name: 'someothername', type: storageType } },
  ),
  read('Providers_List', `${subscription}/providers`, readers),
  read('Providers_Get', `${subscription}/providers/:namespace`, readers, { query: version }),
  read('Providers_Register', `${subscription}/providers/:namespace/register`, writers, {
    method: 'POST',
    query: version,
  }),
  // In use wherever there is something: it is refused after the gate, and nothing changes.
  read('Providers_Unregister', `${subscription}/providers/:namespace/unregister`, writers, {
    method: 'POST',
    query: version,
    passes: '409 AnotherOperationInProgress',
  }),
  ...(['GET', 'HEAD', 'PUT', 'PATCH', 'DELETE'] as const).map((method) =>
    read(`UnknownType_${method}`, `${one}/providers/:namespace/:type/:resourceName`, seers, {
      method,
      fill: { namespace: 'Microsoft.Unknown', type: 'things' },
      passes: '404 InvalidResourceNamespace',
      ...(method === 'PUT' || method === 'PATCH' ? { body: {} } : {}),
    }),
  ),
  ...tagRows(),
]

function tagRows(): readonly Row[] {
  const scopes: readonly (readonly [string, 'groupOwner' | null])[] = [
    [subscription, null],
    [one, 'groupOwner'],
    [`${one}/providers/:namespace/:type/:resourceName`, 'groupOwner'],
  ]
  const tags = (
    operation: string,
    method: Method,
    may: readonly Actor[],
    more: Pick<SubscriptionProbe, 'suspended'> & { readonly body?: object },
  ): Row => ({
    operation,
    method,
    inSubscription: scopes.map(([scope, also]) => ({
      path: `${scope}/providers/Microsoft.Resources/tags/default`,
      may: also === null ? may : [...may, also],
      passes: '200',
      ...more,
    })),
  })
  return [
    tags('Tags_GetAtScope', 'GET', readers, { suspended: 'passes' }),
    tags('Tags_CreateOrUpdateAtScope', 'PUT', writers, {
      suspended: 'readOnly',
      body: { properties: { tags: {} } },
    }),
    tags('Tags_UpdateAtScope', 'PATCH', writers, {
      suspended: 'readOnly',
      body: { operation: 'Merge', properties: { tags: {} } },
    }),
    tags('Tags_DeleteAtScope', 'DELETE', writers, { suspended: 'readOnly' }),
  ]
}
