import { type Decision, accept, refuse } from '../kernel/decision.ts'
import { type Instant, addDays } from '../kernel/instant.ts'

/** Enough to hand over from one to the next everywhere, few enough to know what each is for. */
export const secretsMax = 8
export const secretLifetimeDaysMax = 730
export const secretLifetimeDaysDefault = 365

export type Secret = {
  readonly secretId: string
  readonly createdAt: Instant
  readonly expiresAt: Instant
}

/** When a secret that is made now will stop being accepted. */
export function secretExpiry(now: Instant, days: number): Instant {
  return addDays(now, days)
}

export function decideAddSecret(
  secrets: readonly Secret[],
): Decision<null, { readonly code: 'TooMany' }> {
  return secrets.length >= secretsMax ? refuse({ code: 'TooMany' }) : accept(null)
}

/** What keeps a tenant from being locked out of itself. */
export type TenantAccess = {
  /** Assignments at `/` by which other principals, not disabled, manage access. */
  readonly otherManagers: number
}

type LastAdministrator = { readonly code: 'LastAdministrator' }

/** The last principal that manages the access to a tenant stays in use. */
export function decideDisable({ otherManagers }: TenantAccess): Decision<null, LastAdministrator> {
  return otherManagers === 0 ? refuse({ code: 'LastAdministrator' }) : accept(null)
}

/** So does the last secret by which he can still sign in. */
export function decideRemoveSecret(
  secretId: string,
  facts: TenantAccess & { readonly secrets: readonly Secret[] },
  now: Instant,
): Decision<null, LastAdministrator> {
  const isValid = (secret: Secret): boolean => now < secret.expiresAt
  const removed = facts.secrets.find((secret) => secret.secretId === secretId)
  const others = facts.secrets.filter((secret) => secret.secretId !== secretId)
  const locksOut = removed !== undefined && isValid(removed) && !others.some(isValid)
  if (facts.otherManagers === 0 && locksOut) return refuse({ code: 'LastAdministrator' })
  return accept(null)
}
