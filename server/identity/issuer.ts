import type { IncomingMessage, ServerResponse } from 'node:http'
import { assert } from '../kernel/assert.ts'
import { isUuid, type Random } from '../kernel/ids.ts'
import { type Clock, hourMs, minuteMs } from '../kernel/instant.ts'
import { createTokenVerifier, type VerifyAccessToken } from './access-tokens.ts'
import { type Addresses, checkOrigin, origins } from './addresses.ts'
import { type AnswerDependencies, answerRoute, refuse } from './answers.ts'
import type { ClientDirectory } from './clients.ts'
import type { Exchange } from './exchange.ts'
import { createRecentlyUsed } from './recently-used.ts'
import { routeOf } from './routes.ts'
import type { SigningKey } from './signing-keys.ts'
import { createTenantProvider } from './tenant-provider.ts'
import { type Trace, temporarilyUnavailable } from './token-refusals.ts'

export type IssuerOptions = ClientDirectory & {
  /**
   * Scheme, host and port, as known after listening. Every link and every `iss` is made from it.
   */
  readonly publicOrigin: string
  /** Further origins of the same server; tokens may be asked for them. */
  readonly otherOrigins?: readonly string[]
  /** At least one. The first signs; all verify and are published, so that keys can be rotated. */
  readonly signingKeys: readonly SigningKey[]
  /** Real time: tokens and secrets never follow a test clock. */
  readonly clock: Clock
  readonly random: Random
  /** 60 minutes unless told. */
  readonly tokenLifetimeMs?: number
  /**
   * Told what made a request fail through no fault of the caller; `traceId` is also in his answer.
   */
  readonly onFault: (error: unknown, traceId: string | null) => void
}

export type Issuer = {
  /**
   * Answers a request to one of the issuer's own paths, whose body must be unread. False: not ours,
   * untouched.
   */
  readonly handle: (request: IncomingMessage, response: ServerResponse) => Promise<boolean>
  readonly verifyAccessToken: VerifyAccessToken
  /**
   * Takes other keys from now on, without a restart. Tokens of a key that is left out stop being
   * accepted.
   */
  readonly useSigningKeys: (signingKeys: readonly SigningKey[]) => void
  readonly close: () => void
}

/** A tenant's provider takes half a millisecond to make; kept for those that signed in last. */
const keptProviders = 64
const shortestLifetimeMs = minuteMs
const longestLifetimeMs = 24 * hourMs

/**
 * An OpenID Connect issuer for the service principals of all tenants. It opens nothing and listens
 * nowhere.
 */
export function createIssuer(options: IssuerOptions): Issuer {
  const { publicOrigin, otherOrigins = [], tokenLifetimeMs = hourMs } = options
  const addresses = { publicOrigin, otherOrigins }
  for (const origin of origins(addresses)) checkOrigin(origin)
  assert(
    tokenLifetimeMs >= shortestLifetimeMs && tokenLifetimeMs <= longestLifetimeMs,
    `the token lifetime is ${tokenLifetimeMs} ms; it must be between a minute and a day`,
  )
  const settings = { ...options, addresses, tokenLifetimeMs }
  let inUse = withKeys(settings, options.signingKeys)

  return {
    handle: async (request, response) => {
      const route = routeOf(request.url ?? '')
      if (route === null) return false
      const answering = { request, response, ...traceOf(request, options.random) }
      response.setHeader('x-ms-request-id', answering.traceId)
      response.setHeader('client-request-id', answering.correlationId)
      try {
        await answerRoute(route, answering, inUse)
      } catch (error) {
        // Who hangs up in the middle of his own request has broken nothing of ours.
        if (request.destroyed && !request.complete) return true
        options.onFault(error, answering.traceId)
        if (!response.headersSent) refuse(answering, temporarilyUnavailable(), options.clock)
      }
      return true
    },
    verifyAccessToken: (token, now, service) => inUse.verifyAccessToken(token, now, service),
    useSigningKeys: (signingKeys) => {
      inUse = withKeys(settings, signingKeys)
    },
    close: () => inUse.providers.clear(),
  }
}

/** Everything that holds signing keys: made at once, and replaced at once. */
function withKeys(
  settings: IssuerOptions & { readonly addresses: Addresses; readonly tokenLifetimeMs: number },
  signingKeys: readonly SigningKey[],
): AnswerDependencies & { readonly verifyAccessToken: VerifyAccessToken } {
  assert(signingKeys.length > 0, 'an issuer needs at least one signing key')
  const exchanges = new WeakMap<object, Exchange>()
  const providerOptions = { ...settings, signingKeys, exchanges }
  return {
    ...providerOptions,
    verifyAccessToken: createTokenVerifier({ addresses: settings.addresses, signingKeys }),
    providers: createRecentlyUsed(keptProviders, (tenantId) =>
      createTenantProvider(tenantId, providerOptions).callback(),
    ),
  }
}

/**
 * A client names its request with a UUID in a header or in the query; anything else is not
 * repeated.
 */
function traceOf(request: IncomingMessage, random: Random): Trace {
  const query = new URLSearchParams((request.url ?? '').split('?')[1] ?? '')
  const named = request.headers['client-request-id'] ?? query.get('client-request-id')
  const isNamed = typeof named === 'string' && isUuid(named)
  return { traceId: random.uuid(), correlationId: isNamed ? named.toLowerCase() : random.uuid() }
}
