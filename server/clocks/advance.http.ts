import type { Transaction } from 'kysely'
import { Type } from 'typebox'
import type { Database } from '../database/connection.ts'
import type { Schema } from '../database/schema.ts'
import type { Random } from '../kernel/ids.ts'
import { type Instant, formatInstant, parseDurationMs } from '../kernel/instant.ts'
import { acceptedAnswer } from '../operations/asynchronous-operation.ts'
import { startOperation } from '../operations/store.ts'
import {
  type Operation,
  type OperationRequest,
  type OperationResponse,
  operation,
  refuseRequest,
} from '../pipeline/operation.ts'
import { enqueue } from '../work/work.ts'
import { decideAdvance } from './advance.ts'
import { clockInstant, clockOperation, clockPath, instantField } from './clock-request.ts'
import { readClock } from './store.ts'

export type AdvanceRequestDependencies = {
  readonly database: Database<Schema>
  readonly random: Random
  readonly wakeWorkers: () => void
}

type AdvanceBody = { readonly to?: string; readonly by?: string }

/** Sends a test clock on to a later time. */
export function advanceOperation(dependencies: AdvanceRequestDependencies): Operation {
  return operation<AdvanceBody>({
    ...clockOperation,
    name: 'TestClocks_Advance',
    method: 'POST',
    paths: [`${clockPath}/:clockName/advance`],
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
  { database, random, wakeWorkers }: AdvanceRequestDependencies,
): Promise<OperationResponse> {
  const { caller, params, body } = request
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
    return send(tx, { nameKey, to }, request, random)
  })
  wakeWorkers()
  return acceptedAnswer({ operationId, subscriptionId: null }, request, 'both')
}

/** From here on its work moves it; the operation tells how far that is. */
async function send(
  tx: Transaction<Schema>,
  { nameKey, to }: { readonly nameKey: string; readonly to: Instant },
  { caller, realNow }: Pick<OperationRequest, 'caller' | 'realNow'>,
  random: Random,
): Promise<string> {
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
  return clockInstant('by', now + ms)
}
