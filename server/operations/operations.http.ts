import type { Kysely } from 'kysely'
import type { Schema } from '../database/schema.ts'
import { isUuid } from '../kernel/ids.ts'
import {
  type Caller,
  type Operation,
  type OperationRequest,
  operation,
  refuseRequest,
} from '../pipeline/operation.ts'
import { isVisible } from '../roles/authorise.ts'
import { tenantScope } from '../roles/role.ts'
import { readSubscription, subscriptionScope } from '../subscriptions/store.ts'
import {
  type AsynchronousOperation,
  type OperationProgress,
  resultAnswer,
  statusAnswer,
} from './asynchronous-operation.ts'
import { finishOperation, readOperation } from './store.ts'

/**
 * How far operations of one kind are, derived from what they are about. A kind without one is ended
 * by whoever does its work (`finishOperation`).
 */
export type ReadProgress = (
  running: AsynchronousOperation,
  request: OperationRequest,
) => Promise<OperationProgress>

export type OperationsDependencies = {
  readonly db: Kysely<Schema>
  readonly progressOf: { readonly [kind: string]: ReadProgress }
  /** Every api-version that is served anywhere: clients poll with that of their first request. */
  readonly apiVersions: readonly string[]
}

const statuses = 'operationStatuses/:operationId'
const subscriptionPaths = {
  // Not `:subscriptionId`: an operation answers whoever started it after its subscription is gone.
  results: ['/subscriptions/:ofSubscription/operationresults/:operationId'],
  statuses: [`/subscriptions/:ofSubscription/providers/:namespace/locations/:location/${statuses}`],
}

/** The two addresses where a client polls work that goes on after a 202. */
export function asynchronousOperations(dependencies: OperationsDependencies): readonly Operation[] {
  const shared = {
    method: 'GET',
    type: 'Reprieve.Lifecycle/operationStatuses',
    apiVersions: dependencies.apiVersions,
    action: null,
    whenSuspended: 'not of a subscription',
  } as const
  return [
    operation({
      ...shared,
      name: 'OperationResults_Get',
      paths: [
        ...subscriptionPaths.results,
        '/providers/Reprieve.Lifecycle/operationResults/:operationId',
      ],
      handle: async (request) => resultAnswer(await findOperation(request, dependencies), request),
    }),
    operation({
      ...shared,
      name: 'OperationStatuses_Get',
      paths: [
        ...subscriptionPaths.statuses,
        '/providers/Reprieve.Lifecycle/operationStatuses/:operationId',
      ],
      handle: async (request) => statusAnswer(await findOperation(request, dependencies), request),
    }),
  ]
}

async function findOperation(
  request: OperationRequest,
  dependencies: OperationsDependencies,
): Promise<AsynchronousOperation> {
  const { db } = dependencies
  const { caller, params } = request
  const operationId = params['operationId'] ?? ''
  const subscriptionId = params['ofSubscription']?.toLowerCase() ?? null
  const found = isUuid(operationId)
    ? await readOperation(db, caller.tenantId, operationId.toLowerCase())
    : null
  if (
    found === null ||
    found.subscriptionId !== subscriptionId ||
    !(await maySee(db, caller, found))
  ) {
    refuseRequest('notFound', { what: `The operation '${operationId}'` })
  }
  return withProgress(found, request, dependencies)
}

async function withProgress(
  found: AsynchronousOperation,
  request: OperationRequest,
  { db, progressOf }: OperationsDependencies,
): Promise<AsynchronousOperation> {
  const read = progressOf[found.kind]
  if (read === undefined || found.progress.status === 'Failed') return found
  const progress = await read(found, request)
  // Once it succeeded it stays so, whatever becomes of its subject; only the body is read anew.
  if (found.progress.status === 'Succeeded') {
    return progress.status === 'Succeeded' ? { ...found, progress } : found
  }
  if (progress.status === 'Running') return { ...found, progress }
  // The body is not stored: it holds names, and an operation outlives the purge.
  const end =
    progress.status === 'Failed' ? progress : { answer: { status: progress.answer.status } }
  await finishOperation(db, found.operationId, end, request.realNow)
  return { ...found, progress, endedAt: request.realNow }
}

/** Who started it; for a subscription's, also who may see the subscription while it is there. */
async function maySee(
  db: Kysely<Schema>,
  caller: Caller,
  found: AsynchronousOperation,
): Promise<boolean> {
  if (found.caller === caller.principalId) return true
  if (found.subscriptionId === null) {
    return caller.grants.some((grant) => grant.scopeKey === tenantScope)
  }
  const subscription = await readSubscription(db, caller.tenantId, found.subscriptionId)
  if (subscription === null || subscription.lifecycle.purgeStartedAt !== null) return false
  if (subscription.lifecycle.accountAdministrator === caller.principalId) return true
  return isVisible({
    ...caller,
    subscription: null,
    scopeKey: subscriptionScope(found.subscriptionId),
  })
}
