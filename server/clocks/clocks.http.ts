import { Type } from 'typebox'
import type { Database } from '../database/connection.ts'
import type { Schema } from '../database/schema.ts'
import { type EventRecorder, tenantStream } from '../events/record.ts'
import type { Random } from '../kernel/ids.ts'
import { addMs, formatInstant, parseDurationMs, parseInstant } from '../kernel/instant.ts'
import type { Instant } from '../kernel/instant.ts'
import { isReprieveName } from '../kernel/names.ts'
import { acceptedAnswer } from '../operations/asynchronous-operation.ts'
import { startOperation } from '../operations/store.ts'
import {
  type Operation,
  type OperationRequest,
  type OperationResponse,
  operation,
  refuseRequest,
} from '../pipeline/operation.ts'
import { lifecycleApiVersions } from '../subscriptions/api-versions.ts'
import { enqueue } from '../work/work.ts'
import { decideAdvance } from './advance.ts'
import { type StoredClock, readClock } from './store.ts'

export type ClockDependencies = {
  readonly database: Database<Schema>
  readonly events: EventRecorder
  readonly random: Random
  /** On by default only while the server listens on loopback. */
  readonly testClocks: boolean
  readonly wakeWorkers: () => void
}

const path = '/providers/Reprieve.Lifecycle/testClocks'
const common = {
  type: 'Reprieve.Lifecycle/testClocks',
  apiVersions: lifecycleApiVersions,
  scope: () => '/',
  whenSuspended: 'not of a subscription',
} as const

export function clockOperations(dependencies: ClockDependencies): readonly Operation[] {
  return [
    putClock(dependencies),
    getClock(dependencies),
    listClocks(dependencies),
    deleteClock(dependencies),
    postAdvance(dependencies),
  ]
}

function show(clock: StoredClock) {
  return {
    id: `${path}/${clock.name}`,
    name: clock.name,
    type: 'Reprieve.Lifecycle/testClocks',
    properties: {
      now: formatInstant(clock.now),
      status: clock.target === null ? 'Ready' : 'Advancing',
      ...(clock.target === null ? {} : { target: formatInstant(clock.target) }),
    },
  }
}

function instantField(field: string, text: string): Instant {
  const at = parseInstant(text)
  if (at === null) refuseRequest('invalidContent', { field, problem: { kind: 'instant' } })
  return at
}

function putClock({ database, events, testClocks }: ClockDependencies): Operation {
  return operation<{ readonly properties: { readonly now: string } }>({
    ...common,
    name: 'TestClocks_Create',
    method: 'PUT',
    paths: [`${path}/:clockName`],
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
        const stream = tenantStream(caller.tenantId)
        const draft = { type: 'TestClockCreated', at: realNow, actor: caller.principalId }
        await events.record(tx, stream, [{ ...draft, data: { now: formatInstant(now) } }], realNow)
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
    ...common,
    name: 'TestClocks_Get',
    method: 'GET',
    paths: [`${path}/:clockName`],
    action: 'Reprieve.Lifecycle/testClocks/read',
    handle: async ({ caller, params }) => {
      const name = String(params['clockName'])
      const clock = await readClock(database.db, caller.tenantId, name)
      if (clock === null) refuseRequest('notFound', { what: `The test clock '${name}'` })
      return { status: 200, body: show(clock) }
    },
  })
}

const pageMax = 200

function listClocks({ database }: ClockDependencies): Operation {
  return operation({
    ...common,
    name: 'TestClocks_List',
    method: 'GET',
    paths: [path],
    action: 'Reprieve.Lifecycle/testClocks/read',
    handle: async ({ caller, query, publicUrl, apiVersion }) => {
      const rows = await database.db
        .selectFrom('test_clocks')
        .select(['name', 'name_key'])
        .where('tenant_id', '=', caller.tenantId)
        .where('name_key', '>', query['skiptoken'] ?? '')
        .orderBy('name_key')
        .limit(pageMax)
        .execute()
      const value = []
      for (const row of rows) {
        const clock = await readClock(database.db, caller.tenantId, row.name)
        if (clock !== null) value.push(show(clock))
      }
      const next = rows.length < pageMax ? null : (rows.at(-1)?.name_key ?? null)
      const nextLink =
        next === null
          ? null
          : `${publicUrl}${path}?api-version=${apiVersion}&$skiptoken=${encodeURIComponent(next)}`
      return { status: 200, body: { value, nextLink } }
    },
  })
}

