import { adfsSegment } from './routes.ts'

/**
 * The discovery document of `/adfs`, for clients that can be told nothing but an Azure Stack
 * authority (az 2.45). It names no tenant: at its token endpoint the tenant follows from the
 * client.
 */
export function adfsDocument(publicOrigin: string, algorithm: string): object {
  const base = `${publicOrigin}/${adfsSegment}`
  return {
    issuer: base,
    authorization_endpoint: `${base}/oauth2/authorize`,
    token_endpoint: `${base}/oauth2/token`,
    jwks_uri: `${base}/discovery/keys`,
    token_endpoint_auth_methods_supported: ['client_secret_post', 'client_secret_basic'],
    grant_types_supported: ['client_credentials'],
    response_types_supported: [],
    subject_types_supported: ['public'],
    id_token_signing_alg_values_supported: [algorithm],
  }
}

/**
 * The answer of `GET /common/discovery/instance`: which hosts are one authority. Null when the
 * authority that is asked about lies elsewhere; we vouch for nobody else.
 */
export function instanceDocument(authority: string, origins: readonly string[]): object | null {
  const url = URL.parse(authority)
  if (url === null || !origins.includes(url.origin)) return null
  const [publicOrigin = url.origin] = origins
  const segment = url.pathname.split('/').find((part) => part !== '') ?? 'common'
  const tenantBase =
    segment.toLowerCase() === adfsSegment
      ? `${publicOrigin}/${adfsSegment}`
      : `${publicOrigin}/${encodeURIComponent(segment)}/v2.0`
  const host = new URL(publicOrigin).host
  return {
    tenant_discovery_endpoint: `${tenantBase}/.well-known/openid-configuration`,
    'api-version': '1.1',
    metadata: [
      {
        preferred_network: host,
        preferred_cache: host,
        aliases: origins.map((origin) => new URL(origin).host),
      },
    ],
  }
}
