import type { Kysely, Selectable, Transaction } from 'kysely'
import { instantOf } from '../database/connection.ts'
import type { Schema } from '../database/schema.ts'
import type { Instant } from '../kernel/instant.ts'
import type { Secret } from './principal.ts'

type Reader = Pick<Kysely<Schema>, 'selectFrom'>

/** A service principal as its administrators see it. */
export type ServicePrincipal = {
  readonly principalId: string
  readonly appId: string
  /** The name in its address. */
  readonly name: string
  readonly displayName: string
  readonly disabled: boolean
  readonly createdAt: Instant
}

export async function readServicePrincipal(
  db: Reader,
  tenantId: string,
  name: string,
): Promise<ServicePrincipal | null> {
  const row = await selectServicePrincipals(db, tenantId)
    .where('name_key', '=', name.toLowerCase())
    .executeTakeFirst()
  return row === undefined ? null : principalOf(row)
}

/** By name, from after `after` on. */
export async function listServicePrincipals(
  db: Reader,
  tenantId: string,
  page: { readonly after: string | null; readonly limit: number },
): Promise<readonly ServicePrincipal[]> {
  let query = selectServicePrincipals(db, tenantId).orderBy('name_key').limit(page.limit)
  if (page.after !== null) query = query.where('name_key', '>', page.after)
  return (await query.execute()).map(principalOf)
}

function selectServicePrincipals(db: Reader, tenantId: string) {
  return db
    .selectFrom('principals')
    .selectAll()
    .where('tenant_id', '=', tenantId)
    .where('kind', '=', 'ServicePrincipal')
}

function principalOf(row: Selectable<Schema['principals']>): ServicePrincipal {
  return {
    principalId: row.principal_id,
    appId: row.app_id,
    // One column holds the display name; the case of the address is kept while the two agree.
    name: row.name.toLowerCase() === row.name_key ? row.name : row.name_key,
    displayName: row.name,
    disabled: row.disabled,
    createdAt: instantOf(row.created_at),
  }
}

/** Whether a name is in use, by a service principal or by a person. */
export async function isNameInUse(db: Reader, tenantId: string, name: string): Promise<boolean> {
  const row = await db
    .selectFrom('principals')
    .select('principal_id')
    .where('tenant_id', '=', tenantId)
    .where('name_key', '=', name.toLowerCase())
    .executeTakeFirst()
  return row !== undefined
}

export async function insertServicePrincipal(
  tx: Transaction<Schema>,
  tenantId: string,
  principal: ServicePrincipal,
): Promise<void> {
  await tx
    .insertInto('principals')
    .values({
      tenant_id: tenantId,
      principal_id: principal.principalId,
      app_id: principal.appId,
      kind: 'ServicePrincipal',
      name_key: principal.name.toLowerCase(),
      name: principal.displayName,
      disabled: principal.disabled,
      created_at: principal.createdAt,
    })
    .execute()
}

export async function updateServicePrincipal(
  tx: Transaction<Schema>,
  tenantId: string,
  principalId: string,
  change: { readonly displayName: string; readonly disabled: boolean },
): Promise<void> {
  await tx
    .updateTable('principals')
    .set({ name: change.displayName, disabled: change.disabled })
    .where('tenant_id', '=', tenantId)
    .where('principal_id', '=', principalId)
    .execute()
}

/** The secrets of principals, oldest first, by principal; never their hashes. */
export async function readSecrets(
  db: Reader,
  tenantId: string,
  principalIds: readonly string[],
): Promise<ReadonlyMap<string, readonly Secret[]>> {
  const found = new Map<string, Secret[]>(principalIds.map((id) => [id, []]))
  if (principalIds.length === 0) return found
  const rows = await db
    .selectFrom('principal_secrets')
    .select(['principal_id', 'secret_id', 'created_at', 'expires_at'])
    .where('tenant_id', '=', tenantId)
    .where('principal_id', 'in', principalIds)
    .orderBy('created_at')
    .orderBy('secret_id')
    .execute()
  for (const row of rows) {
    found.get(row.principal_id)?.push({
      secretId: row.secret_id,
      createdAt: instantOf(row.created_at),
      expiresAt: instantOf(row.expires_at),
    })
  }
  return found
}

export async function insertSecret(
  tx: Transaction<Schema>,
  tenantId: string,
  secret: Secret & { readonly principalId: string; readonly hash: string },
): Promise<void> {
  await tx
    .insertInto('principal_secrets')
    .values({
      tenant_id: tenantId,
      principal_id: secret.principalId,
      secret_id: secret.secretId,
      hash: secret.hash,
      created_at: secret.createdAt,
      expires_at: secret.expiresAt,
    })
    .execute()
}

export async function deleteSecret(
  tx: Transaction<Schema>,
  tenantId: string,
  secret: { readonly principalId: string; readonly secretId: string },
): Promise<void> {
  await tx
    .deleteFrom('principal_secrets')
    .where('tenant_id', '=', tenantId)
    .where('principal_id', '=', secret.principalId)
    .where('secret_id', '=', secret.secretId)
    .execute()
}
