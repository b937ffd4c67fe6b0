import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Clock } from '../kernel/instant.ts'
import { type Addresses, origins } from './addresses.ts'
import { asId, type ClientDirectory } from './clients.ts'
import { adfsDocument, instanceDocument } from './documents.ts'
import type { Exchange } from './exchange.ts'
import type { RecentlyUsed } from './recently-used.ts'
import { adfsSegment, type Route } from './routes.ts'
import { type SigningKey, signingAlgorithm } from './signing-keys.ts'
import { libraryPaths } from './tenant-provider.ts'
import { clientIdOf, formLimitBytes, libraryRequest, readBody } from './token-form.ts'
import {
  bodyTooLarge,
  foreignInstance,
  malformedRequest,
  noInteractiveSignIn,
  notATenant,
  refusalBody,
  type TokenRefusal,
  type Trace,
  unknownClient,
  wrongMethod,
} from './token-refusals.ts'

/** One request and its answer in the making. */
export type Answering = Trace & {
  readonly request: IncomingMessage
  readonly response: ServerResponse
}

/** Handles a request that was put into the form the OpenID library knows. */
export type ProviderHandler = (request: IncomingMessage, response: ServerResponse) => Promise<void>

export type AnswerDependencies = ClientDirectory & {
  readonly addresses: Addresses
  readonly signingKeys: readonly SigningKey[]
  readonly clock: Clock
  readonly exchanges: WeakMap<object, Exchange>
  /** By tenant id. */
  readonly providers: RecentlyUsed<ProviderHandler>
}

/**
 * Answers one of the issuer's paths. What the tenants have in common is answered here, the rest by
 * the tenant's provider.
 */
export async function answerRoute(
  route: Route,
  answering: Answering,
  dependencies: AnswerDependencies,
): Promise<void> {
  const { request, response } = answering
  const { clock, addresses, providers } = dependencies
  if (route.name === 'authorize') return refuse(answering, noInteractiveSignIn(), clock)

  const allowed = route.name === 'token' ? ['POST'] : ['GET', 'HEAD']
  if (!allowed.includes(request.method ?? '')) {
    response.setHeader('allow', allowed.join(', '))
    return refuse(answering, wrongMethod(allowed.join(' and ')), clock)
  }
  if (route.name === 'instances') return answerInstances(answering, dependencies)
  if (route.name === 'token') return answerToken(route, answering, dependencies)
  if (route.segment === adfsSegment) return answerAdfs(route.name, answering, dependencies)

  const tenantId = asId(route.segment)
  if (tenantId === null) return refuse(answering, notATenant(route.segment), clock)
  const asked = libraryRequest({
    original: request,
    publicOrigin: addresses.publicOrigin,
    method: 'GET',
    body: Buffer.alloc(0),
    mountPath: `/${tenantId}`,
    path: libraryPaths[route.name],
  })
  return providers.get(tenantId)(asked, response)
}

/** Refuses a request before, or in place of, the library. */
export function refuse(answering: Answering, refusal: TokenRefusal, clock: Clock): void {
  answering.response.setHeader('cache-control', 'no-store')
  send(answering, refusal.status, refusalBody(refusal, answering, clock.now()))
}

async function answerToken(
  route: Route & { readonly name: 'token' },
  answering: Answering,
  dependencies: AnswerDependencies,
): Promise<void> {
  const { request, response, traceId, correlationId } = answering
  const { clock, addresses, providers, exchanges } = dependencies
  const body = await readBody(request)
  if (body === null) {
    // The rest of the body is not read, so nothing more can follow on this connection.
    response.setHeader('connection', 'close')
    return refuse(answering, bodyTooLarge(formLimitBytes), clock)
  }
  const clientId = clientIdOf(body, request.headers.authorization)
  const tenantId = await tenantOf(route.segment, clientId, dependencies)
  if (typeof tenantId !== 'string') return refuse(answering, tenantId, clock)

  const asked = libraryRequest({
    original: request,
    publicOrigin: addresses.publicOrigin,
    method: 'POST',
    body,
    mountPath: `/${tenantId}`,
    path: libraryPaths.token,
  })
  exchanges.set(asked, {
    tenantId,
    clientId,
    version: route.version,
    traceId,
    correlationId,
    form: new URLSearchParams(body.toString('utf8')),
    client: null,
    refusal: null,
  })
  return providers.get(tenantId)(asked, response)
}

/** The tenant that a token request is for: named by the path or, at `/adfs`, by the client. */
async function tenantOf(
  segment: string,
  clientId: string | null,
  directory: ClientDirectory,
): Promise<string | TokenRefusal> {
  if (segment !== adfsSegment) return asId(segment) ?? notATenant(segment)
  if (clientId === null) return malformedRequest("it names no 'client_id'")
  const id = asId(clientId)
  const tenantId = id === null ? null : await directory.findTenantOfClient(id)
  return tenantId ?? unknownClient(clientId, segment)
}

function answerAdfs(
  name: 'discovery' | 'keys',
  answering: Answering,
  { addresses, signingKeys }: AnswerDependencies,
): void {
  const keys = { keys: signingKeys.map((key) => key.publicJwk) }
  const document = adfsDocument(addresses.publicOrigin, signingAlgorithm)
  return send(answering, 200, name === 'keys' ? keys : document)
}

function answerInstances(answering: Answering, { addresses, clock }: AnswerDependencies): void {
  const query = new URLSearchParams((answering.request.url ?? '').split('?')[1] ?? '')
  const authority = query.get('authorization_endpoint') ?? ''
  const document = instanceDocument(authority, origins(addresses))
  if (document === null) return refuse(answering, foreignInstance(authority), clock)
  return send(answering, 200, document)
}

function send({ request, response }: Answering, status: number, body: object): void {
  const text = JSON.stringify(body)
  response.writeHead(status, {
    'content-type': 'application/json; charset=utf-8',
    'content-length': Buffer.byteLength(text),
  })
  response.end(request.method === 'HEAD' ? undefined : text)
}
