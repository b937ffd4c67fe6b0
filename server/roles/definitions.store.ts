import type { Kysely, Transaction } from 'kysely'
import { instantOf } from '../database/connection.ts'
import type { Schema } from '../database/schema.ts'
import type { Instant } from '../kernel/instant.ts'
import type { Role } from './role.ts'
import { customRoleOf } from './store.ts'

type Reader = Pick<Kysely<Schema>, 'selectFrom'>

/** A custom role with its dates, as it is stored. */
export type CustomRole = {
  readonly role: Role
  readonly createdAt: Instant
  readonly updatedAt: Instant
  readonly createdBy: string
}

export async function readCustomRole(
  db: Reader,
  tenantId: string,
  roleId: string,
): Promise<CustomRole | null> {
  const row = await selectCustomRoles(db, tenantId).where('role_id', '=', roleId).executeTakeFirst()
  return row === undefined ? null : withDates(row)
}

export async function findCustomRoleByName(
  db: Reader,
  tenantId: string,
  nameKey: string,
): Promise<CustomRole | null> {
  const row = await selectCustomRoles(db, tenantId)
    .where('name_key', '=', nameKey)
    .executeTakeFirst()
  return row === undefined ? null : withDates(row)
}

/** By id, from after `after` on. */
export async function listCustomRoles(
  db: Reader,
  tenantId: string,
  page: { readonly after: string | null; readonly limit: number },
): Promise<readonly CustomRole[]> {
  let query = selectCustomRoles(db, tenantId).orderBy('role_id').limit(page.limit)
  if (page.after !== null) query = query.where('role_id', '>', page.after)
  return (await query.execute()).map(withDates)
}

/** Inserts it, or replaces all but when and by whom it was made. */
export async function saveCustomRole(
  tx: Transaction<Schema>,
  tenantId: string,
  { role, createdAt, updatedAt, createdBy }: CustomRole,
): Promise<void> {
  const content = {
    name_key: role.name.toLowerCase(),
    name: role.name,
    description: role.description,
    actions: JSON.stringify(role.actions),
    not_actions: JSON.stringify(role.notActions),
    data_actions: JSON.stringify(role.dataActions),
    not_data_actions: JSON.stringify(role.notDataActions),
    assignable_scopes: JSON.stringify(role.assignableScopes),
    updated_at: updatedAt,
  }
  const key = { tenant_id: tenantId, role_id: role.id }
  await tx
    .insertInto('role_definitions')
    .values({ ...key, ...content, created_at: createdAt, created_by: createdBy })
    .onConflict((conflict) => conflict.columns(['tenant_id', 'role_id']).doUpdateSet(content))
    .execute()
}

export async function deleteCustomRole(
  tx: Transaction<Schema>,
  tenantId: string,
  roleId: string,
): Promise<void> {
  await tx
    .deleteFrom('role_definitions')
    .where('tenant_id', '=', tenantId)
    .where('role_id', '=', roleId)
    .execute()
}

function selectCustomRoles(db: Reader, tenantId: string) {
  return db.selectFrom('role_definitions').selectAll().where('tenant_id', '=', tenantId)
}

type Row = Awaited<ReturnType<ReturnType<typeof selectCustomRoles>['execute']>>[number]

function withDates(row: Row): CustomRole {
  return {
    role: customRoleOf(row),
    createdAt: instantOf(row.created_at),
    updatedAt: instantOf(row.updated_at),
    createdBy: row.created_by,
  }
}
