import { type Kysely, type Selectable, type Transaction, sql } from 'kysely'
import { instantOf, instantOrNull } from '../database/connection.ts'
import type { Schema } from '../database/schema.ts'
import type { Instant } from '../kernel/instant.ts'
import type { MeterName } from '../prices/meter.ts'
import type { ResourceBody } from '../providers/contract.ts'
import { type Resource, type ResourceAddress, resourceId } from './resource.ts'

type Reader = Pick<Kysely<Schema>, 'selectFrom'>

/**
 * The resource at an address: the live one, else the one whose destruction is still under way. Two
 * queries, one for each of the two indexes.
 */
export async function findResource(db: Reader, address: ResourceAddress): Promise<Resource | null> {
  const named = selectResources(db)
    .where('r.subscription_id', '=', address.subscriptionId)
    .where('r.group_key', '=', address.group.toLowerCase())
    .where('r.type_key', '=', address.type.toLowerCase())
    .where('r.name_key', '=', address.name.toLowerCase())
  const live = await named.where('r.deleted_at', 'is', null).executeTakeFirst()
  if (live !== undefined) return live.destroyed_at === null ? resourceOf(live) : null
  const leaving = await named
    .where('r.deleted_at', 'is not', null)
    .where('r.destroyed_at', 'is', null)
    .executeTakeFirst()
  return leaving === undefined ? null : resourceOf(leaving)
}

export async function readResource(db: Reader, uid: string): Promise<Resource | null> {
  const row = await selectResources(db).where('r.uid', '=', uid).executeTakeFirst()
  return row === undefined ? null : resourceOf(row)
}

type NewResource = ResourceBody &
  ResourceAddress & {
    readonly uid: string
    readonly tenantId: string
    readonly hostId: string
    readonly createdBy: string
    /** Those that run from now on, each with the rate at which it begins. */
    readonly meters: readonly { readonly name: MeterName; readonly rate: bigint }[]
    readonly now: Instant
    readonly realNow: Instant
  }

/** A new resource: its row, its id, its host and its running meters. */
export async function insertResource(
  tx: Transaction<Schema>,
  resource: NewResource,
): Promise<void> {
  const { uid, now } = resource
  const owner = { tenant_id: resource.tenantId, subscription_id: resource.subscriptionId }
  await insertRow(tx, resource)
  await tx
    .insertInto('resource_ids')
    .values({
      tenant_id: resource.tenantId,
      uid,
      resource_id: resourceId(resource),
      from_at: now,
    })
    .execute()
  await tx
    .insertInto('subscription_hosts')
    .values({ ...owner, host_id: resource.hostId })
    .onConflict((conflict) => conflict.doNothing())
    .execute()
  if (resource.meters.length === 0) return
  await tx
    .insertInto('resource_intervals')
    .values(
      resource.meters.map(({ name, rate }) => ({
        ...owner,
        uid,
        meter: name,
        interval_number: 1,
        rate,
        opened_at: now,
      })),
    )
    .execute()
}

async function insertRow(tx: Transaction<Schema>, resource: NewResource): Promise<void> {
  const { now, realNow } = resource
  await tx
    .insertInto('resources')
    .values({
      tenant_id: resource.tenantId,
      subscription_id: resource.subscriptionId,
      uid: resource.uid,
      group_key: resource.group.toLowerCase(),
      type_key: resource.type.toLowerCase(),
      type: resource.type,
      name_key: resource.name.toLowerCase(),
      name: resource.name,
      location: resource.location,
      ...contentOf(resource),
      host_id: resource.hostId,
      made_by_system: false,
      created_by: resource.createdBy,
      created_at: now,
      changed_at: now,
      generation: 0,
      observed_generation: 0,
      attempts: 0,
      wanted_since: realNow,
      next_try_at: realNow,
    })
    .execute()
}

export async function updateResource(
  tx: Transaction<Schema>,
  uid: string,
  content: Pick<ResourceBody, 'kind' | 'sku' | 'tags' | 'properties'>,
  now: Instant,
): Promise<void> {
  await tx
    .updateTable('resources')
    .set({ ...contentOf(content), changed_at: now })
    .where('uid', '=', uid)
    .execute()
}

/** Wanted absent from now on. The meters stop: at the suspension, if one holds, else now. */
export async function markDeleted(
  tx: Transaction<Schema>,
  uids: readonly string[],
  at: { readonly now: Instant; readonly metersStopAt: Instant; readonly realNow: Instant },
): Promise<void> {
  await tx
    .updateTable('resources')
    .set({
      deleted_at: at.now,
      changed_at: at.now,
      generation: sql`generation + 1`,
      attempts: 0,
      last_error: null,
      remedy: null,
      wanted_since: at.realNow,
      next_try_at: at.realNow,
    })
    .where('uid', 'in', uids)
    .where('deleted_at', 'is', null)
    .execute()
  await tx
    .updateTable('resource_intervals')
    .set({ closed_at: sql`greatest(opened_at, ${at.metersStopAt}::int8)` })
    .where('uid', 'in', uids)
    .where('closed_at', 'is', null)
    .execute()
}

function contentOf(content: Pick<ResourceBody, 'kind' | 'sku' | 'tags' | 'properties'>) {
  return {
    kind: content.kind,
    sku: content.sku === null ? null : JSON.stringify(content.sku),
    tags: JSON.stringify(content.tags),
    properties: JSON.stringify(content.properties),
  }
}

/** Rows with the id that is theirs now, or was theirs last. */
export function selectResources(db: Reader) {
  return db
    .selectFrom('resources as r')
    .selectAll('r')
    .select((query) =>
      query
        .selectFrom('resource_ids as i')
        .select('i.resource_id')
        .whereRef('i.uid', '=', 'r.uid')
        .orderBy('i.from_at', 'desc')
        .limit(1)
        .as('resource_id'),
    )
}

export function resourceOf(
  row: Selectable<Schema['resources']> & { readonly resource_id: string | null },
): Resource {
  return {
    uid: row.uid,
    tenantId: row.tenant_id,
    subscriptionId: row.subscription_id,
    id: row.resource_id ?? '',
    groupKey: row.group_key,
    type: row.type,
    name: row.name,
    location: row.location,
    kind: row.kind,
    sku: row.sku,
    tags: row.tags,
    properties: row.properties,
    hostId: row.host_id,
    createdBy: row.created_by,
    createdAt: instantOf(row.created_at),
    changedAt: instantOf(row.changed_at),
    deletedAt: instantOrNull(row.deleted_at),
    destroyedAt: instantOrNull(row.destroyed_at),
    generation: Number(row.generation),
    observedState: row.observed_state,
    lastError: row.last_error,
    remedy: row.remedy,
  }
}
