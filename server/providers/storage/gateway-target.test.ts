import { expect, test } from 'vitest'
import { admitsAddress } from './gateway-address.ts'
import { dataActionOf, isRead, parseTarget, type Target } from './gateway-target.ts'

const target = (url: string): Target => {
  const parsed = parseTarget(url)
  if (parsed === null) throw new Error(`no target: ${url}`)
  return parsed
}

test('a path names account, container and blob as the server behind reads it', () => {
  expect(target('/alpha/box/a/b%20c?comp=tags')).toMatchObject({
    account: 'alpha',
    container: 'box',
    blob: 'a/b c',
    comp: 'tags',
  })
  expect(target('/alpha?comp=list')).toMatchObject({
    account: 'alpha',
    container: null,
    blob: null,
  })
  expect(target('/alpha%2Fbox/b')).toMatchObject({ account: 'alpha', container: 'box', blob: 'b' })
})

test('a URL that two parsers could read differently is no target', () => {
  for (const url of [
    '*',
    'http://other/alpha/box',
    '//alpha/box',
    '/',
    '/?comp=list',
    '/alpha#/box',
    '/alpha\\box',
    '/alpha/%zz',
    '/alpha/bö',
    '/alpha/a b',
    '/alpha/box/b?comp=query&comp=lease',
    '/alpha/box/b?sig=a&sig=b',
  ]) {
    expect(parseTarget(url), url).toBeNull()
  }
})

test('only what is known to read is a read', () => {
  const reads = (method: string, url: string): boolean => isRead(method, target(url))
  expect(reads('GET', '/alpha/box/b?comp=lease')).toBe(true)
  expect(reads('HEAD', '/alpha/box/b')).toBe(true)
  expect(reads('OPTIONS', '/alpha/box/b')).toBe(true)
  expect(reads('POST', '/alpha/box/b?comp=query')).toBe(true)
  for (const [method, url] of [
    ['POST', '/alpha?comp=batch'],
    ['POST', '/alpha/box/b?Comp=query'],
    ['PUT', '/alpha/box/b?comp=query'],
    ['DELETE', '/alpha/box/b'],
    ['PATCH', '/alpha/box/b'],
    ['MERGE', '/alpha/box/b'],
  ] as const) {
    expect(reads(method, url), `${method} ${url}`).toBe(false)
  }
})

test('a token needs the action that Azure names for the request', () => {
  const action = (method: string, url: string) => {
    const found = dataActionOf(method, target(url))
    const name = found?.anyOf[0]?.replace('Microsoft.Storage/storageAccounts/blobServices/', '')
    return found && [found.verb, name, found.isData, found.permissions, found.resourceTypes]
  }
  const blobs = 'containers/blobs'
  expect(action('GET', '/a/box/b')).toEqual(['read', `${blobs}/read`, true, 'r', 'o'])
  expect(action('GET', '/a/box?restype=container&comp=list')).toEqual([
    'read',
    `${blobs}/read`,
    true,
    'l',
    'c',
  ])
  expect(action('PUT', '/a/box/b')).toEqual(['write', `${blobs}/write`, true, 'w', 'o'])
  expect(action('PUT', '/a/box/b?comp=appendblock')).toEqual([
    'add',
    `${blobs}/add/action`,
    true,
    'a',
    'o',
  ])
  expect(action('DELETE', '/a/box/b')).toEqual(['delete', `${blobs}/delete`, true, 'd', 'o'])
  expect(action('PUT', '/a/box/b?comp=tags')).toEqual([
    'write',
    `${blobs}/tags/write`,
    true,
    't',
    'o',
  ])
  expect(action('GET', '/a?comp=list')).toEqual(['read', 'containers/read', false, 'l', 's'])
  expect(action('PUT', '/a/box?restype=container')).toEqual([
    'write',
    'containers/write',
    false,
    'w',
    'c',
  ])
  expect(action('DELETE', '/a/box?restype=container')).toEqual([
    'delete',
    'containers/delete',
    false,
    'd',
    'c',
  ])
  expect(action('POST', '/a?comp=batch')).toBeNull()
  expect(action('PUT', '/a/box?restype=container&comp=acl')).toBeNull()
})

test('an address is admitted by a signature that names it or its range', () => {
  expect(admitsAddress('10.0.0.1', '10.0.0.1')).toBe(true)
  expect(admitsAddress('10.0.0.1', '::ffff:10.0.0.1')).toBe(true)
  expect(admitsAddress('10.0.0.1', '10.0.0.2')).toBe(false)
  expect(admitsAddress('10.0.0.1-10.0.0.9', '10.0.0.9')).toBe(true)
  expect(admitsAddress('10.0.0.1-10.0.0.9', '10.0.0.10')).toBe(false)
  for (const odd of ['', 'any', '10.0.0.9-10.0.0.1', '10.0.0.1-', '10.0.0.1-10.0.0.9-10.0.0.9']) {
    expect(admitsAddress(odd, '10.0.0.1'), odd).toBe(false)
  }
  expect(admitsAddress('10.0.0.1', '::1')).toBe(false)
})
