import type { LightMyRequestResponse } from 'fastify'
import type { Schema } from '../database/schema.ts'
import { migrations } from '../database/migrations/all.ts'
import {
  type TestDatabase,
  openTestDatabase,
  testInstant,
  testRandom,
} from '../database/testing/test-database.ts'
import { applyEffects } from '../effects/apply.ts'
import { spreadEffects } from '../effects/spread.ts'
import { readEvents } from '../events/read.ts'
import { createEventRecorder, subscriptionStream } from '../events/record.ts'
import { type Clock, type Instant, addMs } from '../kernel/instant.ts'
import { localLocation } from '../locations/location.ts'
import { locationsOperations } from '../locations/locations.http.ts'
import { asynchronousOperations } from '../operations/operations.http.ts'
import { createHttpServer } from '../pipeline/http-server.ts'
import type { Operation } from '../pipeline/operation.ts'
import { deleteGroupWork } from '../resource-groups/delete.job.ts'
import { resourceGroupsOperations } from '../resource-groups/resource-groups.http.ts'
import { resourceProvidersOperations } from '../resource-providers/resource-providers.http.ts'
import { readGrants } from '../roles/store.ts'
import { subscriptionListOperations } from '../subscriptions/list.http.ts'
import { tagsOperations } from '../tags/tags.http.ts'
import { claimWork, settleWork } from '../work/work.ts'
import type { WorkHandler } from '../work/worker.ts'
import { heldProvider } from './held-provider-fixture.ts'
import { reactivate, suspend } from './lifecycle-fixture.ts'
import { resourceProgress } from './progress.http.ts'
import type { ResourceDependencies } from './resource-request.ts'
import { resourcesOperations } from './resources.http.ts'
import { storageAccountType } from './storage-account.http.ts'
import {
  type Person,
  fillWorld,
  hostId,
  people,
  publicUrl,
  subscriptionA,
  tenantA,
  tenantB,
} from './world-fixture.ts'

export type CallOptions = {
  readonly as?: Person
  readonly body?: unknown
  readonly headers?: { readonly [name: string]: string }
}

/**
 * The operations on resources over a real database, with a provider that a test can hold up. Work
 * is done when a test says so, or when a request waits for it: nothing runs by itself.
 */
export async function openControlPlane() {
  const database = await openTestDatabase<Schema>({ migrations })
  const masterKey = testRandom.bytes(32)
  const events = createEventRecorder({ masterKey, random: testRandom })
  const provider = heldProvider()
  const changedKeys: string[] = []
  let now = testInstant
  const clock = { now: () => now }
  await database.transaction((tx) => fillWorld(tx, now, events))
  const opened = { database, events, clock, masterKey, provider, changedKeys }
  const dependencies = dependenciesOf(opened)
  const operations = operationsOf(opened, dependencies)
  const app = serverOf(operations, database, clock)
  return {
    database,
    operations,
    provider,
    changedKeys,
    call: (method: string, path: string, options: CallOptions = {}) =>
      call(app, method, path, options),
    handleAsAdmittedBefore: (method: string, path: string, as: Person, body?: unknown) =>
      handleAsAdmittedBefore(operations, database, now, { method, path, as, body }),
    runWork: () => runWork(opened, dependencies),
    /** Real time, on which this subscription lives. */
    wait: (ms: number): void => void (now = addMs(now, ms)),
    suspend: () => suspend(opened, now),
    reactivate: () => reactivate(opened, now),
    events: () => {
      const stream = subscriptionStream(tenantA, subscriptionA)
      return readEvents(database.db, stream, { after: 0, limit: 1000 }, masterKey)
    },
    [Symbol.asyncDispose]: async () => {
      await app.close()
      await database.close()
    },
  }
}

export type ControlPlane = Awaited<ReturnType<typeof openControlPlane>>

type Opened = {
  readonly database: TestDatabase<Schema>
  readonly events: ReturnType<typeof createEventRecorder>
  readonly clock: Clock
  readonly masterKey: Uint8Array
  readonly provider: ReturnType<typeof heldProvider>
  readonly changedKeys: string[]
}

function dependenciesOf(opened: Opened): ResourceDependencies {
  const { database, events, masterKey } = opened
  const publicBlobUrl = (): string => 'https://blob.test:8444'
  const dependencies: ResourceDependencies = {
    database,
    events,
    random: testRandom,
    types: [storageAccountType({ publicBlobUrl, masterKey, random: testRandom })],
    locations: [localLocation],
    hostId,
    wakeWorkers: () => {},
    waitForEffect: () => runWork(opened, dependencies),
    effectWaitMs: 0,
  }
  return dependencies
}

const allApiVersions = ['2021-04-01', '2022-12-01', '2024-01-01', '2025-04-01', '2025-08-01']

