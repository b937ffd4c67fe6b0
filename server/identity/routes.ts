/**
 * The issuer's own addresses. `segment` is the first part of the path: a tenant id, a word, or
 * `adfs`.
 */
export type Route =
  | { readonly name: 'discovery'; readonly segment: string }
  | { readonly name: 'keys'; readonly segment: string }
  | { readonly name: 'token'; readonly segment: string; readonly version: 'v1' | 'v2' }
  | { readonly name: 'authorize'; readonly segment: string }
  | { readonly name: 'instances' }

/** The segment under which the clients of Azure Stack look for an authority; it names no tenant. */
export const adfsSegment = 'adfs'

/**
 * What may follow the first segment. The `v2.0` of the discovery document stands at the front, all
 * others behind.
 */
const rests: { readonly [rest: string]: (segment: string) => Route } = {
  'v2.0/.well-known/openid-configuration': (segment) => ({ name: 'discovery', segment }),
  '.well-known/openid-configuration': (segment) => ({ name: 'discovery', segment }),
  'discovery/v2.0/keys': (segment) => ({ name: 'keys', segment }),
  'discovery/keys': (segment) => ({ name: 'keys', segment }),
  'oauth2/v2.0/token': (segment) => ({ name: 'token', segment, version: 'v2' }),
  // AD FS has this address alone and answers as v2 does: az adds its `expires_in` to a number.
  'oauth2/token': (segment) => ({
    name: 'token',
    segment,
    version: segment === adfsSegment ? 'v2' : 'v1',
  }),
  'oauth2/v2.0/authorize': (segment) => ({ name: 'authorize', segment }),
  'oauth2/authorize': (segment) => ({ name: 'authorize', segment }),
  'discovery/instance': () => ({ name: 'instances' }),
}

/**
 * Which of the issuer's addresses a request target means; null when none, and the request is
 * somebody else's. Case and repeated slashes make no difference, as on the rest of the API.
 */
export function routeOf(target: string): Route | null {
  const path = (target.split('?')[0] ?? '').replace(/^\/+/, '').replaceAll(/\/+/g, '/')
  const [, segment, rest] = /^([^/]+)\/(.+?)\/?$/.exec(path.toLowerCase()) ?? []
  if (segment === undefined || rest === undefined || !Object.hasOwn(rests, rest)) return null
  return rests[rest]?.(segment) ?? null
}
