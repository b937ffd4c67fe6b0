import {
  errors,
  type KoaContext,
  Provider,
  type ResourceServer,
  type StructuredToken,
} from 'oidc-provider'
import { assert, Fault } from '../kernel/assert.ts'
import type { Random } from '../kernel/ids.ts'
import { type Clock, secondMs } from '../kernel/instant.ts'
import { type Addresses, issuerUrl, resourceOfScope, serviceOf } from './addresses.ts'
import { asId, type ClientDirectory } from './clients.ts'
import { type Exchange, refusalOf } from './exchange.ts'
import { judgeSecret } from './secrets.ts'
import { type SigningKey, signingAlgorithm } from './signing-keys.ts'
import {
  disabledClient,
  expiredSecret,
  malformedScope,
  missingScope,
  refusalBody,
  type TokenRefusal,
  unknownResource,
  wrongSecret,
} from './token-refusals.ts'
import { tokenAnswer } from './token-answer.ts'

export type ProviderOptions = ClientDirectory & {
  readonly addresses: Addresses
  readonly signingKeys: readonly SigningKey[]
  readonly tokenLifetimeMs: number
  readonly clock: Clock
  readonly random: Random
  /** The request that the library is handed, and what we know about it. */
  readonly exchanges: WeakMap<object, Exchange>
  readonly onFault: (error: unknown, traceId: string | null) => void
}

/** The paths under the tenant's segment, as the library serves them. */
export const libraryPaths = {
  discovery: '/.well-known/openid-configuration',
  authorize: '/oauth2/v2.0/authorize',
  token: '/oauth2/v2.0/token',
  keys: '/discovery/v2.0/keys',
} as const

/**
 * The OpenID provider of one tenant: client credentials alone, with secrets that are stored only as
 * hashes, and access tokens with the claims that Azure's clients read. It keeps nothing per request
 * and nothing per token, so it can be dropped and made again at any time.
 */
export function createTenantProvider(tenantId: string, options: ProviderOptions): Provider {
  const { addresses, exchanges } = options
  const provider = new Provider(issuerUrl(addresses.publicOrigin, tenantId), {
    ...fixedSettings,
    jwks: { keys: options.signingKeys.map((key) => key.privateJwk) },
    adapter: (model: string) =>
      model === 'Client' ? clientAdapter(tenantId, options) : noStorage(model),
    ttl: { ClientCredentials: Math.floor(options.tokenLifetimeMs / secondMs) },
    formats: { customizers: { jwt: writeClaims(tenantId, exchanges) } },
    features: { ...features, resourceIndicators: resourceIndicators(options) },
  })
  provider.Client.prototype.compareClientSecret = (presented) => checkSecret(presented, options)
  provider.use((ctx, next) => translate(ctx, next, options))
  provider.on('server_error', (_ctx, error) => options.onFault(error, currentTraceId(exchanges)))
  provider.on('error', (error) => options.onFault(error, currentTraceId(exchanges)))
  return provider
}

/** Nothing of the library's is on by default: what is not needed cannot be attacked. */
const features = {
  clientCredentials: { enabled: true },
  devInteractions: { enabled: false },
  dPoP: { enabled: false },
  pushedAuthorizationRequests: { enabled: false },
  rpInitiatedLogout: { enabled: false },
  userinfo: { enabled: false },
}

const fixedSettings = {
  responseTypes: [],
  scopes: [],
  claims: {},
  clientAuthMethods: ['client_secret_post', 'client_secret_basic'],
  clientBasedCORS: () => false,
  routes: {
    authorization: libraryPaths.authorize,
    token: libraryPaths.token,
    jwks: libraryPaths.keys,
  },
}

/** The exchange that the library is working on right now, in whatever callback. */
function current(exchanges: WeakMap<object, Exchange>): Exchange {
  const exchange = Provider.ctx === undefined ? undefined : exchanges.get(Provider.ctx.req)
  assert(exchange !== undefined, 'the OpenID library called back outside a token request')
  return exchange
}

function currentTraceId(exchanges: WeakMap<object, Exchange>): string | null {
  return Provider.ctx === undefined ? null : (exchanges.get(Provider.ctx.req)?.traceId ?? null)
}

/**
 * The library finds clients here. It is told nothing of their secrets: it keeps clients in memory
 * by their content.
 */
