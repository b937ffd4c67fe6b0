import type { Transaction } from 'kysely'
import type { Schema } from '../../server/database/schema.ts'
import { planHourlySamples } from '../../server/effects/plan-samples.ts'
import { createEventRecorder, tenantStream } from '../../server/events/record.ts'
import { registerHost } from '../../server/hosts/hosts.ts'
import { addDays, instant } from '../../server/kernel/instant.ts'
import { enqueue } from '../../server/work/work.ts'
import { checkAll, look } from './checks.ts'
import { addAccount, addPrices, loadPrices } from './accounts.ts'
import type { Core, Plant, Tenant } from './core.ts'
import { openSimulatedDatabase } from './database.ts'
import { newLedger } from './remembered.ts'
import { startNode } from './node.ts'
import { readRows } from './rows.ts'
import { diceOf, randomOf } from './seeded.ts'
import { World } from './world.ts'

const supportRole = '6f3c0a52-8d1e-4b7a-9c55-2e1d7b90a4f1'
const ownerRole = '8e3af657-a8ff-443c-a75c-2fe8c4bcb635'

/** Two hosts, two or three tenants with accounts on clocks of their own and on real time. */
export async function openCore(
  seed: number,
  plant: Plant,
): Promise<{ readonly core: Core; readonly close: () => Promise<void> }> {
  const random = randomOf(seed)
  const { database, close } = await openSimulatedDatabase(random)
  const rows = await readRows(database.db)
  const core: Core = {
    dice: diceOf(seed),
    random,
    clock: { now: () => instant(core.realNow) },
    realNow: Date.parse('2026-11-01T00:00:00Z'),
    latestReal: 0,
    effectLimitMs: 600_000,
    database,
    masterKey: random.bytes(32),
    historyKeyPem: signingKeyOf(random),
    world: new World(plant.losesData === true),
    hosts: [],
    tenants: [],
    models: new Map(),
    tasks: [],
    plant,
    statements: 0,
    faults: [],
    trace: [],
    written: '',
    rows,
    before: rows,
    step: 0,
    writes: [],
    pauses: [],
    slowness: 0,
    broken: new Set(),
    plans: [],
    names: 0,
    repeats: [],
    ledger: newLedger(),
  }
  for (const name of ['first', 'second']) {
    const host = { hostId: random.uuid(), name, node: null }
    const urls = { controlUrl: `https://${name}`, blobUrl: `https://${name}` }
    await registerHost(database.db, { hostId: host.hostId, ...urls }, core.clock.now())
    core.hosts.push(host)
  }
  for (const host of core.hosts) host.node = startNode(core, host)
  await loadPrices(core)
  for (let made = 0; made < 2 + (seed % 2); made += 1) await addTenant(core)
  await planSamples(core)
  await look(core)
  checkAll(core)
  return { core, close }
}

/** As a node does at its start. */
async function planSamples({ database, hosts, tenants, clock, random }: Core): Promise<void> {
  const tenantId = tenants[0]?.tenantId ?? ''
  await database.transaction(async (tx) => {
    for (const { hostId } of hosts) {
      await planHourlySamples(tx, { tenantId, hostId }, clock.now(), random)
    }
  })
}

async function addTenant(core: Core): Promise<void> {
  const { random, database } = core
  const tenantId = random.uuid()
  const people = ['admin', 'contributor', 'supporter', 'guest'].map((name) => ({
    name,
    principalId: random.uuid(),
  }))
  const tenant: Tenant = {
    tenantId,
    people,
    accounts: [
      { name: 'programme', clock: 'clock-a' },
      { name: 'agreement', clock: 'clock-b' },
      { name: 'real', clock: null },
    ],
  }
  core.tenants.push(tenant)
  await database.transaction((tx) => insertTenant(tx, core, tenant))
  await addPrices(core, tenant)
  for (const account of tenant.accounts) await addAccount(core, tenant, account)
}

/**
 * An Ed25519 key in PKCS#8, made of the seed's own bytes: its signatures are the same each time.
 */
function signingKeyOf(random: Core['random']): string {
  const header = Buffer.from('302e020100300506032b657004220420', 'hex')
  const body = Buffer.concat([header, random.bytes(32)]).toString('base64')
  return `-----BEGIN PRIVATE KEY-----\n${body}\n-----END PRIVATE KEY-----\n`
}

/** Written row by row: the product hashes a secret for each principal, which takes its time. */
async function insertTenant(tx: Transaction<Schema>, core: Core, tenant: Tenant): Promise<void> {
  const { tenantId, people } = tenant
  const now = core.clock.now()
  const common = { tenant_id: tenantId, created_at: now }
  await tx
    .insertInto('tenants')
    .values({ ...common, display_name: 'tenant', is_operator: core.tenants.length === 1 })
    .execute()
  for (const { name, principalId } of people) {
    const names = { kind: 'ServicePrincipal' as const, name_key: name, name, disabled: false }
    const ids = { principal_id: principalId, app_id: core.random.uuid() }
    await tx
      .insertInto('principals')
      .values({ ...common, ...ids, ...names })
      .execute()
    const role = { admin: ownerRole, supporter: supportRole }[name]
    if (role === undefined) continue
    await tx
      .insertInto('role_assignments')
      .values({
        ...common,
        assignment_id: core.random.uuid(),
        scope: '/',
        scope_key: '/',
        principal_id: principalId,
        role_id: role,
        created_by: principalId,
      })
      .execute()
  }
  const events = createEventRecorder({ masterKey: core.masterKey, random: core.random })
  const created = { type: 'TenantCreated', at: now, actor: 'system', data: {} }
  await events.record(tx, tenantStream(tenantId), [created], now)
  const daily = { kind: 'sign-heads', key: tenantId, subject: {}, clockKey: null, hostId: null }
  await enqueue(tx, { tenantId, ...daily, dueAt: addDays(now, 1) }, now, core.random)
}
