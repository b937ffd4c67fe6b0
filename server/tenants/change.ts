import type { Transaction } from 'kysely'
import { instantOf } from '../database/connection.ts'
import type { Schema } from '../database/schema.ts'
import { type EventRecorder, tenantStream } from '../events/record.ts'
import { assert } from '../kernel/assert.ts'
import { type Instant, later } from '../kernel/instant.ts'

/** What a change of a tenant's principals, roles and assignments works with. */
export type TenantChange = {
  readonly tx: Transaction<Schema>
  readonly tenantId: string
  /** Real time, but never before the last event of the tenant's history. */
  readonly now: Instant
  /** Appends to the tenant's history. Data: ids and dates, never names, addresses or secrets. */
  readonly record: (type: string, data: object) => Promise<void>
}

/**
 * Begins a change of a tenant, one at a time: what is read after this holds when it is recorded, so
 * that two who each take away the other's last right cannot both succeed. The lock is the head of
 * the tenant's stream, which the change takes anyway to record its event.
 */
export async function beginTenantChange(
  tx: Transaction<Schema>,
  events: EventRecorder,
  request: { readonly tenantId: string; readonly actor: string; readonly realNow: Instant },
): Promise<TenantChange> {
  const { tenantId, actor, realNow } = request
  const stream = tenantStream(tenantId)
  const head = await tx
    .selectFrom('streams')
    .select('last_at')
    .where('tenant_id', '=', tenantId)
    .where('stream', '=', stream.stream)
    .forUpdate()
    .executeTakeFirst()
  assert(head !== undefined, 'a tenant has a history from its creation on')
  const now = later(realNow, instantOf(head.last_at))
  return {
    tx,
    tenantId,
    now,
    record: (type, data) => events.record(tx, stream, [{ type, at: now, actor, data }], realNow),
  }
}
