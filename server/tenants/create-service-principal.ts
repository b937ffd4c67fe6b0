import { hashClientSecret, makeClientSecret } from '../identity/secrets.ts'
import type { Random } from '../kernel/ids.ts'
import { type Instant, formatInstant } from '../kernel/instant.ts'
import type { TenantChange } from './change.ts'
import { secretExpiry } from './principal.ts'
import { type ServicePrincipal, insertSecret, insertServicePrincipal } from './principals.store.ts'

/** A secret in clear, with all that is needed to sign in by it. Shown once and kept nowhere. */
export type NewSecret = {
  readonly tenantId: string
  /** The principal, as role assignments name it. */
  readonly objectId: string
  readonly clientId: string
  readonly secretId: string
  readonly clientSecret: string
  readonly expiresAt: Instant
}

/** Makes a service principal that holds nothing yet and cannot sign in before it gets a secret. */
export async function createServicePrincipal(
  change: TenantChange,
  asked: {
    readonly name: string
    readonly displayName: string
    readonly disabled?: boolean
  },
  random: Random,
): Promise<ServicePrincipal> {
  const principal: ServicePrincipal = {
    principalId: random.uuid(),
    appId: random.uuid(),
    name: asked.name,
    displayName: asked.displayName,
    disabled: asked.disabled ?? false,
    createdAt: change.now,
  }
  await insertServicePrincipal(change.tx, change.tenantId, principal)
  const { principalId, appId, disabled } = principal
  await change.record('ServicePrincipalCreated', { principalId, appId, disabled })
  return principal
}

/** Gives a service principal one more secret, of which only the hash is kept. */
export async function addSecret(
  change: TenantChange,
  principal: Pick<ServicePrincipal, 'principalId' | 'appId'>,
  lifetimeDays: number,
  random: Random,
): Promise<NewSecret> {
  const { tenantId } = change
  const { principalId, appId } = principal
  const clientSecret = makeClientSecret(random)
  const secretId = random.uuid()
  const expiresAt = secretExpiry(change.now, lifetimeDays)
  const hash = hashClientSecret(clientSecret, random)
  const createdAt = change.now
  await insertSecret(change.tx, tenantId, { principalId, secretId, hash, createdAt, expiresAt })
  await change.record('SecretAdded', {
    principalId,
    secretId,
    expiresAt: formatInstant(expiresAt),
  })
  return { tenantId, objectId: principalId, clientId: appId, secretId, clientSecret, expiresAt }
}
