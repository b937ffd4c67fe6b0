import { type Kysely, type Transaction, sql } from 'kysely'
import { instantOf } from '../database/connection.ts'
import type { Schema } from '../database/schema.ts'
import type { Instant } from '../kernel/instant.ts'
import { type RoleGrant, accessManagerRoles } from './assign.ts'
import type { AssignmentFilter } from './filter.ts'
import { tenantScope } from './role.ts'
import { keysAbove } from './scope.ts'

type Reader = Pick<Kysely<Schema>, 'selectFrom'>

/** A role that a principal holds at a scope. */
export type Assignment = RoleGrant & {
  readonly assignmentId: string
  /** As ARM writes it, in the case of the names of what it names. */
  readonly scope: string
  readonly principalType: 'ServicePrincipal' | 'User'
  readonly createdAt: Instant
  readonly createdBy: string
}

export async function readAssignment(
  db: Reader,
  tenantId: string,
  assignmentId: string,
): Promise<Assignment | null> {
  const row = await selectAssignments(db, tenantId)
    .where('a.assignment_id', '=', assignmentId)
    .executeTakeFirst()
  return row === undefined ? null : assignmentOf(row)
}

/** The id under which this right is given, if it is. */
export async function findGrant(
  db: Reader,
  tenantId: string,
  grant: RoleGrant,
): Promise<string | null> {
  const row = await db
    .selectFrom('role_assignments')
    .select('assignment_id')
    .where('tenant_id', '=', tenantId)
    .where('scope_key', '=', grant.scopeKey)
    .where('principal_id', '=', grant.principalId)
    .where('role_id', '=', grant.roleId)
    .executeTakeFirst()
  return row?.assignment_id ?? null
}

/** By id, from after `after` on: what is given at a scope, above it and, unless narrowed, below. */
export async function listAssignments(
  db: Reader,
  tenantId: string,
  scopeKey: string,
  wanted: AssignmentFilter & { readonly after: string | null; readonly limit: number },
): Promise<readonly Assignment[]> {
  let query = selectAssignments(db, tenantId).orderBy('a.assignment_id').limit(wanted.limit)
  if (wanted.after !== null) query = query.where('a.assignment_id', '>', wanted.after)
  if (wanted.principalId !== null) query = query.where('a.principal_id', '=', wanted.principalId)
  const reaching = keysAbove(scopeKey)
  if (wanted.above) {
    query = query.where('a.scope_key', 'in', reaching)
  } else if (scopeKey !== tenantScope) {
    query = query.where((where) =>
      where.or([where('a.scope_key', 'in', reaching), isBelow(scopeKey)]),
    )
  }
  return (await query.execute()).map(assignmentOf)
}

/** `starts_with` and not `like`: a name may hold `_` and `%`. */
function isBelow(scopeKey: string) {
  return sql<boolean>`starts_with(scope_key, ${`${scopeKey}/`})`
}

export async function insertAssignment(
  tx: Transaction<Schema>,
  tenantId: string,
  assignment: Omit<Assignment, 'principalType'>,
): Promise<void> {
  await tx
    .insertInto('role_assignments')
    .values({
      tenant_id: tenantId,
      assignment_id: assignment.assignmentId,
      scope: assignment.scope,
      scope_key: assignment.scopeKey,
      principal_id: assignment.principalId,
      role_id: assignment.roleId,
      created_at: assignment.createdAt,
      created_by: assignment.createdBy,
    })
    .execute()
}

export async function deleteAssignment(
  tx: Transaction<Schema>,
  tenantId: string,
  assignmentId: string,
): Promise<void> {
  await tx
    .deleteFrom('role_assignments')
    .where('tenant_id', '=', tenantId)
    .where('assignment_id', '=', assignmentId)
    .execute()
}

/**
 * Deletes what is given at a scope and below it; answers the ids. The caller records them: see
 * `withdrawAssignments`.
 */
export async function deleteAssignmentsUnder(
  tx: Transaction<Schema>,
  tenantId: string,
  scopeKey: string,
): Promise<readonly string[]> {
  const rows = await tx
    .deleteFrom('role_assignments')
    .where('tenant_id', '=', tenantId)
    .where((where) => where.or([where('scope_key', '=', scopeKey), isBelow(scopeKey)]))
    .returning('assignment_id')
    .execute()
  return rows.map((row) => row.assignment_id).toSorted()
}

/**
 * How many assignments let principals that are not disabled manage access at a scope, without one
 * assignment or without one principal.
 */
export async function countAccessManagers(
  db: Reader,
  tenantId: string,
  scopeKey: string,
  without: { readonly assignmentId: string } | { readonly principalId: string },
): Promise<number> {
  let query = db
    .selectFrom('role_assignments as a')
    .innerJoin('principals as p', (join) =>
      join.onRef('p.tenant_id', '=', 'a.tenant_id').onRef('p.principal_id', '=', 'a.principal_id'),
    )
    .select((select) => select.fn.countAll<bigint>().as('count'))
    .where('a.tenant_id', '=', tenantId)
    .where('a.scope_key', 'in', keysAbove(scopeKey))
    .where('a.role_id', 'in', accessManagerRoles)
    .where('p.disabled', '=', false)
  query =
    'assignmentId' in without
      ? query.where('a.assignment_id', '!=', without.assignmentId)
      : query.where('a.principal_id', '!=', without.principalId)
  return Number((await query.executeTakeFirstOrThrow()).count)
}

/** The scopes at which a role is held, one entry for each assignment. */
export async function scopesOfRole(
  db: Reader,
  tenantId: string,
  roleId: string,
): Promise<readonly string[]> {
  const rows = await db
    .selectFrom('role_assignments')
    .select('scope_key')
    .where('tenant_id', '=', tenantId)
    .where('role_id', '=', roleId)
    .orderBy('assignment_id')
    .execute()
  return rows.map((row) => row.scope_key)
}

function selectAssignments(db: Reader, tenantId: string) {
  return db
    .selectFrom('role_assignments as a')
    .leftJoin('principals as p', (join) =>
      join.onRef('p.tenant_id', '=', 'a.tenant_id').onRef('p.principal_id', '=', 'a.principal_id'),
    )
    .selectAll('a')
    .select('p.kind')
    .where('a.tenant_id', '=', tenantId)
}

type Row = Awaited<ReturnType<ReturnType<typeof selectAssignments>['execute']>>[number]

function assignmentOf(row: Row): Assignment {
  return {
    assignmentId: row.assignment_id,
    scope: row.scope,
    scopeKey: row.scope_key,
    principalId: row.principal_id,
    principalType: row.kind ?? 'ServicePrincipal',
    roleId: row.role_id,
    createdAt: instantOf(row.created_at),
    createdBy: row.created_by,
  }
}
