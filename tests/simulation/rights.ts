import type { Core } from './core.ts'
import type { SubscriptionModel } from './model.ts'

export type Person = { readonly tenantId: string; readonly principalId: string }

export type Act =
  | 'cancel'
  | 'enable'
  | 'delete'
  | 'upgrade'
  | 'write'
  | 'rename'
  | 'plan'
  | 'read'
  | 'loseData'

const owner = '8e3af657-a8ff-443c-a75c-2fe8c4bcb635'
const contributor = 'b24988ac-6180-42a0-ab88-20f7382dd24c'
const support = '6f3c0a52-8d1e-4b7a-9c55-2e1d7b90a4f1'

/** The roles that the simulation gives and takes, by name. */
export const roleIds = {
  owner,
  contributor,
  reader: 'acdd72a7-3385-48ef-bd42-f606fba81ae7',
} as const

/** Whom each offer admits, and whether its way back is a support engineer's. */
const admits: { readonly [offer: string]: { by: 'administrator' | 'owner'; ticket: boolean } } = {
  PayAsYouGo: { by: 'administrator', ticket: false },
  FreeTrial: { by: 'administrator', ticket: true },
  MicrosoftCustomerAgreement: { by: 'owner', ticket: false },
  EnterpriseAgreement: { by: 'owner', ticket: true },
  SupportDeveloper: { by: 'administrator', ticket: false },
  SupportStandard: { by: 'administrator', ticket: false },
  SupportStandardMonthly: { by: 'owner', ticket: false },
}

/**
 * Who may, by the simulation's own reading of the promise; `unseen`: he must not learn that it is.
 */
export function may(
  core: Core,
  person: Person,
  act: Act,
  model: SubscriptionModel,
): 'may' | 'may not' | 'unseen' {
  if (person.tenantId !== model.tenantId || model.purgeStartedAt !== null) return 'unseen'
  const scope = `/subscriptions/${model.id}`
  const held = core.rows.assignments.filter(
    (row) => row.tenant_id === person.tenantId && row.principal_id === person.principalId,
  )
  const reaching = held.filter((row) => row.scope_key === '/' || row.scope_key === scope)
  const below = held.some((row) => row.scope_key.startsWith(`${scope}/`))
  const administrates = person.principalId === model.administrator
  if (reaching.length === 0 && !below && !administrates) return 'unseen'
  const has = (...roles: string[]): boolean => reaching.some((row) => roles.includes(row.role_id))
  const supports = held.some((row) => row.role_id === support && row.scope_key === '/')
  const terms = admits[model.offer]
  const admitted = terms?.by === 'owner' ? has(owner) : administrates
  const allowed = {
    cancel: admitted,
    delete: admitted,
    upgrade: admitted,
    enable: supports || (terms?.ticket === false && admitted),
    write: has(owner, contributor),
    loseData: has(owner, contributor) && admitted,
    rename: has(owner, contributor) || administrates,
    plan: has(owner, contributor) || administrates,
    read: reaching.length > 0 || administrates,
  }[act]
  return allowed ? 'may' : 'may not'
}