function clientAdapter(tenantId: string, options: ProviderOptions): object {
  // The library demands a secret; nobody can present this one, and it is never compared.
  const unusedSecret = Buffer.from(options.random.bytes(32)).toString('base64url')
  return {
    find: async (presentedId: string) => {
      const clientId = asId(presentedId)
      const client = clientId === null ? null : await options.findClient(tenantId, clientId)
      if (clientId === null || client === null) return undefined
      current(options.exchanges).client = client
      return {
        client_id: clientId,
        client_secret: unusedSecret,
        grant_types: ['client_credentials'],
        response_types: [],
        redirect_uris: [],
        token_endpoint_auth_method: 'client_secret_post',
      }
    },
  }
}

/** Access tokens are self-contained; a write would be a token that nobody could verify. */
function noStorage(model: string): object {
  const refuse = async (): Promise<never> => {
    throw new Fault(`the OpenID library wants to store a ${model}, which no grant here needs`)
  }
  return { find: async () => undefined, upsert: refuse, destroy: refuse, consume: refuse }
}

async function checkSecret(presented: string, options: ProviderOptions): Promise<boolean> {
  const exchange = current(options.exchanges)
  const { client, clientId } = exchange
  assert(client !== null && clientId !== null, 'a secret is checked before its client was found')
  const verdict = judgeSecret(presented, client.secrets, options.clock.now())
  if (verdict === 'valid' && !client.disabled) return true
  // Only who knows a secret, be it an old one, learns that it expired or that the client is
  // disabled.
  if (verdict === 'wrong') exchange.refusal = wrongSecret(clientId)
  else exchange.refusal = verdict === 'expired' ? expiredSecret(clientId) : disabledClient(clientId)
  return false
}

function resourceIndicators(options: ProviderOptions): object {
  const { addresses, exchanges, signingKeys } = options
  const origin = addresses.publicOrigin
  const refuse = (refusal: TokenRefusal): never => {
    current(exchanges).refusal = refusal
    throw new errors.InvalidTarget(refusal.text)
  }
  return {
    enabled: true,
    defaultResource: async (ctx: KoaContext): Promise<string> => {
      const scope = ctx.oidc?.params?.['scope']
      if (typeof scope !== 'string' || scope === '') return refuse(missingScope(origin))
      return resourceOfScope(scope) ?? refuse(malformedScope(scope, origin))
    },
    getResourceServerInfo: async (_ctx: KoaContext, resource: string): Promise<ResourceServer> => {
      if (serviceOf(resource, addresses) === null) return refuse(unknownResource(resource, origin))
      const [key] = signingKeys
      assert(key !== undefined, 'there is no signing key')
      return {
        scope: '',
        audience: resource,
        accessTokenTTL: Math.floor(options.tokenLifetimeMs / secondMs),
        accessTokenFormat: 'jwt',
        jwt: { sign: { alg: signingAlgorithm, kid: key.kid } },
      }
    },
  }
}

/**
 * The claims of an Azure access token for an application: az and the SDKs read `tid`, `oid`,
 * `appid`.
 */
function writeClaims(tenantId: string, exchanges: WeakMap<object, Exchange>) {
  return async (_ctx: KoaContext, _token: object, structured: StructuredToken): Promise<void> => {
    const { client } = current(exchanges)
    assert(client !== null, 'a token is written before its client was found')
    const { aud, iss, iat, exp, jti, client_id: clientId } = structured.payload
    structured.payload = {
      aud,
      iss,
      iat,
      nbf: iat,
      exp,
      jti,
      tid: tenantId,
      oid: client.objectId,
      sub: client.objectId,
      appid: clientId,
      azp: clientId,
      client_id: clientId,
      appidacr: '1',
      azpacr: '1',
      idtyp: 'app',
      ver: '2.0',
    }
  }
}

/** Puts the library's answer to a token request into the form that Azure's clients read. */
async function translate(
  ctx: KoaContext,
  next: () => Promise<void>,
  options: ProviderOptions,
): Promise<void> {
  await next()
  const exchange = options.exchanges.get(ctx.req)
  if (exchange === undefined) return
  if (ctx.status < 400) {
    ctx.body = tokenAnswer(ctx.body, exchange.version)
    return
  }
  const refusal = refusalOf(exchange, ctx, options.addresses.publicOrigin)
  ctx.status = refusal.status
  ctx.body = refusalBody(refusal, exchange, options.clock.now())
}
