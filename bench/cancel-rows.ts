import { randomUUID } from 'node:crypto'
import { sql } from 'kysely'
import { createSubscription } from '../server/aliases/create.ts'
import { readBillingAccount, saveAccount, usualTerms } from '../server/billing-accounts/store.ts'
import { registerHost } from '../server/hosts/hosts.ts'
import { offers } from '../server/offers/offer.ts'
import { createTenant } from '../server/tenants/create-tenant.ts'
import type { Parts } from '../server/wiring.ts'

export type World = { readonly tenantId: string; readonly principalId: string }

const accountName = 'default'

/** A tenant with its administrator, a billing account on real time, and a host. */
export async function makeWorld(parts: Parts): Promise<World> {
  const { database, events, random, clock, hostId } = parts
  const tenantId = random.uuid()
  const address = { controlUrl: 'https://localhost', blobUrl: 'https://localhost' }
  await registerHost(database.db, { hostId, ...address }, clock.now())
  const principalId = await database.transaction(async (tx) => {
    const asked = {
      tenantId,
      displayName: 'Benchmark',
      isOperator: true,
      principalName: 'administrator',
      actor: 'system',
    }
    const secret = await createTenant(tx, asked, clock.now(), { events, random })
    if (secret === null) throw new Error('a new tenant was there already')
    const terms = { ...usualTerms, name: accountName, displayName: accountName }
    await saveAccount(tx, tenantId, terms, { now: clock.now(), realNow: clock.now() })
    return secret.objectId
  })
  return { tenantId, principalId }
}

/** Subscriptions made as an alias makes them. */
export async function makeSubscriptions(
  { database, events, random, clock }: Parts,
  { tenantId, principalId }: World,
  count: number,
): Promise<readonly string[]> {
  const account = await readBillingAccount(database.db, tenantId, accountName)
  if (account === null) throw new Error('the billing account was made before')
  const made: string[] = []
  for (let number = 0; number < count; number += 1) {
    const subscription = {
      tenantId,
      account,
      offer: offers.PayAsYouGo,
      displayName: `Benchmark ${number}`,
      workload: 'Production',
      tags: {},
      accountAdministrator: principalId,
      createdBy: principalId,
    }
    const id = await database.transaction((tx) =>
      createSubscription(tx, subscription, clock.now(), { events, random }),
    )
    made.push(id)
  }
  return made
}

/** Storage accounts in a subscription, with their ids and meters; no real thing behind them. */
export async function addResources(
  { database, hostId, clock }: Parts,
  { tenantId, principalId }: World,
  subscriptionId: string,
  count: number,
): Promise<void> {
  const now = clock.now()
  const group = `/subscriptions/${subscriptionId}/resourceGroups/bench`
  const path = `${group}/providers/Microsoft.Storage/storageAccounts/`
  await database.transaction(
    async (tx) => {
      await sql`insert into resource_groups (tenant_id, subscription_id, name_key, name, uid,
          location, tags, provisioning_state, created_at, changed_at)
        values (${tenantId}, ${subscriptionId}, 'bench', 'bench', ${randomUUID()}, 'local',
          '{}', 'Succeeded', ${now}, ${now})`.execute(tx)
      await sql`insert into subscription_hosts (tenant_id, subscription_id, host_id)
        values (${tenantId}, ${subscriptionId}, ${hostId})`.execute(tx)
      await sql`with made as (
          insert into resources (uid, tenant_id, subscription_id, group_key, type_key, type,
            name_key, name, location, kind, sku, tags, properties, host_id, made_by_system,
            created_by, created_at, changed_at, generation, observed_state, observed_generation,
            observed_at, attempts,
            wanted_since, next_try_at)
          select gen_random_uuid(), ${tenantId}::uuid, ${subscriptionId}::uuid, 'bench',
            'microsoft.storage/storageaccounts', 'Microsoft.Storage/storageAccounts', 'bench' || n,
            'bench' || n, 'local', 'StorageV2', '{"name":"Standard_LRS"}', '{}', '{}',
            ${hostId}::uuid, false, ${principalId}::uuid, ${now}::int8, ${now}::int8, 0, 'online',
            1,
            ${now}::int8, 0, ${now}::int8, ${now}::int8
          from generate_series(1, ${count}::int4) n
          returning uid, name
        ), ids as (
          insert into resource_ids (tenant_id, uid, resource_id, from_at)
          select ${tenantId}::uuid, uid, ${path}::text || name, ${now}::int8 from made
        )
        insert into resource_intervals (tenant_id, subscription_id, uid, meter, rate,
          interval_number, opened_at)
        select ${tenantId}::uuid, ${subscriptionId}::uuid, uid, 'storage-gb-months', 0, 1,
          ${now}::int8
        from made`.execute(tx)
    },
    'bench',
    'none',
  )
}

