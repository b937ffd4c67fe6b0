import type { Role } from './role.ts'

const contributorData = 'Microsoft.Storage/storageAccounts/blobServices/containers'

/** The seller's side of a billing account: not for those who are charged. */
const sellerActions = [
  'Reprieve.Lifecycle/billingAccounts/setTax/action',
  'Reprieve.Lifecycle/billingAccounts/invoices/void/action',
  'Reprieve.Lifecycle/billingAccounts/invoices/payments/write',
  'Reprieve.Lifecycle/billingAccounts/invoices/creditNotes/write',
  'Reprieve.Lifecycle/sellers/write',
  'Reprieve.Lifecycle/priceLists/write',
]

function builtIn(role: Partial<Role> & Pick<Role, 'id' | 'name' | 'description'>): Role {
  return {
    kind: 'BuiltInRole',
    actions: [],
    notActions: [],
    dataActions: [],
    notDataActions: [],
    assignableScopes: ['/'],
    ...role,
  }
}

/** Azure's own identifiers, so that scripts which name a role by its id work. */
export const ownerRole = builtIn({
  id: '8e3af657-a8ff-443c-a75c-2fe8c4bcb635',
  name: 'Owner',
  description: 'Full access to all resources, including the right to assign roles.',
  actions: ['*'],
})

export const contributorRole = builtIn({
  id: 'b24988ac-6180-42a0-ab88-20f7382dd24c',
  name: 'Contributor',
  description: 'Manages all resources, but cannot assign roles.',
  actions: ['*'],
  notActions: [
    'Microsoft.Authorization/*/Delete',
    'Microsoft.Authorization/*/Write',
    'Microsoft.Authorization/elevateAccess/Action',
    'Microsoft.Subscription/cancel/action',
    'Microsoft.Subscription/enable/action',
    'Reprieve.Lifecycle/delete/action',
    'Reprieve.Lifecycle/upgrade/action',
    // Who records money that came in, or takes back an invoice, acts for the seller.
    ...sellerActions,
    // Who makes a secret for a principal acts with its rights, as if he had given them to himself.
    'Reprieve.Lifecycle/servicePrincipals/write',
    'Reprieve.Lifecycle/servicePrincipals/delete',
    'Reprieve.Lifecycle/servicePrincipals/addSecret/action',
    'Reprieve.Lifecycle/servicePrincipals/secrets/delete',
    'Reprieve.Lifecycle/tenants/write',
  ],
})

export const readerRole = builtIn({
  id: 'acdd72a7-3385-48ef-bd42-f606fba81ae7',
  name: 'Reader',
  description: 'Sees everything and changes nothing.',
  actions: ['*/read'],
})

export const userAccessAdministratorRole = builtIn({
  id: '18d7d88d-d35e-4fb5-a5c3-7773c20a72d9',
  name: 'User Access Administrator',
  description: 'Manages who has access.',
  actions: ['*/read', 'Microsoft.Authorization/*', 'Microsoft.Support/*'],
})

/** Ours; Azure's support engineers are not a role. Assigned at the tenant only: see `assign.ts`. */
export const supportEngineerRole = builtIn({
  id: '6f3c0a52-8d1e-4b7a-9c55-2e1d7b90a4f1',
  name: 'Support Engineer',
  description: 'Reads everything and reactivates subscriptions whose offer asks for a ticket.',
  actions: ['*/read', 'Microsoft.Subscription/enable/action', 'Microsoft.Support/*'],
})

export const billingAccountOwnerRole = builtIn({
  id: '2c1f6c0e-5f0b-4f55-8e0a-9a1d3a6f7b10',
  name: 'Billing account owner',
  description: 'Manages a billing account and creates subscriptions in it.',
  actions: [
    'Microsoft.Billing/*',
    'Microsoft.Consumption/*/read',
    'Reprieve.Lifecycle/billingAccounts/*',
    'Reprieve.Lifecycle/lifecycles/read',
    'Reprieve.Lifecycle/events/read',
    'Reprieve.Lifecycle/deletionReceipts/read',
  ],
  notActions: sellerActions,
})

export const billingReaderRole = builtIn({
  id: 'fa23ad8b-c56e-40d8-ac0c-ce449e1d2c64',
  name: 'Billing Reader',
  description: 'Reads billing accounts, and what became of their subscriptions.',
  actions: [
    'Microsoft.Billing/*/read',
    'Microsoft.Consumption/*/read',
    'Reprieve.Lifecycle/billingAccounts/read',
    'Reprieve.Lifecycle/billingAccounts/invoices/read',
    'Reprieve.Lifecycle/lifecycles/read',
    'Reprieve.Lifecycle/events/read',
    'Reprieve.Lifecycle/deletionReceipts/read',
  ],
})

export const blobDataOwnerRole = builtIn({
  id: 'b7e6dc6d-f1e8-4753-8033-0f276bb0955b',
  name: 'Storage Blob Data Owner',
  description: 'Full access to containers and blobs.',
  actions: ['Microsoft.Storage/storageAccounts/blobServices/containers/*'],
  dataActions: [`${contributorData}/blobs/*`],
})

export const blobDataContributorRole = builtIn({
  id: 'ba92f5b4-2d11-453d-a403-e96b0029c9fe',
  name: 'Storage Blob Data Contributor',
  description: 'Reads, writes and deletes containers and blobs.',
  actions: [`${contributorData}/read`, `${contributorData}/write`, `${contributorData}/delete`],
  dataActions: [`${contributorData}/blobs/*`],
})

export const blobDataReaderRole = builtIn({
  id: '2a2b9908-6ea1-4ae2-8e65-a410df84e7d1',
  name: 'Storage Blob Data Reader',
  description: 'Reads containers and blobs.',
  actions: [`${contributorData}/read`],
  dataActions: [`${contributorData}/blobs/read`],
})

export const builtInRoles: readonly Role[] = [
  ownerRole,
  contributorRole,
  readerRole,
  userAccessAdministratorRole,
  supportEngineerRole,
  billingAccountOwnerRole,
  billingReaderRole,
  blobDataOwnerRole,
  blobDataContributorRole,
  blobDataReaderRole,
]

/**
 * What the account administrator may do on his subscription without any role: see it, plan its end
 * and follow it. The three acts themselves are the offer's policy.
 */
export const accountAdministratorRights: Role = builtIn({
  id: 'f0a4f8a6-6a3d-4a51-9c3c-0b7c5c1d2e3f',
  name: 'Account administrator',
  description: 'Holds the billing of a subscription.',
  actions: [
    'Microsoft.Resources/subscriptions/read',
    'Microsoft.Resources/subscriptions/locations/read',
    'Microsoft.Resources/subscriptions/resources/read',
    'Microsoft.Resources/subscriptions/resourceGroups/read',
    'Microsoft.Subscription/rename/action',
    'Reprieve.Lifecycle/lifecycles/read',
    'Reprieve.Lifecycle/events/read',
    'Reprieve.Lifecycle/cancelPlans/*',
    'Reprieve.Lifecycle/costs/read',
    'Reprieve.Lifecycle/deletionReceipts/read',
    'Microsoft.Consumption/usageDetails/read',
  ],
})