function deleteClock({ database, events }: ClockDependencies): Operation {
  return operation({
    ...common,
    name: 'TestClocks_Delete',
    method: 'DELETE',
    paths: [`${path}/:clockName`],
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
        const draft = { type: 'TestClockDeleted', at: realNow, actor: caller.principalId, data: {} }
        await events.record(tx, tenantStream(caller.tenantId), [draft], realNow)
        return true
      })
      return { status: removed ? 200 : 204 }
    },
  })
}

type AdvanceBody = { readonly to?: string; readonly by?: string }

function postAdvance(dependencies: ClockDependencies): Operation {
  return operation<AdvanceBody>({
    ...common,
    name: 'TestClocks_Advance',
    method: 'POST',
    paths: [`${path}/:clockName/advance`],
    action: 'Reprieve.Lifecycle/testClocks/advance/action',
    body: Type.Object(
      { to: Type.Optional(Type.String()), by: Type.Optional(Type.String()) },
      { additionalProperties: false },
    ),
    handle: (request) => startAdvance(request, dependencies),
  })
}

/** Answers 202; the operation it names is done when no work is left due. */
async function startAdvance(
  request: OperationRequest<AdvanceBody>,
  { database, random, wakeWorkers }: ClockDependencies,
): Promise<OperationResponse> {
  const { caller, params, body, realNow } = request
  const name = String(params['clockName'])
  const nameKey = name.toLowerCase()
  const operationId = await database.transaction(async (tx) => {
    await tx
      .selectFrom('test_clocks')
      .select('name_key')
      .where('tenant_id', '=', caller.tenantId)
      .where('name_key', '=', nameKey)
      .forUpdate()
      .executeTakeFirst()
    const clock = await readClock(tx, caller.tenantId, name)
    if (clock === null) refuseRequest('notFound', { what: `The test clock '${name}'` })
    const to = targetOf(body, clock.now)
    const decision = decideAdvance(clock, to)
    if (!decision.accepted) {
      if (decision.refusal.code === 'Busy') {
        const target = formatInstant(decision.refusal.target)
        refuseRequest('clockBusy', { clock: name, target })
      }
      refuseRequest('clockBackwards', { now: formatInstant(clock.now), asked: formatInstant(to) })
    }
    if (!decision.value.started && clock.operationId !== null) return clock.operationId
    const started = random.uuid()
    await startOperation(
      tx,
      {
        operationId: started,
        tenantId: caller.tenantId,
        subscriptionId: null,
        caller: caller.principalId,
        kind: 'advance-clock',
        subject: nameKey,
      },
      realNow,
    )
    await tx
      .updateTable('test_clocks')
      .set({ target_at: to, operation_id: started })
      .where('tenant_id', '=', caller.tenantId)
      .where('name_key', '=', nameKey)
      .execute()
    const order = {
      tenantId: caller.tenantId,
      kind: 'advance-clock',
      key: `${caller.tenantId}/${nameKey}`,
      subject: { clock: nameKey },
      clockKey: null,
      dueAt: null,
      hostId: null,
    }
    await enqueue(tx, order, realNow, random)
    return started
  })
  wakeWorkers()
  return acceptedAnswer({ operationId, subscriptionId: null }, request, 'both')
}

function targetOf(body: AdvanceBody, now: Instant): Instant {
  if (body.to !== undefined && body.by === undefined) return instantField('to', body.to)
  if (body.by === undefined || body.to !== undefined) {
    refuseRequest('invalidContent', {
      field: 'to',
      problem: { kind: 'oneOf', values: ['{"to": "<time>"}', '{"by": "<duration>"}'] },
    })
  }
  const ms = parseDurationMs(body.by)
  if (ms === null) refuseRequest('invalidContent', { field: 'by', problem: { kind: 'duration' } })
  return addMs(now, ms)
}
