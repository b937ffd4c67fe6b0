import type { Kysely, Selectable, Transaction } from 'kysely'
import { instantOf, instantOrNull } from '../database/connection.ts'
import type { Schema } from '../database/schema.ts'
import type { Instant } from '../kernel/instant.ts'
import type {
  AsynchronousOperation,
  FinalAnswer,
  OperationFailure,
  OperationProgress,
} from './asynchronous-operation.ts'

type Reader = Pick<Kysely<Schema>, 'selectFrom'>

/** Stores a running operation; in the transaction of the change that it follows. */
export async function startOperation(
  tx: Pick<Transaction<Schema>, 'insertInto'>,
  operation: {
    readonly operationId: string
    readonly tenantId: string
    readonly subscriptionId: string | null
    readonly caller: string
    readonly kind: string
    readonly subject: string
  },
  realNow: Instant,
): Promise<void> {
  await tx
    .insertInto('operations')
    .values({
      operation_id: operation.operationId,
      tenant_id: operation.tenantId,
      subscription_id: operation.subscriptionId,
      caller: operation.caller,
      kind: operation.kind,
      subject: operation.subject,
      status: 'Running',
      started_at: realNow,
      ended_at: null,
      percent_complete: 0,
      error: null,
      result: null,
    })
    .execute()
}

/** Ends a running operation. One that has ended stays as it ended: twice is once. */
export async function finishOperation(
  tx: Pick<Transaction<Schema>, 'updateTable'>,
  operationId: string,
  end: { readonly answer: FinalAnswer } | { readonly error: OperationFailure },
  realNow: Instant,
): Promise<void> {
  const failed = 'error' in end
  await tx
    .updateTable('operations')
    .set({
      status: failed ? 'Failed' : 'Succeeded',
      ended_at: realNow,
      percent_complete: 100,
      error: failed ? JSON.stringify(end.error) : null,
      result: failed ? null : JSON.stringify(end.answer),
    })
    .where('operation_id', '=', operationId)
    .where('status', '=', 'Running')
    .execute()
}

/** Ends what of a kind still runs on a subject, as succeeded: nobody may ever ask about it. */
export async function finishRunning(
  tx: Pick<Transaction<Schema>, 'updateTable'>,
  running: { readonly subscriptionId: string; readonly kind: string; readonly subject: string },
  realNow: Instant,
): Promise<void> {
  await tx
    .updateTable('operations')
    .set({
      status: 'Succeeded',
      ended_at: realNow,
      percent_complete: 100,
      result: JSON.stringify({ status: 200 }),
    })
    .where('subscription_id', '=', running.subscriptionId)
    .where('kind', '=', running.kind)
    .where('subject', '=', running.subject)
    .where('status', '=', 'Running')
    .execute()
}

/** Of this tenant only: another's operation is not there. */
export async function readOperation(
  db: Reader,
  tenantId: string,
  operationId: string,
): Promise<AsynchronousOperation | null> {
  const row = await db
    .selectFrom('operations')
    .selectAll()
    .where('operation_id', '=', operationId)
    .where('tenant_id', '=', tenantId)
    .executeTakeFirst()
  return row === undefined ? null : operationOf(row)
}

/** The running operation of a kind on a subject: who asks again is shown the same one. */
export async function findRunning(
  db: Reader,
  wanted: { readonly subscriptionId: string; readonly kind: string; readonly subject: string },
): Promise<string | null> {
  const row = await db
    .selectFrom('operations')
    .select('operation_id')
    .where('subscription_id', '=', wanted.subscriptionId)
    .where('kind', '=', wanted.kind)
    .where('subject', '=', wanted.subject)
    .where('status', '=', 'Running')
    .limit(1)
    .executeTakeFirst()
  return row?.operation_id ?? null
}

function operationOf(row: Selectable<Schema['operations']>): AsynchronousOperation {
  return {
    operationId: row.operation_id,
    tenantId: row.tenant_id,
    subscriptionId: row.subscription_id,
    caller: row.caller,
    kind: row.kind,
    subject: row.subject,
    startedAt: instantOf(row.started_at),
    endedAt: instantOrNull(row.ended_at),
    progress: progressOf(row),
  }
}

function progressOf(row: Selectable<Schema['operations']>): OperationProgress {
  switch (row.status) {
    case 'Running':
      return { status: 'Running', percentComplete: row.percent_complete }
    case 'Succeeded':
      return { status: 'Succeeded', answer: (row.result ?? { status: 200 }) as FinalAnswer }
    case 'Failed':
      return { status: 'Failed', error: row.error as OperationFailure }
  }
}
