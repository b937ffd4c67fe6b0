import { assert } from '../kernel/assert.ts'

/**
 * Where this issuer lives, and under which names clients may ask for a token.
 * `publicOrigin` is scheme, host and port, with nothing behind it; every link is made from it.
 */
export type Addresses = {
  readonly publicOrigin: string
  /**
   * Further origins at which the same server is reached. Tokens may be asked for them; links never
   * name them.
   */
  readonly otherOrigins: readonly string[]
}

/** What a token is good for: the ARM API, or the data in storage accounts. */
export type TokenService = 'management' | 'storage'

/**
 * The names by which Azure's own clients ask for its management plane, whatever server they talk
 * to.
 */
const managementOrigins = ['https://management.azure.com', 'https://management.core.windows.net']
const storageOrigins = ['https://storage.azure.com']
const defaultScope = '/.default'

/**
 * A Fault when the origin carries a path, a query or a trailing slash: links made from it would be
 * wrong.
 */
export function checkOrigin(origin: string): void {
  const message =
    `the public URL "${origin}" must be scheme, host and port alone, as in ` +
    'https://localhost:8443'
  assert(URL.parse(origin)?.origin === origin, message)
}

/** All origins of the server; the public one comes first. */
export function origins({ publicOrigin, otherOrigins }: Addresses): readonly string[] {
  return [publicOrigin, ...otherOrigins]
}

/**
 * The `iss` of every token of a tenant. It lies on the public origin, as MSAL demands of the
 * discovery document.
 */
export function issuerUrl(publicOrigin: string, tenantId: string): string {
  return `${publicOrigin}/${tenantId}/v2.0`
}

/**
 * Which service an audience means; null for an audience that is not ours. A trailing slash, case of
 * the host and the default port make no difference: clients differ in all three.
 */
export function serviceOf(audience: string, addresses: Addresses): TokenService | null {
  const url = URL.parse(audience)
  if (url === null || !/^\/*$/.test(url.pathname) || url.search !== '' || url.hash !== '')
    return null
  if (url.username !== '' || url.password !== '') return null
  if (storageOrigins.includes(url.origin)) return 'storage'
  const management = [...origins(addresses), ...managementOrigins]
  return management.includes(url.origin) ? 'management' : null
}

/** Every audience that the management plane accepts, for the text of a refusal. */
export function acceptedAudiences(addresses: Addresses, service: TokenService): readonly string[] {
  return service === 'storage' ? storageOrigins : [addresses.publicOrigin, ...managementOrigins]
}

/**
 * The resource that a `scope` parameter names: `https://host//.default` means `https://host/`, as
 * at Azure. OpenID's own words beside it (`openid`, `profile`, `offline_access`) say nothing about
 * a service principal and are passed over. Null when there is not exactly one resource.
 */
export function resourceOfScope(scope: string): string | null {
  const resources = scope
    .split(' ')
    .filter((word) => word !== '' && !openIdScopes.has(word))
    .map((word) => (word.endsWith(defaultScope) ? word.slice(0, -defaultScope.length) : null))
  const [resource] = resources
  return resources.length === 1 && resource !== undefined ? resource : null
}

const openIdScopes = new Set(['openid', 'profile', 'email', 'offline_access'])
