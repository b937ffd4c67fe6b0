export type Offer =
  | 'PayAsYouGo'
  | 'FreeTrial'
  | 'MicrosoftCustomerAgreement'
  | 'EnterpriseAgreement'

export type State = 'Enabled' | 'Warned' | 'Disabled' | 'Deleted'
/** `Unknown`: a subscription that never was. */
export type Subject = State | 'Unknown'

export type Place = {
  readonly subscriptionId: string
  readonly displayName: string
  readonly offer: Offer
  /** The only storage account in its group `mine`. */
  readonly storage: string
}

/** The billing account of most subscriptions; `past`: one whose test clock has moved on. */
export const houseAccount = 'house'
export const pastAccount = 'past'
export const pastClock = 'past'
export const group = 'mine'
export const siblingGroup = 'mine2'

export function storagePath({ subscriptionId, storage }: Place, name = storage): string {
  const type = 'Microsoft.Storage/storageAccounts'
  return `/subscriptions/${subscriptionId}/resourceGroups/${group}/providers/${type}/${name}`
}

export const storageBody = {
  location: 'local',
  kind: 'StorageV2',
  sku: { name: 'Standard_LRS' },
} as const
