import { type Kysely, type Selectable, type Transaction, sql } from 'kysely'
import { instantOf } from '../database/connection.ts'
import type { Schema } from '../database/schema.ts'
import type { Instant } from '../kernel/instant.ts'
import type { GroupContent, ResourceGroup } from './resource-group.ts'

type Reader = Pick<Kysely<Schema>, 'selectFrom'>

export async function readGroup(
  db: Reader,
  subscriptionId: string,
  name: string,
): Promise<ResourceGroup | null> {
  const row = await db
    .selectFrom('resource_groups')
    .selectAll()
    .where('subscription_id', '=', subscriptionId)
    .where('name_key', '=', name.toLowerCase())
    .executeTakeFirst()
  return row === undefined ? null : groupOf(row)
}

/** By name, from after `after` on; those with the tag, if one is asked for. */
export async function listGroups(
  db: Reader,
  subscriptionId: string,
  wanted: {
    readonly tagName: string | null
    readonly tagValue: string | null
    readonly after: string | null
    readonly limit: number
  },
): Promise<readonly ResourceGroup[]> {
  let query = db
    .selectFrom('resource_groups')
    .selectAll()
    .where('subscription_id', '=', subscriptionId)
    .orderBy('name_key')
    .limit(wanted.limit)
  if (wanted.after !== null) query = query.where('name_key', '>', wanted.after)
  if (wanted.tagName !== null) query = query.where(hasTag(wanted.tagName, wanted.tagValue))
  return (await query.execute()).map(groupOf)
}

/** Whether the row's `tags` hold a name, in any case, and the value, if one is given. */
export function hasTag(name: string, value: string | null) {
  return sql<boolean>`exists (
    select from jsonb_each_text(tags) as tag
    where (tag.key = ${name} or lower(tag.key) = lower(${name}))
      and (${value}::text is null or tag.value = ${value}::text))`
}

export async function insertGroup(
  tx: Transaction<Schema>,
  group: GroupContent & {
    readonly tenantId: string
    readonly subscriptionId: string
    readonly uid: string
    readonly name: string
    readonly now: Instant
  },
): Promise<void> {
  await tx
    .insertInto('resource_groups')
    .values({
      tenant_id: group.tenantId,
      subscription_id: group.subscriptionId,
      name_key: group.name.toLowerCase(),
      name: group.name,
      uid: group.uid,
      location: group.location,
      tags: JSON.stringify(group.tags),
      managed_by: group.managedBy,
      provisioning_state: 'Succeeded',
      created_at: group.now,
      changed_at: group.now,
    })
    .execute()
}

export async function updateGroup(
  tx: Transaction<Schema>,
  uid: string,
  change: Partial<Pick<GroupContent, 'tags' | 'managedBy'>> & { readonly deleting?: true },
  now: Instant,
): Promise<void> {
  await tx
    .updateTable('resource_groups')
    .set({
      changed_at: now,
      ...(change.tags === undefined ? {} : { tags: JSON.stringify(change.tags) }),
      ...(change.managedBy === undefined ? {} : { managed_by: change.managedBy }),
      ...(change.deleting === undefined ? {} : { provisioning_state: 'Deleting' as const }),
    })
    .where('uid', '=', uid)
    .execute()
}

export async function eraseGroup(tx: Transaction<Schema>, uid: string): Promise<void> {
  await tx.deleteFrom('resource_groups').where('uid', '=', uid).execute()
}

/** A group by its uid: one made again under the same name is another. */
export async function readGroupByUid(db: Reader, uid: string): Promise<ResourceGroup | null> {
  const row = await db
    .selectFrom('resource_groups')
    .selectAll()
    .where('uid', '=', uid)
    .executeTakeFirst()
  return row === undefined ? null : groupOf(row)
}

function groupOf(row: Selectable<Schema['resource_groups']>): ResourceGroup {
  return {
    uid: row.uid,
    subscriptionId: row.subscription_id,
    name: row.name,
    location: row.location,
    tags: row.tags,
    managedBy: row.managed_by,
    provisioningState: row.provisioning_state,
    createdAt: instantOf(row.created_at),
    changedAt: instantOf(row.changed_at),
  }
}
