import { randomUUID } from 'node:crypto'
import { beforeAll, describe, expect, test } from 'vitest'
import { askOf } from './ask.ts'
import { testTraffic, useWatchedServer } from './watched-server.ts'
import { type Person, World, messageOf, roles } from './world-fixture.ts'

const watched = useWatchedServer()
const ask = askOf(watched)
const people = '/providers/Reprieve.Lifecycle/servicePrincipals'
const tenants = '/providers/Reprieve.Lifecycle/tenants'
let world: World
let scope = ''
let stranger: Person

beforeAll(async () => {
  world = new World(watched.client)
  scope = `/subscriptions/${await world.subscription(watched.server.billingScope)}`
  stranger = await world.tenant('Elsewhere')
})

describe('a tenant', () => {
  test('is made by the operator, and knows nothing of the others', async () => {
    const path = `${tenants}/${randomUUID()}`
    const named = (displayName: string) => ({ body: { properties: { displayName } } })
    await ask('PUT', path, '201', named('New'))
    const { body } = await ask('PUT', path, '200', named('Renamed'))
    expect(body).toMatchObject({ properties: { displayName: 'Renamed' } })
    await ask('GET', path, '200')
    await ask('GET', tenants, '200')
    await ask('GET', `${tenants}/${randomUUID()}`, '404 NotFound')
    await ask('PUT', `${tenants}/nonsense`, '400 InvalidParameter', named('New'))
    await ask('GET', tenants, '403 AuthorizationFailed', { as: stranger })
    await ask('PUT', path, '403 AuthorizationFailed', { ...named('Mine'), as: stranger })
  })
})

describe('a service principal', () => {
  test('is made, signs in with its secret, and signs in no more without it', async () => {
    await ask('PUT', `${people}/worker`, '201', { body: {} })
    await ask('PUT', `${people}/worker`, '200', { body: { properties: { displayName: 'W' } } })
    const made = await ask<Person & { secretId: string }>(
      'POST',
      `${people}/worker/addSecret`,
      '200',
    )
    const worker = made.body
    await ask('GET', '/subscriptions', '200', { as: worker })
    const shown = await ask<{ properties: { secrets: { secretId: string }[] } }>(
      'GET',
      `${people}/worker`,
      '200',
    )
    expect(shown.body.properties.secrets.map(({ secretId }) => secretId)).toEqual([worker.secretId])
    await ask('GET', people, '200')
    const secret = `${people}/worker/secrets/${worker.secretId}`
    await ask('DELETE', secret, '200')
    await ask('DELETE', secret, '204')
    const disabled = { body: { properties: { disabled: true } } }
    await ask('PUT', `${people}/worker`, '200', disabled)
    await ask('GET', '/subscriptions', '401 InvalidAuthenticationToken', { as: worker })
    await ask('DELETE', `${people}/worker`, '200')
    await ask('DELETE', `${people}/nobody`, '204')
  })

  test('is not made of a wrong body, and is not there for strangers', async () => {
    await ask('PUT', `${people}/bad%20name`, '400 InvalidResourceName', { body: {} })
    const forever = { body: { properties: { expiresInDays: 100_000 } } }
    await ask('PUT', `${people}/kept`, '201', { body: {} })
    await ask('POST', `${people}/kept/addSecret`, '400 InvalidRequestContent', forever)
    await ask('POST', `${people}/nobody/addSecret`, '404 NotFound')
    await ask('GET', `${people}/nobody`, '404 NotFound')
    await ask('GET', `${people}/kept`, '404 NotFound', { as: stranger })
    await ask('POST', `${people}/kept/addSecret`, '404 NotFound', { as: stranger })
    const { body } = await ask<{ properties: { secrets: unknown[] } }>(
      'GET',
      `${people}/kept`,
      '200',
    )
    expect(body.properties.secrets).toEqual([])
  })
})