function operationsOf(opened: Opened, dependencies: ResourceDependencies): readonly Operation[] {
  const { db } = opened.database
  const keysChanged = async (uid: string): Promise<void> => void opened.changedKeys.push(uid)
  const { masterKey } = opened
  const operations: Operation[] = [
    ...resourcesOperations({
      ...dependencies,
      masterKey,
      keysChanged,
      allApiVersions,
      operations: () => operations,
    }),
    ...resourceGroupsOperations(dependencies),
    ...tagsOperations(dependencies),
    ...locationsOperations(dependencies),
    ...subscriptionListOperations({ db }),
    ...resourceProvidersOperations({ ...dependencies, operations: () => operations }),
    ...asynchronousOperations({
      db,
      progressOf: resourceProgress(dependencies),
      apiVersions: allApiVersions,
    }),
  ]
  return operations
}

/** Does what is ready, again and again until nothing is: no timer, no waiting. */
async function runWork(opened: Opened, dependencies: ResourceDependencies): Promise<void> {
  const { database, clock } = opened
  const handlers = handlersOf(opened, dependencies)
  for (;;) {
    const realNow = clock.now()
    const leaseUntil = addMs(realNow, 60_000)
    const claimed = await claimWork(database.db, { hostId, realNow, leaseUntil, limit: 10 })
    if (claimed.length === 0) return
    for (const work of claimed) {
      const handler = handlers[work.kind]
      if (handler === undefined) throw new Error(`no handler for ${work.kind}`)
      await settleWork(database.db, work, await handler(work), realNow)
    }
  }
}

function handlersOf(
  opened: Opened,
  dependencies: ResourceDependencies,
): { readonly [kind: string]: WorkHandler | undefined } {
  const { provider, clock } = opened
  const effects = {
    ...dependencies,
    clock,
    providers: new Map([[provider.value.type.toLowerCase(), provider.value]]),
    applyLimitMs: 10_000,
    concurrency: 4,
    running: new Set<string>(),
    onObserved: () => {},
    endings: new Map([[provider.value.type.toLowerCase(), provider.value.ending]]),
  }
  return {
    'apply-effects': (work) => applyEffects(work, effects),
    'spread-effects': (work) => spreadEffects(work, effects),
    'delete-group': (work) => deleteGroupWork(work, { ...dependencies, clock }),
  }
}

/** A token is its bearer's object id. */
function serverOf(
  operations: readonly Operation[],
  { db }: TestDatabase<Schema>,
  clock: Clock,
): ReturnType<typeof createHttpServer> {
  return createHttpServer({
    operations,
    db,
    clock,
    random: testRandom,
    publicUrl: () => publicUrl,
    verifyAccessToken: async (token) => {
      const tenantId = token === people.stranger ? tenantB : tenantA
      const objectId = token ?? ''
      return { tenantId, objectId, appId: objectId, kind: 'ServicePrincipal', audience: '' }
    },
    log: silentLog,
  })
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

function call(
  app: ReturnType<typeof createHttpServer>,
  method: string,
  path: string,
  { as = 'owner', body, headers }: CallOptions,
): Promise<LightMyRequestResponse> {
  return app.inject({
    method: method as 'GET',
    url: path.startsWith(publicUrl) ? path.slice(publicUrl.length) : path,
    headers: {
      authorization: `Bearer ${people[as]}`,
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      ...headers,
    },
    ...(body === undefined ? {} : { payload: JSON.stringify(body) }),
  })
}

/** Runs an operation as if its request had passed all checks before a suspension came in. */
async function handleAsAdmittedBefore(
  operations: readonly Operation[],
  { db }: TestDatabase<Schema>,
  realNow: Instant,
  request: {
    readonly method: string
    readonly path: string
    readonly as: Person
    readonly body: unknown
  },
): Promise<unknown> {
  const { method, path, as, body } = request
  const [, , subscriptionId = '', , resourceGroupName = '', , , , resourceName] = path.split('/')
  const named = resourceName === undefined ? {} : { resourceName }
  const folder = resourceName === undefined ? 'ResourceGroups' : 'Microsoft.Storage'
  const found = operations.find((one) => one.method === method && one.name.startsWith(folder))!
  const principalId = people[as]
  const grants = await readGrants(db, tenantA, principalId)
  const who = { tenantId: tenantA, principalId, appId: principalId, name: as, grants }
  return found.handle({
    caller: { ...who, kind: 'ServicePrincipal' },
    params: { subscriptionId, resourceGroupName, ...named },
    query: {},
    headers: {},
    body,
    apiVersion: '2024-01-01',
    subscription: null,
    realNow,
    requestId: 'request',
    publicUrl,
  })
}
