import { type Kysely, type Selectable, sql } from 'kysely'
import type { Schema } from '../database/schema.ts'
import { subscriptionScope } from '../subscriptions/store.ts'
import { builtInRoles } from './built-in.ts'
import type { Grant, Role } from './role.ts'

type Reader = Pick<Kysely<Schema>, 'selectFrom'>

const builtInById = new Map(builtInRoles.map((role) => [role.id, role]))

/**
 * All that a principal holds. Read on every request: a right that is taken is gone at once.
 *
 * @param subscriptionId the only subscription that is asked about: what he holds in others is left
 *   out, for he may hold ten thousand.
 */
export async function readGrants(
  db: Reader,
  tenantId: string,
  principalId: string,
  subscriptionId: string | null = null,
): Promise<readonly Grant[]> {
  let query = db
    .selectFrom('role_assignments as a')
    .leftJoin('role_definitions as d', (join) =>
      join.onRef('d.tenant_id', '=', 'a.tenant_id').onRef('d.role_id', '=', 'a.role_id'),
    )
    .select(['a.scope_key', 'a.role_id as assigned_role'])
    .selectAll('d')
    .where('a.tenant_id', '=', tenantId)
    .where('a.principal_id', '=', principalId)
  if (subscriptionId !== null) query = query.where(concerning(subscriptionScope(subscriptionId)))
  const rows = await query.execute()
  return rows.flatMap((row) => {
    const builtIn = builtInById.get(row.assigned_role)
    if (builtIn !== undefined) return [{ scopeKey: row.scope_key, role: builtIn }]
    // Left join: every column of the definition is there, or none is.
    if (row.role_id === null) return []
    return [{ scopeKey: row.scope_key, role: customRoleOf(row as RoleRow) }]
  })
}

/**
 * Scopes outside all subscriptions, and those of one: ranges that the index of scopes can find. In
 * its order `/` comes right before `0`.
 */
function concerning(scopeKey: string) {
  const next = (text: string): string => `${text}0`
  return sql<boolean>`(a.scope_key ~<~ '/subscriptions/' or a.scope_key ~>=~ '/subscriptions0'
    or (a.scope_key ~>=~ ${scopeKey}::text and a.scope_key ~<~ ${next(scopeKey)}::text))`
}

/** A caller with what he holds now: asked again under a lock, as a right may just have gone. */
export async function withGrantsNow<
  Caller extends { readonly tenantId: string; readonly principalId: string },
>(db: Reader, caller: Caller): Promise<Caller & { readonly grants: readonly Grant[] }> {
  return { ...caller, grants: await readGrants(db, caller.tenantId, caller.principalId) }
}

type RoleRow = Selectable<Schema['role_definitions']>

export function customRoleOf(row: RoleRow): Role {
  return {
    id: row.role_id,
    name: row.name,
    description: row.description,
    kind: 'CustomRole',
    actions: row.actions,
    notActions: row.not_actions,
    dataActions: row.data_actions,
    notDataActions: row.not_data_actions,
    assignableScopes: row.assignable_scopes,
  }
}

/** A role of this tenant by its id, built in or custom. */
export async function readRole(db: Reader, tenantId: string, roleId: string): Promise<Role | null> {
  const builtIn = builtInById.get(roleId)
  if (builtIn !== undefined) return builtIn
  const row = await db
    .selectFrom('role_definitions')
    .selectAll()
    .where('tenant_id', '=', tenantId)
    .where('role_id', '=', roleId)
    .executeTakeFirst()
  return row === undefined ? null : customRoleOf(row)
}
