import type { Kysely } from 'kysely'
import { instantOf } from '../database/connection.ts'
import type { Schema } from '../database/schema.ts'
import type { ClientDirectory, SignInClient } from '../identity/clients.ts'

type Reader = Pick<Kysely<Schema>, 'selectFrom'>

/** Where the issuer of tokens looks service principals up. */
export function clientDirectory(db: Reader): ClientDirectory {
  return {
    findClient: (tenantId, clientId) => findClient(db, tenantId, clientId),
    findTenantOfClient: (clientId) => findTenantOfClient(db, clientId),
  }
}

/** Of this tenant only: a client of another one is not there. Ids in lower case. */
export async function findClient(
  db: Reader,
  tenantId: string,
  clientId: string,
): Promise<SignInClient | null> {
  const rows = await db
    .selectFrom('principals as p')
    .leftJoin('principal_secrets as s', (join) =>
      join.onRef('s.tenant_id', '=', 'p.tenant_id').onRef('s.principal_id', '=', 'p.principal_id'),
    )
    .select(['p.principal_id', 'p.disabled', 's.hash', 's.expires_at'])
    .where('p.app_id', '=', clientId)
    .where('p.tenant_id', '=', tenantId)
    .where('p.kind', '=', 'ServicePrincipal')
    .execute()
  const [first] = rows
  if (first === undefined) return null
  return {
    objectId: first.principal_id,
    disabled: first.disabled,
    secrets: rows.flatMap(({ hash, expires_at: expiresAt }) =>
      hash === null || expiresAt === null ? [] : [{ hash, expiresAt: instantOf(expiresAt) }],
    ),
  }
}

export async function findTenantOfClient(db: Reader, clientId: string): Promise<string | null> {
  const row = await db
    .selectFrom('principals')
    .select('tenant_id')
    .where('app_id', '=', clientId)
    .where('kind', '=', 'ServicePrincipal')
    .executeTakeFirst()
  return row?.tenant_id ?? null
}

export type Principal = {
  readonly principalId: string
  readonly appId: string
  readonly kind: 'ServicePrincipal' | 'User'
  readonly disabled: boolean
}

/** A principal of this tenant by its object id, as role assignments name it. */
export async function findPrincipal(
  db: Reader,
  tenantId: string,
  principalId: string,
): Promise<Principal | null> {
  const row = await db
    .selectFrom('principals')
    .select(['app_id', 'kind', 'disabled'])
    .where('tenant_id', '=', tenantId)
    .where('principal_id', '=', principalId)
    .executeTakeFirst()
  if (row === undefined) return null
  return { principalId, appId: row.app_id, kind: row.kind, disabled: row.disabled }
}
