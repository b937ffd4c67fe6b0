import type { Transaction } from 'kysely'
import type { Schema } from '../database/schema.ts'
import { type EventRecorder, tenantStream } from '../events/record.ts'
import type { Random } from '../kernel/ids.ts'
import { type Instant, addDays } from '../kernel/instant.ts'
import { insertAssignment } from '../roles/assignments.store.ts'
import { ownerRole } from '../roles/built-in.ts'
import { tenantScope } from '../roles/role.ts'
import { enqueue } from '../work/work.ts'
import { type TenantChange, beginTenantChange } from './change.ts'
import { type NewSecret, addSecret, createServicePrincipal } from './create-service-principal.ts'
import { secretLifetimeDaysMax } from './principal.ts'
import { insertTenant } from './tenants.store.ts'

export type AskedTenant = {
  readonly tenantId: string
  readonly displayName: string
  /** The tenant of whoever runs the installation: only its administrators make other tenants. */
  readonly isOperator: boolean
  /** The name of its first service principal. */
  readonly principalName: string
  /** `system` at the first start; else `operator`, for of another tenant nothing is seen, no id either. */
  readonly actor: string
}

/**
 * Makes a tenant with its first service principal, Owner of all of it, and a secret to sign in by.
 * Null: there is a tenant of this id already, and nothing was changed.
 */
export async function createTenant(
  tx: Transaction<Schema>,
  asked: AskedTenant,
  realNow: Instant,
  { events, random }: { readonly events: EventRecorder; readonly random: Random },
): Promise<NewSecret | null> {
  const { tenantId, displayName, isOperator, principalName, actor } = asked
  const isNew = await insertTenant(tx, { tenantId, displayName, isOperator, createdAt: realNow })
  if (!isNew) return null
  const created = { type: 'TenantCreated', at: realNow, actor, data: { tenantId, isOperator } }
  await events.record(tx, tenantStream(tenantId), [created], realNow)
  await enqueue(
    tx,
    {
      tenantId,
      kind: 'sign-heads',
      key: tenantId,
      subject: {},
      clockKey: null,
      dueAt: addDays(realNow, 1),
      hostId: null,
    },
    realNow,
    random,
  )

  const change = await beginTenantChange(tx, events, { tenantId, actor, realNow })
  const names = { name: principalName, displayName: principalName }
  const principal = await createServicePrincipal(change, names, random)
  await makeOwner(change, principal.principalId, random)
  return addSecret(change, principal, secretLifetimeDaysMax, random)
}

async function makeOwner(change: TenantChange, principalId: string, random: Random): Promise<void> {
  const assignmentId = random.uuid()
  const roleId = ownerRole.id
  await insertAssignment(change.tx, change.tenantId, {
    assignmentId,
    scope: tenantScope,
    scopeKey: tenantScope,
    principalId,
    roleId,
    createdAt: change.now,
    // The column holds object ids of this tenant; the first right is no gift of one of them.
    createdBy: principalId,
  })
  const at = { scope: 'tenant' }
  await change.record('RoleAssigned', { assignmentId, principalId, roleId, at })
}
