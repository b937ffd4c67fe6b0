import { type Actor, accessManagers, readers, roleIds, seers } from './actors.ts'
import { assignment } from './api.ts'
import type { Method, Row, SubscriptionProbe, TenantProbe } from './row.ts'

const never = '00000000-0000-4000-8000-00000000dead'
const subscription = '/subscriptions/:subscriptionId'
const one = `${subscription}/resourceGroups/:resourceGroupName`
const resource = `${one}/providers/:resourceProviderNamespace/:resourceType/:resourceName`
const inside = `${resource}/:childType/:childName`
const further = `${inside}/:grandchildType/:grandchildName`
const billing = '/providers/Microsoft.Billing/billingAccounts/:billingAccountName'

/** Scopes in a subscription, whether the Owner of a group has them, and in which states to ask. */
const scopes: readonly {
  readonly at: string
  readonly inGroup: boolean
  readonly states?: SubscriptionProbe['states']
}[] = [
  { at: subscription, inGroup: false },
  { at: one, inGroup: true },
  { at: resource, inGroup: true, states: ['Enabled', 'Disabled', 'Deleted'] },
  { at: inside, inGroup: true, states: ['Disabled'] },
  { at: further, inGroup: true, states: ['Disabled'] },
]

type Kind = {
  readonly operation: string
  readonly method: Method
  readonly rest: string
  readonly fill?: { readonly [parameter: string]: string }
  readonly body?: object
  /** In a subscription; the Owner of a group also in his own. */
  readonly may: readonly Actor[]
  readonly passes: string
  readonly atTenant: TenantProbe['answers']
  readonly atBillingAccount: TenantProbe['answers']
  readonly named?: readonly string[]
}

function row(kind: Kind): Row {
  const { operation, method, rest, fill, body, passes, named } = kind
  const path = (at: string): string => `${at}/providers/Microsoft.Authorization/${rest}`
  const sent = { ...(fill && { fill }), ...(body && { body }) }
  return {
    operation,
    method,
    inSubscription: scopes.map(({ at, inGroup, states }) => ({
      ...sent,
      path: path(at),
      may: inGroup ? [...kind.may, 'groupOwner'] : kind.may,
      suspended: 'passes',
      passes,
      ...(states && { states }),
    })),
    inTenant: [
      { ...sent, path: path(''), answers: kind.atTenant, ...(named && { named }) },
      { ...sent, path: path(billing), answers: kind.atBillingAccount, ...(named && { named }) },
    ],
  }
}

const forbidden = '403 AuthorizationFailed'
const tenantManagers: readonly Actor[] = ['tenantOwner', 'tenantAccess']
const tenantReads: readonly Actor[] = [
  ...tenantManagers,
  'tenantContributor',
  'tenantReader',
  'support',
]
const managerNames = ['Owner', 'User Access Administrator']
const readerNames = [...managerNames, 'Contributor', 'Reader', 'Support Engineer']

/** Alike at every scope above subscriptions; the stranger is asked in his own tenant. */
function above(passes: string, may: readonly Actor[]): TenantProbe['answers'] {
  return { [passes]: [...may, 'stranger'], [forbidden]: 'everybody else' }
}

/** Who has access to what: managed and read in every state. */
export const accessRows: readonly Row[] = [
  row({
    operation: 'RoleAssignments_Create',
    method: 'PUT',
    rest: 'roleAssignments/:roleAssignmentName',
    fill: { roleAssignmentName: never },
    body: assignment(roleIds.reader, never),
    may: accessManagers,
    passes: '400 PrincipalNotFound',
    atTenant: above('400 PrincipalNotFound', tenantManagers),
    atBillingAccount: {
      '400 PrincipalNotFound': tenantManagers,
      // His tenant has no such account.
      '404 NotFound': ['stranger'],
      [forbidden]: 'everybody else',
    },
    named: managerNames,
  }),
  row({
    operation: 'RoleAssignments_Delete',
    method: 'DELETE',
    rest: 'roleAssignments/:roleAssignmentName',
    fill: { roleAssignmentName: never },
    may: accessManagers,
    passes: '204',
    atTenant: above('204', tenantManagers),
    atBillingAccount: above('204', tenantManagers),
    named: managerNames,
  }),
  row({
    operation: 'RoleAssignments_Get',
    method: 'GET',
    rest: 'roleAssignments/:roleAssignmentName',
    fill: { roleAssignmentName: never },
    may: readers,
    passes: '404 RoleAssignmentNotFound',
    atTenant: above('404 RoleAssignmentNotFound', tenantReads),
    atBillingAccount: above('404 RoleAssignmentNotFound', tenantReads),
    named: readerNames,
  }),
  row({
    operation: 'RoleAssignments_ListForScope',
    method: 'GET',
    rest: 'roleAssignments',
    may: readers,
    passes: '200',
    atTenant: above('200', tenantReads),
    atBillingAccount: above('200', tenantReads),
    named: readerNames,
  }),
  row({
    operation: 'RoleDefinitions_CreateOrUpdate',
    method: 'PUT',
    rest: 'roleDefinitions/:roleDefinitionId',
    fill: { roleDefinitionId: never },
    body: {
      properties: { roleName: 'Never', assignableScopes: [`/subscriptions/${never}`] },
    },
    may: accessManagers,
    passes: '400 AssignableScopeNotFound',
    atTenant: above('400 AssignableScopeNotFound', tenantManagers),
    atBillingAccount: above('400 AssignableScopeNotFound', tenantManagers),
    named: managerNames,
  }),
  row({
    operation: 'RoleDefinitions_Delete',
    method: 'DELETE',
    rest: 'roleDefinitions/:roleDefinitionId',
    fill: { roleDefinitionId: never },
    may: accessManagers,
    passes: '204',
    atTenant: above('204', tenantManagers),
    atBillingAccount: above('204', tenantManagers),
    named: managerNames,
  }),
  // Roles are no secret, and everybody may ask what he himself may do.
  row({
    operation: 'RoleDefinitions_Get',
    method: 'GET',
    rest: 'roleDefinitions/:roleDefinitionId',
    fill: { roleDefinitionId: roleIds.owner },
    may: seers,
    passes: '200',
    atTenant: { '200': 'everybody' },
    atBillingAccount: { '200': 'everybody' },
  }),
  row({
    operation: 'RoleDefinitions_List',
    method: 'GET',
    rest: 'roleDefinitions',
    may: seers,
    passes: '200',
    atTenant: { '200': 'everybody' },
    atBillingAccount: { '200': 'everybody' },
  }),
  withEmptyParent(
    row({
      operation: 'Permissions_ListForResource',
      method: 'GET',
      rest: 'permissions',
      may: seers,
      passes: '200',
      atTenant: { '200': 'everybody' },
      atBillingAccount: { '200': 'everybody' },
    }),
  ),
]

/** Clients that know no parent resource write two slashes. */
function withEmptyParent({ inSubscription = [], ...rest }: Row): Row {
  const path =
    `${one}/providers/:resourceProviderNamespace//:resourceType/:resourceName` +
    '/providers/Microsoft.Authorization/permissions'
  const probe = { path, may: seers, suspended: 'passes', passes: '200' } as const
  return { ...rest, inSubscription: [...inSubscription, probe] }
}
