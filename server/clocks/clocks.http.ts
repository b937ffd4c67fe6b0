import { Type } from 'typebox'
import type { Database } from '../database/connection.ts'
import type { Schema } from '../database/schema.ts'
import type { EventRecorder } from '../events/record.ts'
import type { Random } from '../kernel/ids.ts'
import { type Instant, formatInstant } from '../kernel/instant.ts'
import { isReprieveName } from '../kernel/names.ts'
import { orRefuse } from '../pipeline/or-refuse.ts'
import { pageOf, readPage } from '../pipeline/page.ts'
import { type Caller, type Operation, operation, refuseRequest } from '../pipeline/operation.ts'
import { beginTenantChange } from '../tenants/change.ts'
import { advanceOperation } from './advance.http.ts'
import { clockOperation, clockPath, instantField } from './clock-request.ts'
import { type StoredClock, readClock } from './store.ts'

export type ClockDependencies = {
  readonly database: Database<Schema>
  readonly events: EventRecorder
  readonly random: Random
  /** On by default only while the server listens on loopback. */
  readonly testClocks: boolean
  readonly wakeWorkers: () => void
}

export function clockOperations(dependencies: ClockDependencies): readonly Operation[] {
  return [
    putClock(dependencies),
    getClock(dependencies),
    listClocks(dependencies),
    deleteClock(dependencies),
    advanceOperation(dependencies),
  ]
}

function show(clock: StoredClock) {
  return {
    id: `${clockPath}/${clock.name}`,
    name: clock.name,
    type: 'Reprieve.Lifecycle/testClocks',
    properties: {
      now: formatInstant(clock.now),
      status: clock.target === null ? 'Ready' : 'Advancing',
      ...(clock.target === null ? {} : { target: formatInstant(clock.target) }),
    },
  }
}

function putClock({ database, events, testClocks }: ClockDependencies): Operation {
  return operation<{ readonly properties: { readonly now: string } }>({
    ...clockOperation,
    name: 'TestClocks_Create',
    method: 'PUT',
    paths: [`${clockPath}/:clockName`],
    action: 'Reprieve.Lifecycle/testClocks/write',
    body: Type.Object(
      {
        properties: Type.Object({ now: Type.String() }, { additionalProperties: true }),
      },
      { additionalProperties: true },
    ),
    handle: async ({ caller, params, body, realNow }) => {
      if (!testClocks) refuseRequest('testClocksOff', {})
      const name = String(params['clockName'])
      if (!isReprieveName(name)) {
        refuseRequest('invalidName', { field: 'test clock name', name, rule: 'reprieve' })
      }
      const now = instantField('properties.now', body.properties.now)
      const created = await database.transaction(async (tx) => {
        const inserted = await tx
          .insertInto('test_clocks')
          .values({
            tenant_id: caller.tenantId,
            name_key: name.toLowerCase(),
            name,
            now_at: now,
            target_at: null,
            operation_id: null,
            created_at: realNow,
          })
          .onConflict((conflict) => conflict.columns(['tenant_id', 'name_key']).doNothing())
          .executeTakeFirst()
        if ((inserted.numInsertedOrUpdatedRows ?? 0n) === 0n) return false
        const change = await beginTenantChange(tx, events, changeOf(caller, realNow))
        await change.record('TestClockCreated', { now: formatInstant(now) })
        return true
      })
      const clock = await readClock(database.db, caller.tenantId, name)
      if (clock === null) refuseRequest('clockNotFound', { clock: name })
      // It only moves when told to, by `advance`: a PUT that says another time is no such telling.
      if (!created && clock.now !== now) {
        refuseRequest('immutableProperty', {
          property: 'properties.now',
          actual: formatInstant(clock.now),
        })
      }
      return { status: created ? 201 : 200, body: show(clock) }
    },
  })
}

function getClock({ database }: ClockDependencies): Operation {
  return operation({
    ...clockOperation,
    name: 'TestClocks_Get',
    method: 'GET',
    paths: [`${clockPath}/:clockName`],
    action: 'Reprieve.Lifecycle/testClocks/read',
    handle: async ({ caller, params }) => {
      const name = String(params['clockName'])
      const clock = await readClock(database.db, caller.tenantId, name)
      if (clock === null) refuseRequest('notFound', { what: `The test clock '${name}'` })
      return { status: 200, body: show(clock) }
    },
  })
}

function listClocks({ database }: ClockDependencies): Operation {
  return operation({
    ...clockOperation,
    name: 'TestClocks_List',
    method: 'GET',
    paths: [clockPath],
    action: 'Reprieve.Lifecycle/testClocks/read',
    handle: async (request) => {
      const { caller } = request
      const asked = orRefuse(readPage(request.query))
      const rows = await database.db
        .selectFrom('test_clocks')
        .select(['name', 'name_key'])
        .where('tenant_id', '=', caller.tenantId)
        .where('name_key', '>', asked.after?.[0] ?? '')
        .orderBy('name_key')
        .limit(asked.limit + 1)
        .execute()
      const page = pageOf(rows, asked, (row) => [row.name_key], { ...request, path: clockPath })
      const value = []
      for (const { name } of page.rows) {
        const clock = await readClock(database.db, caller.tenantId, name)
        if (clock !== null) value.push(show(clock))
      }
      return { status: 200, body: { value, nextLink: page.nextLink } }
    },
  })
}

function deleteClock({ database, events }: ClockDependencies): Operation {
  return operation({
    ...clockOperation,
    name: 'TestClocks_Delete',
    method: 'DELETE',
    paths: [`${clockPath}/:clockName`],
    action: 'Reprieve.Lifecycle/testClocks/delete',
    handle: async ({ caller, params, realNow }) => {
      const name = String(params['clockName'])
      const nameKey = name.toLowerCase()
      const removed = await database.transaction(async (tx) => {
        const users = await tx
          .selectFrom('billing_accounts')
          .select('name')
          .where('tenant_id', '=', caller.tenantId)
          .where('test_clock_key', '=', nameKey)
          .limit(20)
          .execute()
        if (users.length > 0) {
          refuseRequest('clockInUse', { clock: name, accounts: users.map((user) => user.name) })
        }
        const result = await tx
          .deleteFrom('test_clocks')
          .where('tenant_id', '=', caller.tenantId)
          .where('name_key', '=', nameKey)
          .executeTakeFirst()
        if (result.numDeletedRows === 0n) return false
        const change = await beginTenantChange(tx, events, changeOf(caller, realNow))
        await change.record('TestClockDeleted', {})
        return true
      })
      return { status: removed ? 200 : 204 }
    },
  })
}

function changeOf({ tenantId, principalId }: Caller, realNow: Instant) {
  return { tenantId, actor: principalId, realNow }
}
