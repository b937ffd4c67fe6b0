/** A body that each operation which takes one would accept, in its right place. */
export const exampleBodies: { readonly [operation: string]: { readonly [name: string]: unknown } } =
  {
    Alias_Create: {
      properties: {
        displayName: 'Example',
        workload: 'Production',
        billingScope: '/providers/Microsoft.Billing/billingAccounts/default',
        additionalProperties: { tags: { made: 'by example' } },
      },
    },
    BillingAccounts_CreateOrUpdate: {
      properties: {
        displayName: 'Example',
        currency: 'EUR',
        language: 'fr',
        country: 'FR',
        invoiceDay: 31,
        agreementType: 'MicrosoftCustomerAgreement',
      },
    },
    PriceLists_CreateOrUpdate: {
      properties: {
        prices: [
          {
            offer: 'PayAsYouGo',
            meter: 'vcpu-hours',
            effectiveFrom: '2100-01-01T00:00:00Z',
            unitPrices: { EUR: '0.05' },
          },
        ],
      },
    },
    Payments_Record: { properties: { amount: '12.34', currency: 'EUR' } },
    AccountInvoices_Void: { reason: 'example' },
    BillingSubscriptions_Cancel: { cancellationReason: 'Other' },
    CreditNotes_Create: { line: 1, amount: '1.50', reason: 'example', name: 'example' },
    Sellers_CreateOrUpdate: {
      properties: { name: 'Example', address: ['1 Example Street'], country: 'FR', taxId: 'FR1' },
    },
    TestClocks_Create: { properties: { now: '2026-03-01T00:00:00Z' } },
    TestClocks_Advance: { by: 'P1D' },
    checkResourceName: { name: 'example', type: 'Microsoft.Storage/storageAccounts' },
    Subscription_Rename: { subscriptionName: 'Example' },
    Subscription_Delete: { subscriptionName: 'Example' },
    ResourceGroups_CreateOrUpdate: { location: 'local', tags: { made: 'by example' } },
    ResourceGroups_Update: { tags: { made: 'by example' } },
    RoleAssignments_Create: {
      properties: {
        roleDefinitionId:
          '/providers/Microsoft.Authorization/roleDefinitions/acdd72a7-3385-48ef-bd42-f606fba81ae7',
        principalId: '11111111-2222-4333-8444-555555555555',
      },
    },
    RoleDefinitions_CreateOrUpdate: {
      properties: {
        roleName: 'Example',
        description: 'Reads examples.',
        permissions: [{ actions: ['*/read'], notActions: [] }],
        assignableScopes: ['/'],
      },
    },
    Tags_CreateOrUpdateAtScope: { properties: { tags: { made: 'by example' } } },
    Tags_UpdateAtScope: { operation: 'Merge', properties: { tags: { made: 'by example' } } },
    Tenants_Create: { properties: { displayName: 'Example' } },
    ServicePrincipals_Create: { properties: { displayName: 'Example', disabled: false } },
    ServicePrincipals_AddSecret: { properties: { expiresInDays: 30 } },
    'Microsoft.Storage/storageAccounts_CreateOrUpdate': {
      location: 'local',
      kind: 'StorageV2',
      sku: { name: 'Standard_LRS' },
      tags: { made: 'by example' },
      properties: { minimumTlsVersion: 'TLS1_2', supportsHttpsTrafficOnly: true },
    },
    'Microsoft.Storage/storageAccounts_Update': { tags: { made: 'by example' } },
    StorageAccounts_RegenerateKey: { keyName: 'key1' },
    StorageAccounts_CheckNameAvailability: {
      name: 'example',
      type: 'Microsoft.Storage/storageAccounts',
    },
  }

type Wrong = { readonly field: string; readonly body: unknown }

/** The same body with each of its values, one after the other, of a type that none of them has. */
export function wrongTypes(body: unknown): readonly Wrong[] {
  if (typeof body !== 'object' || body === null || Array.isArray(body)) return []
  return Object.entries(body).flatMap(([field, value]) => [
    { field, body: { ...body, [field]: typeof value === 'number' ? 'text' : 4711 } },
    ...wrongTypes(value).map((inner) => ({ ...inner, body: { ...body, [field]: inner.body } })),
  ])
}
