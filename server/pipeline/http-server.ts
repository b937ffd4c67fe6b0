import Fastify, {
  type FastifyBaseLogger,
  type FastifyInstance,
  type FastifyReply,
  type FastifyRequest,
  LogController,
} from 'fastify'
import { CommitUnknown, DatabaseUnavailable } from '../database/connection.ts'
import type { Random } from '../kernel/ids.ts'
import type { Clock } from '../kernel/instant.ts'
import { ProviderFailure } from '../providers/contract.ts'
import { errorBody, messagesFor } from './answer.ts'
import { type Operation, RequestRefused } from './operation.ts'
import { bodyParser } from './parse-body.ts'
import { type RequestPathDependencies, serve } from './request-path.ts'
import { type Refusal, refusals } from '../../api/refusals.ts'

/** ARM's own front door takes 4 MiB; larger things are blobs, and have a door of their own. */
export const bodyLimitBytes = 4 * 1024 * 1024

export type HttpServerDependencies = RequestPathDependencies & {
  readonly operations: readonly Operation[]
  readonly clock: Clock
  readonly random: Random
  readonly log: FastifyBaseLogger
}

/** The routes of every operation. Listens to nothing: the caller gives it to http and https. */
export function createHttpServer(dependencies: HttpServerDependencies): FastifyInstance {
  const { operations, random, log } = dependencies
  const app = Fastify({
    loggerInstance: log,
    logController: new LogController({ disableRequestLogging: true }),
    bodyLimit: bodyLimitBytes,
    rewriteUrl: (request) => singleSlashes(request.url ?? '/'),
    routerOptions: { caseSensitive: false, ignoreTrailingSlash: true, maxParamLength: 1024 },
    genReqId: () => random.uuid(),
    exposeHeadRoutes: false,
    // What the router cannot read reaches no hook and no handler.
    frameworkErrors: (error, request, reply) => {
      nameAnswer(request, reply, random)
      answerError(error, request, reply)
    },
  })
  readJsonBodies(app)
  nameRequests(app, random)
  app.setErrorHandler(answerError)
  for (const operation of operations) addRoutes(app, operation, dependencies)
  refuseUnknownRoutes(app, operations)
  return app
}

/**
 * Clients ask for `//subscriptions/...` when a scope begins with a slash, and az for
 * `Microsoft.Storage//storageAccounts` when a resource has no parent. The query stays as it is.
 */
function singleSlashes(target: string): string {
  const [path = '/', ...query] = target.split('?')
  return [path.replaceAll(/\/{2,}/g, '/'), ...query].join('?')
}

function addRoutes(
  app: FastifyInstance,
  operation: Operation,
  dependencies: HttpServerDependencies,
): void {
  const parse = bodyParser(operation)
  for (const url of operation.paths) {
    app.route({
      method: operation.method,
      url,
      handler: async (request, reply) => {
        const response = await serve(
          operation,
          parse,
          {
            path: request.url.split('?')[0] ?? '/',
            params: request.params as Record<string, string>,
            query: queryOf(request),
            headers: headersOf(request),
            body: request.body,
            realNow: dependencies.clock.now(),
            requestId: request.id,
          },
          dependencies,
        )
        reply.code(response.status)
        for (const [name, value] of Object.entries(response.headers ?? {})) {
          reply.header(name, value)
        }
        return reply.send(response.body)
      },
    })
  }
}

/** Names of query parameters count without case and without the `$` that some clients encode. */
function queryOf(request: FastifyRequest): Record<string, string> {
  const query: Record<string, string> = {}
  for (const [name, value] of Object.entries(request.query as Record<string, unknown>)) {
    const key = name.toLowerCase().replace(/^\$/, '')
    query[key] = Array.isArray(value) ? String(value[0]) : String(value)
  }
  return query
}

function headersOf(request: FastifyRequest): Record<string, string | undefined> {
  const headers: Record<string, string | undefined> = {}
  for (const [name, value] of Object.entries(request.headers)) {
    headers[name] = Array.isArray(value) ? value.join(', ') : value
  }
  return headers
}

/** Clients send a content type without a body, and a body is parsed after the caller is known. */
function readJsonBodies(app: FastifyInstance): void {
  app.removeAllContentTypeParsers()
  app.addContentTypeParser('*', { parseAs: 'string' }, (request, text, done) => {
    if (text.length === 0) return done(null, undefined)
    const type = (request.headers['content-type'] ?? '').split(';')[0]?.trim().toLowerCase() ?? ''
    if (type !== '' && type !== 'application/json' && !type.endsWith('+json')) {
      return done(refused({ name: 'unsupportedMediaType', facts: { contentType: type } }))
    }
    try {
      done(null, JSON.parse(String(text)))
    } catch (error) {
      const reason = error instanceof Error ? error.message : 'it cannot be parsed.'
      done(refused({ name: 'invalidJson', facts: { reason } }))
    }
  })
}