describe('a role', () => {
  const assignments = (): string => `${scope}/providers/Microsoft.Authorization/roleAssignments`
  const definitions = (): string => `${scope}/providers/Microsoft.Authorization/roleDefinitions`
  const assigned = (roleId: string, principalId: string) => ({
    body: { properties: { roleDefinitionId: `${definitions()}/${roleId}`, principalId } },
  })

  test('is assigned once, listed, and taken away', async () => {
    const { objectId } = await world.person('assigned')
    const path = `${assignments()}/${randomUUID()}`
    const reader = assigned(roles.reader, objectId)
    await ask('PUT', path, '201', reader)
    await ask('PUT', path, '200', reader)
    await ask('PUT', `${assignments()}/${randomUUID()}`, '409 RoleAssignmentExists', reader)
    await ask('GET', path, '200')
    await ask('GET', `/${path}`, '200')
    const his = { query: { $filter: `principalId eq '${objectId}'` } }
    const found = await ask<{ value: { id: string }[] }>('GET', assignments(), '200', his)
    expect(found.body.value.map(({ id }) => id.toLowerCase())).toEqual([path.toLowerCase()])
    await ask('GET', assignments(), '200', { query: { $filter: 'atScope()' } })
    await ask('DELETE', path, '200')
    await ask('DELETE', path, '204')
    await ask('GET', path, '404 RoleAssignmentNotFound')
  })

  test('is not given to nobody, nor what nobody defined, nor by a Contributor', async () => {
    const { objectId } = await world.person('wanting')
    const path = `${assignments()}/${randomUUID()}`
    await ask('PUT', path, '400 PrincipalNotFound', assigned(roles.reader, randomUUID()))
    await ask('PUT', path, '400 RoleDefinitionDoesNotExist', assigned(randomUUID(), objectId))
    const scoped = { id: roles.contributor, scope }
    const contributor = await world.person('contributor', scoped)
    const given = { ...assigned(roles.owner, objectId), as: contributor }
    const refused = await ask('PUT', path, '403 AuthorizationFailed', given)
    expect(messageOf(refused)).toContain('Owner')
    await ask('PUT', `${assignments()}/nonsense`, '400 InvalidParameter', {
      ...assigned(roles.reader, objectId),
    })
    await ask('GET', assignments(), '400 InvalidFilterInQueryString', { query: { $filter: 'x' } })
    const administrator = `${watched.server.credential.objectId}`
    const tenantWide = await ask<{ value: { id: string; properties: { principalId: string } }[] }>(
      'GET',
      '/providers/Microsoft.Authorization/roleAssignments',
      '200',
    )
    const last = tenantWide.body.value.find(
      ({ id, properties }) =>
        properties.principalId === administrator && id.startsWith('/providers/Microsoft.Auth'),
    )
    await ask('DELETE', last?.id ?? 'there is none', '412 CannotDeleteLastRbacAdminAssignment')
  })

  test('is defined, changed, listed and removed', async () => {
    const roleId = randomUUID()
    const path = `${definitions()}/${roleId}`
    const defined = (roleName: string, actions: readonly string[]) => ({
      body: {
        properties: {
          roleName,
          description: 'Made by a test.',
          permissions: [{ actions, notActions: [] }],
          assignableScopes: [scope],
        },
      },
    })
    await ask('PUT', path, '201', defined('Onlooker', ['*/read']))
    await ask('PUT', path, '201', defined('Onlooker', ['Microsoft.Storage/*/read']))
    await ask('GET', path, '200')
    const named = { query: { $filter: "roleName eq 'Onlooker'" } }
    const found = await ask<{ value: { name: string }[] }>('GET', definitions(), '200', named)
    expect(found.body.value.map(({ name }) => name)).toEqual([roleId])
    const same = defined('Onlooker', ['*/read'])
    const other = `${definitions()}/${randomUUID()}`
    await ask('PUT', other, '409 RoleDefinitionWithSameNameExists', same)
    const { objectId } = await world.person('onlooker')
    const assignment = `${assignments()}/${randomUUID()}`
    await ask('PUT', assignment, '201', assigned(roleId, objectId))
    await ask('DELETE', path, '409 RoleDefinitionHasAssignments')
    await ask('DELETE', assignment, '200')
    await ask('DELETE', path, '200')
    await ask('DELETE', path, '204')
    await ask('GET', path, '404 RoleDefinitionDoesNotExist')
    await ask('DELETE', `${definitions()}/${roles.owner}`, '409 RoleDefinitionIsBuiltIn')
    const permissions = `${scope}/providers/Microsoft.Authorization/permissions`
    const mine = await ask<{ value: { actions: string[] }[] }>('GET', permissions, '200')
    expect(mine.body.value.flatMap(({ actions }) => actions)).toContain('*')
    const group = await world.group(scope.split('/')[2] ?? '', 'permitted')
    await ask('GET', `${group}/providers/Microsoft.Authorization/permissions`, '200')
  })
})

testTraffic(watched)
