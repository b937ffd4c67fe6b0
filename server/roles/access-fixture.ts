import type { LightMyRequestResponse } from 'fastify'
import { type Transaction, sql } from 'kysely'
import { migrations } from '../database/migrations/all.ts'
import { saveAccount, usualTerms } from '../billing-accounts/store.ts'
import type { Schema } from '../database/schema.ts'
import { openTestDatabase, testInstant, testRandom } from '../database/testing/test-database.ts'
import type { Instant } from '../kernel/instant.ts'
import { readEvents } from '../events/read.ts'
import { createEventRecorder, tenantStream } from '../events/record.ts'
import { addMs } from '../kernel/instant.ts'
import { createHttpServer } from '../pipeline/http-server.ts'
import { createTenant } from '../tenants/create-tenant.ts'
import { servicePrincipalOperations } from '../tenants/service-principals.http.ts'
import { tenantOperations } from '../tenants/tenants.http.ts'
import { contributorRole, ownerRole, readerRole, userAccessAdministratorRole } from './built-in.ts'
import { roleOperations } from './roles.http.ts'

const id = (digit: string): string => `${digit.repeat(8)}-0000-4000-8000-000000000000`

/** The operator's tenant, and a customer's. */
export const tenantA = id('a')
export const tenantB = id('b')
/** In tenant A, PayAsYouGo: only its account administrator may cancel it. */
export const sold = id('1')
/** In tenant A, MicrosoftCustomerAgreement: its Owners may cancel it. */
export const agreed = id('2')
/** In tenant B. */
export const foreign = id('3')
export const publicUrl = 'https://arm.test:8443'

/** Who calls; the token is the object id. */
export const people = {
  /** Owner of tenant A: made with it. */
  admin: id('c'),
  /** Account administrator of both subscriptions, and Owner of the first. */
  payer: id('d'),
  /** Owner of both subscriptions, and no more. */
  owner: id('e'),
  /** User Access Administrator of the first subscription. */
  keeper: id('f'),
  /** Contributor of all of tenant A. */
  contributor: id('4'),
  /** Reader of the first subscription. */
  reader: id('5'),
  /** Of tenant A, holding nothing. */
  nobody: id('6'),
  /** Owner of tenant B. */
  stranger: id('7'),
} as const

export type Person = keyof typeof people

const inSold = `/subscriptions/${sold}`
const inAgreed = `/subscriptions/${agreed}`
const held: readonly (readonly [Person, string, string])[] = [
  ['payer', inSold, ownerRole.id],
  ['owner', inSold, ownerRole.id],
  ['owner', inAgreed, ownerRole.id],
  ['keeper', inSold, userAccessAdministratorRole.id],
  ['contributor', '/', contributorRole.id],
  ['reader', inSold, readerRole.id],
]

/** A generator whose next identifiers are given: the first principals have the ids of `people`. */
function randomBeginningWith(ids: string[]): typeof testRandom {
  return { ...testRandom, uuid: () => ids.shift() ?? testRandom.uuid() }
}