function refused(refusal: Refusal): Error {
  return new RequestRefused(refusal)
}

const correlationShape = /^[\w.-]{1,128}$/

function nameRequests(app: FastifyInstance, random: Random): void {
  app.addHook('onRequest', async (request, reply) => nameAnswer(request, reply, random))
  app.addHook('onResponse', async (request, reply) => {
    request.log.info(
      {
        method: request.method,
        path: request.url.split('?')[0],
        status: reply.statusCode,
        durationMs: Math.round(reply.elapsedTime),
      },
      'answered',
    )
  })
}

/** The ids of an answer: its own, and those that the client gave the request. */
function nameAnswer(request: FastifyRequest, reply: FastifyReply, random: Random): void {
  const given = request.headers['x-ms-correlation-request-id']
  const correlation =
    typeof given === 'string' && correlationShape.test(given) ? given : random.uuid()
  reply.header('x-ms-request-id', request.id)
  reply.header('x-ms-correlation-request-id', correlation)
  reply.header('x-ms-routing-request-id', `REPRIEVE:${request.id}`)
  reply.header('cache-control', 'no-store')
  reply.header('x-content-type-options', 'nosniff')
  const clientId = request.headers['x-ms-client-request-id']
  const wanted = request.headers['x-ms-return-client-request-id'] === 'true'
  if (wanted && typeof clientId === 'string' && correlationShape.test(clientId)) {
    reply.header('x-ms-client-request-id', clientId)
  }
}

function answerError(error: unknown, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const refusal = refusalOf(error, request)
  const messages = messagesFor(request.headers['accept-language'])
  if (refusal.name === 'internalError') request.log.error({ error }, 'fault')
  if (error instanceof RequestRefused) {
    for (const [name, value] of Object.entries(error.headers)) reply.header(name, value)
  }
  if (statusOf(refusal) === 503) reply.header('retry-after', '2')
  // The rest of the body is taken in and dropped: a client that is cut off while it still sends
  // never reads why.
  if (refusal.name === 'bodyTooLarge') reply.removeHeader('connection')
  const body = errorBody(refusal, messages)
  reply.header('x-ms-error-code', body.error.code)
  return reply.code(statusOf(refusal)).type('application/json').send(body)
}

function refusalOf(error: unknown, request: FastifyRequest): Refusal {
  if (error instanceof RequestRefused) return error.refusal
  if (error instanceof CommitUnknown) return { name: 'commitUnknown', facts: {} }
  if (error instanceof DatabaseUnavailable) {
    return { name: 'unavailable', facts: { reason: 'its database cannot be reached.' } }
  }
  if (error instanceof ProviderFailure) {
    return { name: 'unavailable', facts: { reason: `${error.message} ${error.remedy}` } }
  }
  const code = (error as { code?: unknown }).code
  if (code === 'FST_ERR_CTP_BODY_TOO_LARGE') {
    return { name: 'bodyTooLarge', facts: { limitBytes: bodyLimitBytes } }
  }
  if (code === 'FST_ERR_CTP_INVALID_CONTENT_LENGTH') {
    return { name: 'invalidJson', facts: { reason: 'it ended before its Content-Length.' } }
  }
  if (code === 'FST_ERR_BAD_URL' || code === 'FST_ERR_MAX_PARAM_LENGTH') {
    return { name: 'routeNotFound', facts: { method: request.method, path: request.url } }
  }
  return { name: 'internalError', facts: { requestId: request.id } }
}

function statusOf(refusal: Refusal): number {
  return refusals[refusal.name].status
}

/**
 * An unknown path is 404; a known one with another method is 405 and names those that it serves.
 */
function refuseUnknownRoutes(app: FastifyInstance, operations: readonly Operation[]): void {
  const methods = [...new Set(operations.map((operation) => operation.method))]
  app.setNotFoundHandler((request) => {
    const path = request.url.split('?')[0] ?? '/'
    const allowed = methods.filter((method) => app.findRoute({ method, url: path }) !== null)
    if (allowed.length > 0) {
      throw new RequestRefused(
        { name: 'methodNotAllowed', facts: { method: request.method, allowed } },
        { allow: allowed.join(', ') },
      )
    }
    throw new RequestRefused({ name: 'routeNotFound', facts: { method: request.method, path } })
  })
}
