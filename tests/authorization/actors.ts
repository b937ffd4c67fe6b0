/**
 * Who calls, and what each holds. Written by hand, like everything that the table expects: what the
 * product says of a role is the thing that is tested.
 */

/** The ids that Azure gives its roles, and ours for the one that Azure lacks. */
export const roleIds = {
  owner: '8e3af657-a8ff-443c-a75c-2fe8c4bcb635',
  contributor: 'b24988ac-6180-42a0-ab88-20f7382dd24c',
  reader: 'acdd72a7-3385-48ef-bd42-f606fba81ae7',
  accessAdministrator: '18d7d88d-d35e-4fb5-a5c3-7773c20a72d9',
  supportEngineer: '6f3c0a52-8d1e-4b7a-9c55-2e1d7b90a4f1',
  billingOwner: '2c1f6c0e-5f0b-4f55-8e0a-9a1d3a6f7b10',
  billingReader: 'fa23ad8b-c56e-40d8-ac0c-ce449e1d2c64',
  blobOwner: 'b7e6dc6d-f1e8-4753-8033-0f276bb0955b',
  blobContributor: 'ba92f5b4-2d11-453d-a403-e96b0029c9fe',
  blobReader: '2a2b9908-6ea1-4ae2-8e65-a410df84e7d1',
} as const

export const acts = [
  'Microsoft.Subscription/cancel/action',
  'Microsoft.Subscription/enable/action',
  'Reprieve.Lifecycle/delete/action',
  'Reprieve.Lifecycle/upgrade/action',
] as const

/** Custom roles of the tenant, by the name of the actor who holds them. */
export const customRoles = {
  /** Names the three acts letter by letter, and lets him see what he acts on. */
  literal: { actions: [...acts, 'Microsoft.Resources/subscriptions/read'], notActions: [] },
  /** Everything but the acts, the keys and the deletion of groups. */
  allButSome: {
    actions: ['*'],
    notActions: [
      ...acts,
      'Microsoft.Storage/storageAccounts/listKeys/action',
      'Microsoft.Resources/subscriptions/resourceGroups/delete',
    ],
  },
  /** Wildcards that cover the three acts: they grant none of them. */
  wildcard: { actions: ['Microsoft.Subscription/*', 'Reprieve.Lifecycle/*'], notActions: [] },
  /** Names the acts and takes them back: what is taken back is not granted. */
  takenBack: { actions: [...acts, '*/read'], notActions: [...acts] },
  /** Everything, and the three acts by name. */
  steward: { actions: ['*', ...acts], notActions: [] },
} as const

/** Where each actor's role is held; the account administrator's right is no role. */
const held = {
  tenantOwner: { at: 'tenant', role: 'owner' },
  tenantContributor: { at: 'tenant', role: 'contributor' },
  tenantReader: { at: 'tenant', role: 'reader' },
  tenantAccess: { at: 'tenant', role: 'accessAdministrator' },
  support: { at: 'tenant', role: 'supportEngineer' },
  accountAdministrator: { at: 'nowhere', role: null },
  owner: { at: 'subscription', role: 'owner' },
  contributor: { at: 'subscription', role: 'contributor' },
  reader: { at: 'subscription', role: 'reader' },
  access: { at: 'subscription', role: 'accessAdministrator' },
  literal: { at: 'subscription', role: 'literal' },
  allButSome: { at: 'subscription', role: 'allButSome' },
  wildcard: { at: 'subscription', role: 'wildcard' },
  takenBack: { at: 'subscription', role: 'takenBack' },
  steward: { at: 'subscription', role: 'steward' },
  groupOwner: { at: 'group', role: 'owner' },
  billingOwner: { at: 'billingAccount', role: 'billingOwner' },
  billingReader: { at: 'billingAccount', role: 'billingReader' },
  nobody: { at: 'nowhere', role: null },
} as const

export type Member = keyof typeof held
/** The members of tenant A, and the administrator of tenant B. */
export type Actor = Member | 'stranger'
export type CustomRole = keyof typeof customRoles

export const memberships: {
  readonly [Name in Member]: {
    readonly at: 'tenant' | 'subscription' | 'group' | 'billingAccount' | 'nowhere'
    readonly role: keyof typeof roleIds | CustomRole | null
  }
} = held
export const members = Object.keys(held) as Member[]
export const actors: readonly Actor[] = [...members, 'stranger']

/** Whose role begins with reading everything in the tenant. */
export const tenantReaders: readonly Actor[] = [
  'tenantOwner',
  'tenantContributor',
  'tenantReader',
  'tenantAccess',
  'support',
]
/** Who reads everything in a subscription. */
export const readers: readonly Actor[] = [
  ...tenantReaders,
  'owner',
  'contributor',
  'reader',
  'access',
  'allButSome',
  'takenBack',
  'steward',
]
/** Who makes and changes things in a subscription. */
export const writers: readonly Actor[] = [
  'tenantOwner',
  'tenantContributor',
  'owner',
  'contributor',
  'allButSome',
  'steward',
]
/** Who manages access to a subscription. */
export const accessManagers: readonly Actor[] = [
  'tenantOwner',
  'tenantAccess',
  'owner',
  'access',
  'allButSome',
  'steward',
]
/** For whom a subscription exists while it is there. */
export const seers: readonly Actor[] = [
  ...readers,
  'accountAdministrator',
  'literal',
  'wildcard',
  'groupOwner',
]

export function without(list: readonly Actor[], ...left: readonly Actor[]): readonly Actor[] {
  return list.filter((one) => !left.includes(one))
}

/** The built-in role that an actor holds, as a refusal names it. */
export const roleNames: { readonly [Name in Actor]?: string } = {
  owner: 'Owner',
  contributor: 'Contributor',
  reader: 'Reader',
  access: 'User Access Administrator',
  support: 'Support Engineer',
}

/**
 * Who is asked where nothing is left to hold a role on: those who held the most and the least
 * there, whoever paid, and everybody whose role is held above it.
 */
export const askedAfterTheEnd: readonly Actor[] = [
  ...tenantReaders,
  'accountAdministrator',
  'owner',
  'steward',
  'groupOwner',
  'billingOwner',
  'billingReader',
  'nobody',
  'stranger',
]
