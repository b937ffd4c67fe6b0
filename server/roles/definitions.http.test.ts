import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { testRandom } from '../database/testing/test-database.ts'
import {
  type Access,
  addressAt,
  authorization,
  errorOf,
  type Listed,
  openAccess,
  readAll,
  type Person,
  sold,
} from './access-fixture.ts'
import { builtInRoles, ownerRole } from './built-in.ts'

let access: Access
beforeAll(async () => {
  access = await openAccess()
})
afterAll(async () => access[Symbol.asyncDispose]())

const subscription = `/subscriptions/${sold}`
const group = `${subscription}/resourceGroups/Mine`

function at(scope: string, name?: string): string {
  return addressAt(scope, 'roleDefinitions', name)
}

function body(roleName: string, change: object = {}) {
  const permissions = [{ actions: ['Microsoft.Storage/*/read'], notActions: [] }]
  const content = { roleName, description: 'd', permissions, assignableScopes: [subscription] }
  return { properties: { ...content, ...change } }
}

let made = 0
async function define(as: Person, change: object = {}, scope = subscription) {
  const id = testRandom.uuid()
  const roleName = `Role ${(made += 1)}`
  const response = await access.call(as, 'PUT', at(scope, id), body(roleName, change))
  return { id, roleName, response }
}

type RoleList = Listed<{ readonly roleName: string }>

async function list(as: Person, scope: string, filter = ''): Promise<string[]> {
  const path = `${at(scope)}&$filter=${encodeURIComponent(filter)}`
  const response = await access.call(as, 'GET', path)
  expect(response.statusCode).toBe(200)
  return response.json<RoleList>().value.map(({ properties }) => properties.roleName)
}

describe('listing roles', () => {
  test('finds the built-in ones anywhere, with the ids that Azure gave them', async () => {
    const found = await access.call('reader', 'GET', at(group))
    const owner = found.json<RoleList>().value.find(({ name }) => name === ownerRole.id)
    const roles = '/providers/Microsoft.Authorization/roleDefinitions'
    expect(owner!.id).toBe(`${subscription}${roles}/8e3af657-a8ff-443c-a75c-2fe8c4bcb635`)
    const everyone = await list('nobody', '/', "type eq 'BuiltInRole'")
    expect(everyone).toEqual(builtInRoles.map(({ name }) => name))
    expect(await list('nobody', '/', "roleName eq 'owner'")).toEqual(['Owner'])
    const one = await access.call('nobody', 'GET', at('/', ownerRole.id.toUpperCase()))
    expect(one.json().properties.roleName).toBe('Owner')
  })

  test('shows a custom one where it is for, and to those who see that place', async () => {
    const { id, roleName } = await define('owner', { assignableScopes: [group] })
    const named = `roleName eq '${roleName}'`
    expect(await list('owner', group, named)).toEqual([roleName])
    expect(await list('reader', group, named)).toEqual([roleName])
    expect(await list('owner', subscription, named)).toEqual([])
    expect(await list('owner', subscription, `${named} and atScopeAndBelow()`)).toEqual([roleName])
    expect(await list('nobody', '/', `${named} and atScopeAndBelow()`)).toEqual([])
    expect(await list('stranger', '/', `${named} and atScopeAndBelow()`)).toEqual([])
    expect(errorOf(await access.call('stranger', 'GET', at('/', id)))).toBe(
      '404 RoleDefinitionDoesNotExist',
    )
    expect(await list('admin', '/', `type eq 'CustomRole' and ${named}`)).toEqual([])
  })

  test('comes in pages that miss nothing and repeat nothing', async () => {
    for (let made = 0; made < 5; made += 1) await define('owner')
    const whole = await list('admin', subscription)
    const path = `${at(subscription)}&$top=2`
    const pages = await readAll<{ readonly roleName: string }>(access, 'admin', path)
    expect(pages.flat().map(({ properties }) => properties.roleName)).toEqual(whole)
    expect(pages.length).toBeGreaterThanOrEqual(3)
    expect(whole.length).toBeGreaterThanOrEqual(builtInRoles.length + 5)
  })

  test('knows no other filter', async () => {
    const refused = await access.call('admin', 'GET', `${at('/')}&$filter=x`)
    expect(errorOf(refused)).toBe('400 InvalidFilterInQueryString')
  })
})

describe('what one may do oneself', () => {
  const account = `${group}/providers/Microsoft.Storage`
  const rest = 'storageAccounts/Disk1/providers/Microsoft.Authorization'

  test.each([
    `${group}/providers/Microsoft.Authorization/permissions`,
    `${account}/${rest}/permissions`,
    `${account}//${rest}/permissions`,
    `${subscription}/providers/Microsoft.Authorization/permissions`,
  ])('is told at %s', async (path) => {
    const asReader = await access.call('reader', 'GET', `${path}?${authorization}`)
    expect(asReader.json()).toEqual({
      value: [{ actions: ['*/read'], notActions: [], dataActions: [], notDataActions: [] }],
    })
    const asPayer = await access.call('payer', 'GET', `${path}?${authorization}`)
    // As Owner, and as who holds the billing; also what he was given by the tests above.
    expect(asPayer.json().value.length).toBeGreaterThanOrEqual(2)
    expect(errorOf(await access.call('nobody', 'GET', `${path}?${authorization}`))).toBe(
      '404 SubscriptionNotFound',
    )
  })
})

test.each(['2015-07-01', '2018-01-01-preview', '2022-05-01-preview', '2022-04-01'])(
  'clients that ask for %s are served',
  async (version) => {
    const path = `${subscription}/providers/Microsoft.Authorization/roleDefinitions`
    const response = await access.call('reader', 'GET', `${path}?api-version=${version}`)
    expect(response.statusCode).toBe(200)
    const other = await access.call('reader', 'GET', `${path}?api-version=2001-01-01`)
    expect(errorOf(other)).toBe('400 NoRegisteredProviderFound')
  },
)
