import type { Kysely } from 'kysely'
import type { Schema } from '../database/schema.ts'
import type { VerifyAccessToken } from '../identity/access-tokens.ts'
import type { Instant } from '../kernel/instant.ts'
import { authenticate } from './authenticate.ts'
import { authorise } from './authorise.ts'
import { checkApiVersion } from './check-api-version.ts'
import { checkState } from './check-state.ts'
import { checkTexts } from './check-texts.ts'
import { findSubscription } from './find-subject.ts'
import type { Operation, OperationResponse } from './operation.ts'
import type { BodyParser } from './parse-body.ts'

/** A request as the HTTP server has it: path and case as written, nothing checked. */
export type IncomingRequest = {
  readonly path: string
  readonly params: { readonly [name: string]: string }
  readonly query: { readonly [name: string]: string }
  readonly headers: { readonly [name: string]: string | undefined }
  readonly body: unknown
  readonly realNow: Instant
  readonly requestId: string
}

export type RequestPathDependencies = {
  readonly db: Kysely<Schema>
  readonly verifyAccessToken: VerifyAccessToken
  readonly publicUrl: () => string
}

/**
 * The way of every request, in this order:
 *
 * | check         | why here |
 * |---------------|---|
 * | texts         | what cannot be stored cannot be looked for either |
 * | api version   | costs nothing and depends on nobody |
 * | authenticate  | before anything is looked up: a stranger learns nothing |
 * | find          | what the caller may not see does not exist: 404 before any 403 |
 * | authorise     | 403 names who may |
 * | state         | 409 says why it is read-only; only to those who could otherwise have done it |
 * | parse         | last: a body is not judged for somebody who may not send it |
 *
 * Handlers that change something ask the state again under the subscription's lock.
 */
export async function serve(
  operation: Operation,
  parse: BodyParser,
  request: IncomingRequest,
  { db, verifyAccessToken, publicUrl }: RequestPathDependencies,
): Promise<OperationResponse> {
  const { params, query, headers, realNow } = request
  checkTexts(params, query)
  const apiVersion = checkApiVersion(operation, query)
  const dependencies = { db, verifyAccessToken, publicUrl }
  const authorization = headers['authorization']
  const { subscriptionId } = params
  const caller = await authenticate(dependencies, authorization, realNow, subscriptionId)
  const subscription = await findSubscription(db, operation, params, caller)
  authorise(operation, { caller, params, subscription })
  checkState(operation, subscription, caller)
  return operation.handle({
    caller,
    params,
    query,
    headers,
    body: parse(request.body),
    apiVersion,
    subscription,
    realNow,
    requestId: request.requestId,
    publicUrl: publicUrl(),
  })
}
