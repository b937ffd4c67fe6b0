import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { testRandom } from '../database/testing/test-database.ts'
import {
  type Access,
  errorOf,
  openAccess,
  people,
  readAll,
  tenantA,
  tenantB,
} from '../roles/access-fixture.ts'
import { api, directoryOf, tenants } from './directory-fixture.ts'

let access: Access
let directory: ReturnType<typeof directoryOf>
beforeAll(async () => {
  access = await openAccess()
  directory = directoryOf(access)
})
afterAll(async () => access[Symbol.asyncDispose]())

describe('a tenant', () => {
  test('is made with a principal that owns it, whose secret is shown once', async () => {
    const tenantId = testRandom.uuid()
    const path = `${tenants}/${tenantId.toUpperCase()}?${api}`
    const made = await access.call('admin', 'PUT', path, { properties: { displayName: 'C' } })
    expect(made.statusCode).toBe(201)
    const { firstServicePrincipal: first, ...properties } = made.json().properties
    expect(made.json()).toMatchObject({ id: `${tenants}/${tenantId}`, name: tenantId })
    expect(properties).toEqual({
      displayName: 'C',
      isOperator: false,
      createdAt: '2026-11-01T00:00:00.000Z',
    })
    expect(await directory.signIn(first, '2026-11-02T00:00:00Z')).toBe('valid')
    expect(await directory.signIn(first, first.expiresAt)).toBe('expired')

    const again = await access.call('admin', 'PUT', path, { properties: { displayName: 'D' } })
    expect([again.statusCode, again.json().properties]).toEqual([
      200,
      { ...properties, displayName: 'D' },
    ])
    const shown = await access.call('admin', 'GET', path)
    expect(shown.json()).toEqual(again.json())
    expect((await access.history(tenantId)).map(({ type }) => type)).toEqual([
      'TenantCreated',
      'ServicePrincipalCreated',
      'RoleAssigned',
      'SecretAdded',
      'TenantRenamed',
    ])
  })

  test('learns nothing of who made it: that stands in the operator’s own history', async () => {
    const tenantId = testRandom.uuid()
    const path = `${tenants}/${tenantId}?${api}`
    for (const displayName of ['E', 'F', 'F']) {
      await access.call('admin', 'PUT', path, { properties: { displayName } })
    }
    const history = await access.history(tenantId)
    expect(new Set(history.map(({ actor }) => actor))).toEqual(new Set(['operator']))
    expect(JSON.stringify(history)).not.toContain(people.admin)
    const own = await access.history(tenantA)
    const told = own.filter(({ data }) => JSON.stringify(data)?.includes(tenantId))
    expect(told.map(({ type, actor }) => [type, actor])).toEqual([
      ['TenantCreated', people.admin],
      ['TenantRenamed', people.admin],
    ])
  })

  test('is the business of the operator’s administrators', async () => {
    for (const [method, path] of [
      ['GET', tenants],
      ['GET', `${tenants}/${tenantA}`],
      ['PUT', `${tenants}/${testRandom.uuid()}`],
    ] as const) {
      const content = method === 'PUT' ? { properties: { displayName: 'X' } } : undefined
      for (const person of ['stranger', 'nobody', 'owner'] as const) {
        const refused = await access.call(person, method, `${path}?${api}`, content)
        expect(errorOf(refused)).toBe('403 AuthorizationFailed')
        expect(refused.body.includes('operator')).toBe(person === 'stranger')
      }
    }
  })

  test('is listed, in pages', async () => {
    const [whole = []] = await readAll(access, 'admin', `${tenants}?${api}`)
    const names = whole.map(({ name }) => name)
    expect(names).toEqual(expect.arrayContaining([tenantA, tenantB]))
    const pages = await readAll(access, 'admin', `${tenants}?${api}&$top=1`)
    expect(pages.flat()).toEqual(whole)
    expect(pages.every((page) => page.length === 1)).toBe(true)
  })

  test.each([
    ['x', { properties: { displayName: 'X' } }, '400 InvalidParameter'],
    [testRandom.uuid(), { properties: {} }, '400 InvalidRequestContent'],
    [testRandom.uuid(), { properties: { displayName: '' } }, '400 InvalidRequestContent'],
    [
      testRandom.uuid(),
      { properties: { displayName: 'X', isOperator: true } },
      '400 InvalidRequestContent',
    ],
  ])('named %s with %j is refused', async (name, content, error) => {
    const path = `${tenants}/${name}?${api}`
    expect(errorOf(await access.call('admin', 'PUT', path, content))).toBe(error)
    expect(errorOf(await access.call('admin', 'GET', path))).toBe('404 NotFound')
  })
})
