import { formatInstant, type Instant } from '../kernel/instant.ts'
import type { OperationResponse } from '../pipeline/operation.ts'

/** Something that goes on after its request was answered: what its two polling addresses show. */
export type AsynchronousOperation = {
  readonly operationId: string
  readonly tenantId: string
  /** Null for an operation of the tenant, such as the advance of a test clock. */
  readonly subscriptionId: string | null
  /** The principal who started it. */
  readonly caller: string
  readonly kind: string
  /** The uid of what it is about: never a name, for it outlives the purge. */
  readonly subject: string
  readonly startedAt: Instant
  readonly endedAt: Instant | null
  readonly progress: OperationProgress
}

/** The answer that a call which waited would have got in the end. */
export type FinalAnswer = { readonly status: 200 | 204; readonly body?: object }

export type OperationFailure = {
  readonly code: string
  readonly message: string
  /** The HTTP status that goes with the code. */
  readonly status: number
}

export type OperationProgress =
  | {
      readonly status: 'Running'
      readonly percentComplete: number
      /** What is known meanwhile, such as why it is stuck and the remedy. */
      readonly properties?: object
    }
  | { readonly status: 'Succeeded'; readonly answer: FinalAnswer }
  | { readonly status: 'Failed'; readonly error: OperationFailure }

/** Seconds. Without it JavaScript clients wait 2 s and Python 30 s before they ask again. */
export const retryAfterSeconds = 1

const retryAfter = { 'retry-after': String(retryAfterSeconds) }

/** Where an operation can be asked about. Both stay after its end, and when its subject is gone. */
export function pollingUrls(
  operation: Pick<AsynchronousOperation, 'operationId' | 'subscriptionId'>,
  request: { readonly publicUrl: string; readonly apiVersion: string },
): { readonly status: string; readonly result: string } {
  const { operationId, subscriptionId } = operation
  const version = `?api-version=${request.apiVersion}`
  if (subscriptionId === null) {
    const tenant = `${request.publicUrl}/providers/Reprieve.Lifecycle`
    return {
      status: `${tenant}/operationStatuses/${operationId}${version}`,
      result: `${tenant}/operationResults/${operationId}${version}`,
    }
  }
  const subscription = `${request.publicUrl}/subscriptions/${subscriptionId}`
  const statuses = 'providers/Microsoft.Resources/locations/local/operationStatuses'
  return {
    status: `${subscription}/${statuses}/${operationId}${version}`,
    result: `${subscription}/operationresults/${operationId}${version}`,
  }
}

/**
 * 202 without a body. `Location`: clients poll the result, as for ARM's deletions. `both`: they
 * poll the status, then read the result once.
 */
export function acceptedAnswer(
  operation: Pick<AsynchronousOperation, 'operationId' | 'subscriptionId'>,
  request: { readonly publicUrl: string; readonly apiVersion: string },
  form: 'Location' | 'both',
): OperationResponse {
  const urls = pollingUrls(operation, request)
  const status = form === 'both' ? { 'azure-asyncoperation': urls.status } : {}
  return { status: 202, headers: { location: urls.result, ...status, ...retryAfter } }
}

/** The Location form: 202 while it runs, then exactly what a call that waited would have got. */
export function resultAnswer(
  operation: AsynchronousOperation,
  request: { readonly publicUrl: string; readonly apiVersion: string },
): OperationResponse {
  const { progress } = operation
  switch (progress.status) {
    case 'Running':
      return {
        status: 202,
        headers: { location: pollingUrls(operation, request).result, ...retryAfter },
      }
    case 'Succeeded':
      return progress.answer
    case 'Failed': {
      const { code, message, status } = progress.error
      return { status, body: { error: { code, message } } }
    }
  }
}

/** The Azure-AsyncOperation form: always 200, also for work that failed. */
export function statusAnswer(
  operation: AsynchronousOperation,
  request: { readonly publicUrl: string; readonly apiVersion: string },
): OperationResponse {
  const { progress } = operation
  const path = new URL(pollingUrls(operation, request).status).pathname
  return {
    status: 200,
    headers: progress.status === 'Running' ? retryAfter : {},
    body: {
      id: path,
      name: operation.operationId,
      status: progress.status,
      startTime: formatInstant(operation.startedAt),
      ...(operation.endedAt === null ? {} : { endTime: formatInstant(operation.endedAt) }),
      percentComplete: progress.status === 'Running' ? progress.percentComplete : 100,
      ...detailsOf(progress),
    },
  }
}

function detailsOf(progress: OperationProgress): object {
  switch (progress.status) {
    case 'Running':
      return progress.properties === undefined ? {} : { properties: progress.properties }
    case 'Succeeded':
      return progress.answer.body === undefined ? {} : { properties: progress.answer.body }
    case 'Failed':
      return { error: { code: progress.error.code, message: progress.error.message } }
  }
}
