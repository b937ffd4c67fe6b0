import type { Kysely, Selectable, Transaction } from 'kysely'
import { instantOf } from '../database/connection.ts'
import type { Schema } from '../database/schema.ts'
import type { Instant } from '../kernel/instant.ts'

type Reader = Pick<Kysely<Schema>, 'selectFrom'>

export type Tenant = {
  readonly tenantId: string
  readonly displayName: string
  /** The one that makes others; there is one in an installation. */
  readonly isOperator: boolean
  readonly createdAt: Instant
}

export async function readTenant(db: Reader, tenantId: string): Promise<Tenant | null> {
  const row = await db
    .selectFrom('tenants')
    .selectAll()
    .where('tenant_id', '=', tenantId)
    .executeTakeFirst()
  return row === undefined ? null : tenantOf(row)
}

/** By id, from after `after` on. */
export async function listTenants(
  db: Reader,
  page: { readonly after: string | null; readonly limit: number },
): Promise<readonly Tenant[]> {
  let query = db.selectFrom('tenants').selectAll().orderBy('tenant_id').limit(page.limit)
  if (page.after !== null) query = query.where('tenant_id', '>', page.after)
  return (await query.execute()).map(tenantOf)
}

/** False: there is a tenant of this id already, and nothing was changed. */
export async function insertTenant(tx: Transaction<Schema>, tenant: Tenant): Promise<boolean> {
  const result = await tx
    .insertInto('tenants')
    .values({
      tenant_id: tenant.tenantId,
      display_name: tenant.displayName,
      is_operator: tenant.isOperator,
      created_at: tenant.createdAt,
    })
    .onConflict((conflict) => conflict.column('tenant_id').doNothing())
    .executeTakeFirst()
  return (result.numInsertedOrUpdatedRows ?? 0n) > 0n
}

export async function renameTenant(
  tx: Transaction<Schema>,
  tenantId: string,
  displayName: string,
): Promise<void> {
  await tx
    .updateTable('tenants')
    .set({ display_name: displayName })
    .where('tenant_id', '=', tenantId)
    .execute()
}

function tenantOf(row: Selectable<Schema['tenants']>): Tenant {
  return {
    tenantId: row.tenant_id,
    displayName: row.display_name,
    isOperator: row.is_operator,
    createdAt: instantOf(row.created_at),
  }
}
