import type { Refusal } from '../../api/refusals.ts'
import { refusals } from '../../api/refusals.ts'
import {
  type OperationFailure,
  type OperationProgress,
  acceptedAnswer,
  retryAfterSeconds,
} from '../operations/asynchronous-operation.ts'
import type { ReadProgress } from '../operations/operations.http.ts'
import { findRunning, startOperation } from '../operations/store.ts'
import { errorBody, messagesFor } from '../pipeline/answer.ts'
import type { OperationRequest, OperationResponse } from '../pipeline/operation.ts'
import { type Resource, etagOf } from './resource.ts'
import { type ResourceDependencies, subscriptionIdOf } from './resource-request.ts'
import type { ResourceType } from './resource-type.ts'
import { readResource } from './store.ts'

export type ResourceWork = 'create-resource' | 'delete-resource'

/** What a request did and is waiting for. */
export type Awaited = {
  readonly uid: string
  readonly generation: number
  /** The answer once it is so. */
  readonly status: 200 | 201
}

/**
 * Waits a bounded time for the real thing. The answer is the resource (or nothing, when it is gone)
 * if it was seen in time; else 202 and where to ask for it.
 */
export async function answerProgress(
  kind: ResourceWork,
  wanted: Awaited,
  type: ResourceType,
  request: OperationRequest,
  dependencies: ResourceDependencies,
): Promise<OperationResponse> {
  const resource = await awaitWork(kind, wanted, dependencies)
  if (resource !== null && isDone(kind, resource)) {
    if (kind === 'delete-resource') return { status: 200 }
    return { ...showResource(type, resource, request), status: wanted.status }
  }
  const operationId = await trackWork(kind, wanted.uid, request, dependencies)
  const subscriptionId = subscriptionIdOf(request)
  return acceptedAnswer({ operationId, subscriptionId }, request, 'Location')
}

/** A resource as GET answers it; while it is being made, also when to ask again. */
export function showResource(
  type: ResourceType,
  resource: Resource,
  request: OperationRequest,
): OperationResponse {
  const unfinished = resource.observedState === null || resource.deletedAt !== null
  return {
    status: 200,
    body: type.show(resource, request.apiVersion),
    headers: {
      etag: etagOf(resource),
      ...(unfinished ? { 'retry-after': String(retryAfterSeconds) } : {}),
    },
  }
}

async function awaitWork(
  kind: ResourceWork,
  { uid, generation }: Awaited,
  { database, waitForEffect, effectWaitMs }: ResourceDependencies,
): Promise<Resource | null> {
  const before = await readResource(database.db, uid)
  if (before === null || isDone(kind, before)) return before
  // Listens first and looks then: what happens in between is not missed.
  const observed = waitForEffect(uid, generation, effectWaitMs)
  const meanwhile = await readResource(database.db, uid)
  if (meanwhile === null || isDone(kind, meanwhile)) return meanwhile
  await observed
  return readResource(database.db, uid)
}

function isDone(kind: ResourceWork, resource: Resource): boolean {
  if (kind === 'delete-resource') return resource.destroyedAt !== null
  return resource.observedState !== null
}

/** Its polling address; the same one for everybody who asks for the same work. */
async function trackWork(
  kind: ResourceWork,
  uid: string,
  request: OperationRequest,
  { database, random }: ResourceDependencies,
): Promise<string> {
  const subscriptionId = subscriptionIdOf(request)
  return database.transaction(async (tx) => {
    const running = await findRunning(tx, { subscriptionId, kind, subject: uid })
    if (running !== null) return running
    const operationId = random.uuid()
    const { tenantId, principalId } = request.caller
    const operation = { operationId, tenantId, subscriptionId, caller: principalId, kind }
    await startOperation(tx, { ...operation, subject: uid }, request.realNow)
    return operationId
  }, 'track a resource')
}

/** How far the two kinds of work are, read from the resource itself: nobody can forget to say. */
export function resourceProgress(dependencies: Pick<ResourceDependencies, 'database' | 'types'>): {
  readonly [Kind in ResourceWork]: ReadProgress
} {
  const { database } = dependencies
  return {
    'create-resource': async (running, request) => {
      const resource = await readResource(database.db, running.subject)
      const type = dependencies.types.find((one) => one.type === resource?.type)
      if (resource === null || type === undefined || resource.destroyedAt !== null) {
        return failed({ name: 'notFound', facts: { what: 'The resource' } }, request)
      }
      if (resource.deletedAt !== null) {
        return failed({ name: 'resourceBeingDeleted', facts: { resource: resource.name } }, request)
      }
      if (!isDone('create-resource', resource)) return runningOf(resource)
      const body = type.show(resource, request.apiVersion)
      return { status: 'Succeeded', answer: { status: 200, body } }
    },
    'delete-resource': async (running) => {
      const resource = await readResource(database.db, running.subject)
      if (resource !== null && !isDone('delete-resource', resource)) return runningOf(resource)
      return { status: 'Succeeded', answer: { status: 200 } }
    },
  }
}

/** Work on a real thing is tried until it is so; meanwhile its owner sees why it is not yet. */
function runningOf(resource: Resource): OperationProgress {
  const { lastError, remedy } = resource
  if (lastError === null) return { status: 'Running', percentComplete: 0 }
  return { status: 'Running', percentComplete: 0, properties: { cause: lastError, remedy } }
}

function failed(refusal: Refusal, request: OperationRequest): OperationProgress {
  const { error } = errorBody(refusal, messagesFor(request.headers['accept-language']))
  const failure: OperationFailure = { ...error, status: refusals[refusal.name].status }
  return { status: 'Failed', error: failure }
}