/** Roles, tenants and service principals over the whole request path and a real database. */
export async function openAccess() {
  const database = await openTestDatabase<Schema>({ migrations })
  const masterKey = testRandom.bytes(32)
  const events = createEventRecorder({ masterKey, random: testRandom })
  let now = testInstant
  for (const [tenantId, administrator] of [
    [tenantA, people.admin],
    [tenantB, people.stranger],
  ] as const) {
    const random = randomBeginningWith([administrator, administrator])
    const isOperator = tenantId === tenantA
    const asked = { tenantId, displayName: 'T', isOperator, principalName: 'First' }
    await database.transaction((tx) =>
      createTenant(tx, { ...asked, actor: 'system' }, now, { events, random }),
    )
  }
  await database.transaction((tx) => fill(tx, now))
  const dependencies = { database, events, random: testRandom }
  const app = createHttpServer({
    operations: [
      ...roleOperations(dependencies),
      ...tenantOperations(dependencies),
      ...servicePrincipalOperations(dependencies),
    ],
    db: database.db,
    clock: { now: () => now },
    random: testRandom,
    publicUrl: () => publicUrl,
    verifyAccessToken: async (token) => {
      const [tenantId = tenantA, objectId = ''] = (token ?? '').split('/')
      return { tenantId, objectId, appId: objectId, kind: 'ServicePrincipal', audience: 'arm' }
    },
    log: silentLog,
  })
  /** `as`: one of the people, or the object id of a principal of tenant A. */
  const call = (as: string, method: string, path: string, body?: unknown) =>
    app.inject({
      method: method as 'GET',
      url: path.startsWith(publicUrl) ? path.slice(publicUrl.length) : path,
      headers: {
        authorization: `Bearer ${tokenOf(as)}`,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(body === undefined ? {} : { payload: JSON.stringify(body) }),
    })
  return {
    database,
    events,
    call,
    wait: (ms: number): void => void (now = addMs(now, ms)),
    history: (tenantId: string = tenantA) =>
      readEvents(database.db, tenantStream(tenantId), { after: 0, limit: 1000 }, masterKey),
    [Symbol.asyncDispose]: async () => {
      await app.close()
      await database.close()
    },
  }
}

function tokenOf(as: string): string {
  return `${as === 'stranger' ? tenantB : tenantA}/${people[as as Person] ?? as}`
}

export type Access = Awaited<ReturnType<typeof openAccess>>

/** The status and the code of an ARM error. */
export function errorOf(response: LightMyRequestResponse): string {
  const body = response.json<{ error?: { code?: string } }>()
  return `${response.statusCode} ${body.error?.code}`
}

export const authorization = 'api-version=2022-04-01'

/** The address of something of Microsoft.Authorization at a scope. */
export function addressAt(scope: string, type: string, name = ''): string {
  const prefix = scope === '/' ? '' : scope
  const rest = name === '' ? type : `${type}/${name}`
  return `${prefix}/providers/Microsoft.Authorization/${rest}?${authorization}`
}

/** The content of an assignment; to `nobody` unless told. */
export function rightTo(roleId: string, principalId: string = people.nobody) {
  const roleDefinitionId = `/providers/Microsoft.Authorization/roleDefinitions/${roleId}`
  return { properties: { roleDefinitionId, principalId } }
}

/** Gives a role, or tries to; `take` has the administrator take it away again. */
export async function give(
  access: Access,
  as: string,
  scope: string,
  roleId: string,
  principalId?: string,
) {
  const name = testRandom.uuid()
  const path = addressAt(scope, 'roleAssignments', name)
  const response = await access.call(as, 'PUT', path, rightTo(roleId, principalId))
  const take = async (): Promise<number> => (await access.call('admin', 'DELETE', path)).statusCode
  return { name, response, take }
}

/** A list as ARM answers it. */
export type Listed<Properties = { readonly [name: string]: string }> = {
  readonly value: readonly {
    readonly id: string
    readonly name: string
    readonly properties: Properties
  }[]
  readonly nextLink?: string
}

/** Every page of a list, in order. */
export async function readAll<Properties = { readonly [name: string]: string }>(
  access: Access,
  as: string,
  path: string,
): Promise<Listed<Properties>['value'][]> {
  const pages = []
  let next: string | undefined = path
  while (next !== undefined) {
    const response = await access.call(as, 'GET', next)
    const page: Listed<Properties> = response.json<Listed<Properties>>()
    pages.push(page.value)
    next = page.nextLink
  }
  return pages
}

async function fill(tx: Transaction<Schema>, now: Instant): Promise<void> {
  for (const [tenantId, subscriptionId, offer] of [
    [tenantA, sold, 'PayAsYouGo'],
    [tenantA, agreed, 'MicrosoftCustomerAgreement'],
    [tenantB, foreign, 'PayAsYouGo'],
  ] as const) {
    await addSubscription(tx, { tenantId, subscriptionId, offer }, now)
  }
  await addThings(tx, now)
  for (const [name, principalId] of Object.entries(people)) {
    if (name === 'admin' || name === 'stranger') continue
    await sql`insert into principals
      (tenant_id, principal_id, app_id, kind, name_key, name, disabled, created_at)
      values (${tenantA}, ${principalId}, ${principalId}, 'ServicePrincipal', ${name}, ${name},
        false, ${now})`.execute(tx)
  }
  for (const [person, scope, roleId] of held) {
    await sql`insert into role_assignments (tenant_id, assignment_id, scope, scope_key,
        principal_id, role_id, created_at, created_by)
      values (${tenantA}, ${testRandom.uuid()}, ${scope}, ${scope}, ${people[person]}, ${roleId},
        ${now}, ${people.admin})`.execute(tx)
  }
}

async function addSubscription(
  tx: Transaction<Schema>,
  subscription: { tenantId: string; subscriptionId: string; offer: string },
  now: Instant,
): Promise<void> {
  const { tenantId, subscriptionId, offer } = subscription
  const payer = tenantId === tenantA ? people.payer : people.stranger
  const terms = { ...usualTerms, name: 'First', displayName: 'First', currency: 'EUR' } as const
  await saveAccount(tx, tenantId, terms, { now, realNow: now })
  await sql`insert into subscriptions (subscription_id, tenant_id, billing_account_key, offer,
      display_name, workload, tags, account_administrator, created_by, created_at, generation,
      plan_version)
    values (${subscriptionId}, ${tenantId}, 'first', ${offer}, 'S', 'Production', '{}', ${payer},
      ${payer}, ${now}, 1, 1)`.execute(tx)
}

/** A group `Mine` with a storage account `Disk1` in it, and one whose name begins alike. */
async function addThings(tx: Transaction<Schema>, now: Instant): Promise<void> {
  const host = id('9')
  await tx
    .insertInto('hosts')
    .values({ host_id: host, control_url: '', blob_url: '', started_at: now, seen_at: now })
    .execute()
  for (const name of ['Mine', 'Mine_2']) {
    await sql`insert into resource_groups (tenant_id, subscription_id, name_key, name, uid,
        location, tags, provisioning_state, created_at, changed_at)
      values (${tenantA}, ${sold}, ${name.toLowerCase()}, ${name}, ${testRandom.uuid()}, 'local',
        '{}', 'Succeeded', ${now}, ${now})`.execute(tx)
  }
  const type = 'Microsoft.Storage/storageAccounts'
  await sql`insert into resources (uid, tenant_id, subscription_id, group_key, type_key, type,
      name_key, name, location, tags, properties, host_id, made_by_system, created_by, created_at,
      changed_at, generation, observed_generation, attempts, wanted_since, next_try_at)
    values (${testRandom.uuid()}, ${tenantA}, ${sold}, 'mine', ${type.toLowerCase()}, ${type},
      'disk1', 'Disk1', 'local', '{}', '{}', ${host}, false, ${people.admin}, ${now}, ${now}, 1, 0,
      0, ${now}, ${now})`.execute(tx)
}

const silentLog = {
  level: 'silent',
  fatal: console.error,
  error: console.error,
  warn: () => {},
  info: () => {},
  debug: () => {},
  trace: () => {},
  silent: () => {},
  child: () => silentLog,
} as unknown as Parameters<typeof createHttpServer>[0]['log']