/**
 * Fills the tables up to so many subscriptions in all, each with what a new one has. They belong to
 * `holder`, or to a principal of their own.
 */
export async function fillSubscriptions(
  parts: Parts,
  { tenantId, principalId }: World,
  total: number,
  holder: 'others' | 'caller',
): Promise<void> {
  const { database, clock } = parts
  const now = clock.now()
  const owner = holder === 'caller' ? sql`${principalId}::uuid` : sql`gen_random_uuid()`
  await database.transaction(
    async (tx) => {
      await sql`with made as (
          insert into subscriptions (subscription_id, tenant_id, billing_account_key, offer,
            display_name, workload, tags, account_administrator, created_by, created_at, generation,
            plan_version)
          select gen_random_uuid(), ${tenantId}::uuid, ${accountName}, 'PayAsYouGo', 'Filler ' || n,
            'Production', '{}', ${owner}, ${principalId}::uuid, ${now}::int8, 1, 1
          from generate_series((select count(*) from subscriptions) + 1, ${total}::int8) n
          returning subscription_id, account_administrator
        ), charged as (
          insert into billable_intervals (tenant_id, subscription_id, interval_number, opened_at)
          select ${tenantId}::uuid, subscription_id, 1, ${now}::int8 from made
        ), granted as (
          insert into role_assignments (tenant_id, assignment_id, scope, scope_key, principal_id,
            role_id, created_at, created_by)
          select ${tenantId}::uuid, gen_random_uuid(), '/subscriptions/' || subscription_id,
            '/subscriptions/' || subscription_id, account_administrator,
            '8e3af657-a8ff-443c-a75c-2fe8c4bcb635'::uuid, ${now}::int8, ${principalId}::uuid
          from made
        ), keyed as (
          insert into stream_keys (tenant_id, stream, key_number, sealed)
          select ${tenantId}::uuid, 'subscription/' || subscription_id, 1, repeat('k', 90) from made
        ), told as (
          insert into events (tenant_id, stream, sequence, type, schema_version, at, recorded_at,
            actor, key_number, sealed_data, data_hash, previous_hash, hash)
          select ${tenantId}::uuid, 'subscription/' || subscription_id, 1, 'SubscriptionCreated', 1,
            ${now}::int8, ${now}::int8, 'system', 1, repeat('d', 300), '\\x00', '\\x00', '\\x00'
          from made
        )
        insert into streams (tenant_id, stream, sequence, head, last_at, key_number,
          signed_sequence)
        select ${tenantId}::uuid, 'subscription/' || subscription_id, 1, '\\x00', ${now}::int8, 1, 1
        from made`.execute(tx)
    },
    'bench',
    'none',
  )
  await calmDown(parts)
}

/** What so many new rows leave to be done is done now, and not while cancels are measured. */
async function calmDown({ database }: Parts): Promise<void> {
  await sql`vacuum analyze`.execute(database.db)
  // Not everybody who may use a database may ask for it; the figures are then less steady.
  await sql`checkpoint`.execute(database.db).catch(() => {})
}
