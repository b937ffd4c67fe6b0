import { type Transaction, sql } from 'kysely'
import { testRandom } from '../database/testing/test-database.ts'
import { saveAccount, usualTerms } from '../billing-accounts/store.ts'
import type { Schema } from '../database/schema.ts'
import { type EventRecorder, tenantStream } from '../events/record.ts'
import type { Instant } from '../kernel/instant.ts'
import { contributorRole, ownerRole, readerRole } from '../roles/built-in.ts'

const id = (digit: string): string => `${digit.repeat(8)}-0000-4000-8000-000000000000`

export const tenantA = id('a')
export const tenantB = id('b')
export const hostId = id('9')
export const publicUrl = 'https://arm.test:8443'

/** A subscription of tenant A and one of tenant B; both on real time. */
export const subscriptionA = id('1')
export const subscriptionB = id('2')

/** Who calls; the token is the object id. */
export const people = {
  /** Owner of tenant A and account administrator of its subscription. */
  owner: id('c'),
  contributor: id('d'),
  reader: id('e'),
  /** Contributor of the group `mine` in subscription A only. */
  member: id('f'),
  /** Of tenant A, holding nothing. */
  nobody: id('7'),
  /** Owner of tenant B. */
  stranger: id('8'),
} as const

export type Person = keyof typeof people

export async function fillWorld(
  tx: Transaction<Schema>,
  now: Instant,
  events: EventRecorder,
): Promise<void> {
  await tx
    .insertInto('hosts')
    .values({ host_id: hostId, control_url: '', blob_url: '', started_at: now, seen_at: now })
    .execute()
  await fillTenant(tx, { tenant: tenantA, subscription: subscriptionA, by: people.owner }, now)
  await fillTenant(tx, { tenant: tenantB, subscription: subscriptionB, by: people.stranger }, now)
  for (const tenantId of [tenantA, tenantB]) {
    const created = { type: 'TenantCreated', at: now, actor: 'system', data: {} }
    await events.record(tx, tenantStream(tenantId), [created], now)
  }
  for (const name of Object.keys(people)) await fillPerson(tx, name as Person, now)
}

async function fillTenant(
  tx: Transaction<Schema>,
  of: { readonly tenant: string; readonly subscription: string; readonly by: string },
  now: Instant,
): Promise<void> {
  const { tenant, subscription, by } = of
  await tx
    .insertInto('tenants')
    .values({ tenant_id: tenant, display_name: 'T', is_operator: false, created_at: now })
    .execute()
  const terms = { ...usualTerms, name: 'First', displayName: 'First', currency: 'EUR' } as const
  await saveAccount(tx, tenant, terms, { now, realNow: now })
  await insertSubscription(tx, { tenant, subscription, by }, now)
  await sql`insert into billable_intervals
      (tenant_id, subscription_id, interval_number, opened_at)
    values (${tenant}, ${subscription}, 1, ${now})`.execute(tx)
}

export async function insertSubscription(
  tx: Pick<Transaction<Schema>, 'getExecutor'>,
  of: { readonly tenant: string; readonly subscription: string; readonly by: string },
  now: Instant,
): Promise<void> {
  const { tenant, subscription, by } = of
  await sql`insert into subscriptions (subscription_id, tenant_id, billing_account_key, offer,
      display_name, workload, tags, account_administrator, created_by, created_at, generation,
      plan_version)
    values (${subscription}, ${tenant}, 'first', 'PayAsYouGo', 'S', 'Production', '{}',
      ${by}, ${by}, ${now}, 1, 1)`.execute(tx)
}

const inA = `/subscriptions/${subscriptionA}`
const roles: { readonly [Name in Person]: readonly (readonly [string, string])[] } = {
  owner: [['/', ownerRole.id]],
  contributor: [[inA, contributorRole.id]],
  reader: [[inA, readerRole.id]],
  member: [[`${inA}/resourcegroups/mine`, contributorRole.id]],
  nobody: [],
  stranger: [['/', ownerRole.id]],
}

async function fillPerson(tx: Transaction<Schema>, name: Person, now: Instant): Promise<void> {
  const tenant = name === 'stranger' ? tenantB : tenantA
  await tx
    .insertInto('principals')
    .values({
      tenant_id: tenant,
      principal_id: people[name],
      app_id: people[name],
      kind: 'ServicePrincipal',
      name_key: name,
      name,
      disabled: false,
      created_at: now,
    })
    .execute()
  for (const [scope, role] of roles[name]) {
    await tx
      .insertInto('role_assignments')
      .values({
        tenant_id: tenant,
        assignment_id: testRandom.uuid(),
        scope,
        scope_key: scope,
        principal_id: people[name],
        role_id: role,
        created_at: now,
        created_by: people.owner,
      })
      .execute()
  }
}
