import type { Transaction } from 'kysely'
import type { Schema } from '../database/schema.ts'
import type { EventRecorder } from '../events/record.ts'
import type { Instant } from '../kernel/instant.ts'
import { beginTenantChange } from '../tenants/change.ts'
import { deleteAssignmentsUnder } from './assignments.store.ts'

/**
 * Takes away everything that was given on a thing that is gone, and inside it: else a thing made
 * later under the same name would be born with them. Part of the transaction that erases a
 * resource, a group or a subscription. Answers how many there were.
 *
 * @param scopeKey of the thing, in lower case, without a trailing slash; not `/`.
 */
export async function withdrawAssignments(
  tx: Transaction<Schema>,
  events: EventRecorder,
  request: {
    readonly tenantId: string
    readonly scopeKey: string
    readonly actor: string
    readonly realNow: Instant
  },
): Promise<number> {
  const assignmentIds = await deleteAssignmentsUnder(tx, request.tenantId, request.scopeKey)
  if (assignmentIds.length === 0) return 0
  // Most things hold no assignments of their own: only a change of some is worth the tenant's lock.
  const change = await beginTenantChange(tx, events, request)
  await change.record('RolesWithdrawn', { assignmentIds })
  return assignmentIds.length
}
