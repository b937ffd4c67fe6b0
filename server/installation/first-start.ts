import { existsSync, readFileSync, renameSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { type Transaction, sql } from 'kysely'
import { createSubscription } from '../aliases/create.ts'
import {
  type BillingAccount,
  billingScopeOf,
  readBillingAccount,
  saveAccount,
  usualTerms,
} from '../billing-accounts/store.ts'
import type { Database } from '../database/connection.ts'
import { replaceFile, syncPath } from '../database/durable-writes.ts'
import type { Schema } from '../database/schema.ts'
import { type EventRecorder, accountStream } from '../events/record.ts'
import { assert } from '../kernel/assert.ts'
import type { Random } from '../kernel/ids.ts'
import type { Instant } from '../kernel/instant.ts'
import { offers } from '../offers/offer.ts'
import { createTenant } from '../tenants/create-tenant.ts'

export const signInFileName = 'first-sign-in.json'
const firstAccountName = 'default'

export type FirstStartDependencies = {
  readonly database: Database<Schema>
  readonly dataFolder: string
  readonly events: EventRecorder
  readonly random: Random
}

/**
 * Makes the operator's tenant, its administrator, a billing account and a subscription, once for an
 * installation. The file with the administrator's secret is on the disk before the secret is
 * committed, and takes its name afterwards: whenever this is interrupted, nobody is locked out.
 */
export async function startFirst(
  server: string,
  realNow: Instant,
  dependencies: FirstStartDependencies,
): Promise<void> {
  const { database, dataFolder } = dependencies
  const path = join(dataFolder, signInFileName)
  const draftPath = `${path}.draft`
  await keepFinishedDraft(database, draftPath, path)
  if (await hasTenants(database)) return
  await makeFirstThings(realNow, dependencies, (signIn) => {
    replaceFile(draftPath, `${JSON.stringify({ server, ...signIn }, null, 2)}\n`)
  })
  await keepFinishedDraft(database, draftPath, path)
}

/** A draft whose tenant was stored becomes the file; any other was never true. */
async function keepFinishedDraft(
  database: Database<Schema>,
  draftPath: string,
  path: string,
): Promise<void> {
  if (!existsSync(draftPath)) return
  const { tenantId } = JSON.parse(readFileSync(draftPath, 'utf8')) as { tenantId: string }
  const stored = await database.db
    .selectFrom('tenants')
    .select('tenant_id')
    .where('tenant_id', '=', tenantId)
    .executeTakeFirst()
  if (stored === undefined) {
    rmSync(draftPath)
    return
  }
  renameSync(draftPath, path)
  syncPath(join(path, '..'))
}

async function hasTenants(database: Database<Schema>): Promise<boolean> {
  const row = await database.db.selectFrom('tenants').select('tenant_id').limit(1).execute()
  return row.length > 0
}

async function makeFirstThings(
  realNow: Instant,
  { database, events, random }: FirstStartDependencies,
  writeDraft: (signIn: object) => void,
): Promise<void> {
  await database.transaction(async (tx) => {
    // Two nodes may start for the first time at once: one makes the tenant, the other finds it.
    await sql`lock table tenants in exclusive mode`.execute(tx)
    const existing = await tx.selectFrom('tenants').select('tenant_id').limit(1).execute()
    if (existing.length > 0) return
    const tenant = {
      tenantId: random.uuid(),
      displayName: 'Operator',
      isOperator: true,
      principalName: 'administrator',
      actor: 'system',
    }
    const secret = await createTenant(tx, tenant, realNow, { events, random })
    assert(secret !== null, 'a tenant of a new id was not there before')
    const { tenantId, objectId, clientId, clientSecret } = secret
    const account = await makeFirstAccount(tx, tenantId, objectId, realNow, events)
    const subscription = {
      tenantId,
      account,
      offer: offers.PayAsYouGo,
      displayName: 'First subscription',
      workload: 'Production',
      tags: {},
      accountAdministrator: objectId,
      createdBy: objectId,
    }
    await createSubscription(tx, subscription, realNow, { events, random })
    writeDraft({
      tenantId,
      clientId,
      clientSecret,
      objectId,
      billingScope: billingScopeOf(account),
    })
  }, 'first start')
}

async function makeFirstAccount(
  tx: Transaction<Schema>,
  tenantId: string,
  actor: string,
  realNow: Instant,
  events: EventRecorder,
): Promise<BillingAccount> {
  const terms = {
    ...usualTerms,
    name: firstAccountName,
    displayName: 'First billing account',
  }
  await saveAccount(tx, tenantId, terms, { now: realNow, realNow })
  const created = { type: 'BillingAccountCreated', at: realNow, actor, data: {} }
  await events.record(tx, accountStream(tenantId, firstAccountName), [created], realNow)
  const account = await readBillingAccount(tx, tenantId, firstAccountName)
  assert(account !== null, 'the account was stored a moment ago')
  return account
}
