import { expect, test } from 'vitest'
import { checkOrigin, issuerUrl, resourceOfScope, serviceOf } from './addresses.ts'
import { routeOf } from './routes.ts'

const addresses = { publicOrigin: 'https://host:8443', otherOrigins: ['http://localhost:8080'] }

test.each([
  ['https://host:8443/.default', 'https://host:8443'],
  ['https://host:8443//.default', 'https://host:8443/'],
  ['https://management.core.windows.net//.default', 'https://management.core.windows.net/'],
  ['openid https://host:8443/.default offline_access profile', 'https://host:8443'],
  ['https://host:8443/user_impersonation', null],
  ['https://a/.default https://b/.default', null],
  ['https://a/.default read', null],
  ['openid', null],
  ['', null],
])('the scope "%s" asks for the resource %s', (scope, resource) => {
  expect(resourceOfScope(scope)).toBe(resource)
})

test.each([
  ['https://host:8443', 'management'],
  ['https://HOST:8443//', 'management'],
  ['http://localhost:8080/', 'management'],
  ['https://management.azure.com', 'management'],
  ['https://management.azure.com:443/', 'management'],
  ['https://management.core.windows.net/', 'management'],
  ['https://storage.azure.com/', 'storage'],
  ['http://host:8443', null],
  ['https://host', null],
  ['https://host:8443/subscriptions', null],
  ['https://host:8443?x', null],
  ['https://user@host:8443', null],
  ['https://management.azure.com.evil.example', null],
  ['host:8443', null],
  ['', null],
])('the audience "%s" means %s', (audience, service) => {
  expect(serviceOf(audience, addresses)).toBe(service)
})

test('the issuer lies on the public origin, under the tenant', () => {
  expect(issuerUrl('https://host:8443', 't')).toBe('https://host:8443/t/v2.0')
})

test.each(['https://host/', 'https://host/path', 'https://host?x', 'host', '', 'HTTPS://HOST'])(
  'the public URL "%s" is refused, as links could not be made from it',
  (origin) => {
    expect(() => checkOrigin(origin)).toThrow(/scheme, host and port alone/)
  },
)

test('the issuer answers its own paths, in any case and with repeated slashes', () => {
  const discovery = { name: 'discovery', segment: 't' }
  expect(routeOf('/T/v2.0/.well-known/openid-configuration')).toEqual(discovery)
  expect(routeOf('/t/.well-known/openid-configuration/')).toEqual(discovery)
  expect(routeOf('//t//OAuth2/v2.0/Token?client-request-id=1')).toEqual({
    name: 'token',
    segment: 't',
    version: 'v2',
  })
  expect(routeOf('/t/oauth2/token')).toMatchObject({ name: 'token', version: 'v1' })
  expect(routeOf('/t/discovery/v2.0/keys')).toEqual({ name: 'keys', segment: 't' })
  expect(routeOf('/common/discovery/instance?x=1')).toEqual({ name: 'instances' })
})

test.each([
  '/',
  '',
  '*',
  '/subscriptions/1',
  '/oauth2/v2.0/token',
  '/t/oauth2/v2.0/token/more',
  '/t/x/oauth2/v2.0/token',
  '/t/constructor',
  'http://evil.example/t/oauth2/token',
])('the path "%s" is somebody else\'s', (target) => {
  expect(routeOf(target)).toBe(null)
})
