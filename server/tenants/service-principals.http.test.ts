import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { testRandom } from '../database/testing/test-database.ts'
import { instant, parseInstant } from '../kernel/instant.ts'
import {
  type Access,
  errorOf,
  openAccess,
  people,
  tenantA,
  tenantB,
} from '../roles/access-fixture.ts'
import { contributorRole, ownerRole } from '../roles/built-in.ts'
import { type NewSecret, api, directoryOf, principals } from './directory-fixture.ts'
import { clientDirectory } from './store.ts'

let access: Access
let directory: ReturnType<typeof directoryOf>
beforeAll(async () => {
  access = await openAccess()
  directory = directoryOf(access)
})
afterAll(async () => access[Symbol.asyncDispose]())

describe('a service principal', () => {
  test('is made, shown and listed without any secret', async () => {
    const { objectId, shown } = await directory.makePrincipal('Build-Bot')
    expect(shown).toMatchObject({
      id: `${principals}/Build-Bot`,
      name: 'Build-Bot',
      type: 'Reprieve.Lifecycle/servicePrincipals',
      properties: { displayName: 'Build-Bot', tenantId: tenantA, disabled: false, secrets: [] },
    })
    const again = await access.call('admin', 'PUT', `${principals}/BUILD-BOT?${api}`, {})
    expect([again.statusCode, again.json()]).toEqual([200, shown])
    const path = `${principals}/build-bot?${api}`
    expect((await access.call('contributor', 'GET', path)).json()).toEqual(shown)
    const listed = (await access.call('admin', 'GET', `${principals}?${api}&$top=3`)).json()
    expect(listed.value).toHaveLength(3)
    expect(listed.nextLink).toContain('skiptoken')
    const rest = (await access.call('admin', 'GET', listed.nextLink)).json().value
    const names = [...listed.value, ...rest].map(({ name }: { name: string }) => name)
    expect(names).toEqual(names.toSorted((a, b) => (a.toLowerCase() < b.toLowerCase() ? -1 : 1)))
    expect(names).toContain('Build-Bot')
    expect(objectId).not.toBe(people.admin)
  })

  test('of another tenant is not there', async () => {
    await directory.makePrincipal('hidden')
    const path = `${principals}/hidden?${api}`
    expect(errorOf(await access.call('stranger', 'GET', path))).toBe('404 NotFound')
    expect((await access.call('stranger', 'DELETE', path)).statusCode).toBe(204)
    expect(errorOf(await directory.addSecret('stranger', 'hidden'))).toBe('404 NotFound')
    const clients = clientDirectory(access.database.db)
    expect(await clients.findClient(tenantB, people.owner)).toBeNull()
    expect(await clients.findTenantOfClient(testRandom.uuid())).toBeNull()
  })

  test.each([
    ['-bad', {}, '400 InvalidResourceName'],
    ['a'.repeat(65), {}, '400 InvalidResourceName'],
    ['fine', { disabled: 'yes' }, '400 InvalidRequestContent'],
    ['fine', { role: 'Owner' }, '400 InvalidRequestContent'],
    ['fine', { displayName: '' }, '400 InvalidRequestContent'],
  ])('named %s with %j is refused', async (name, properties, error) => {
    const path = `${principals}/${name}?${api}`
    expect(errorOf(await access.call('admin', 'PUT', path, { properties }))).toBe(error)
    const { db } = access.database
    const found = await db
      .selectFrom('principals')
      .select('name')
      .where('name_key', '=', name.toLowerCase())
      .execute()
    expect(found).toEqual([])
  })

  test('keeps what a PUT leaves out, is disabled by DELETE, and then cannot sign in', async () => {
    const { objectId } = await directory.makePrincipal('worker', { displayName: 'The worker' })
    const secret = (await directory.addSecret('admin', 'worker')).json<NewSecret>()
    const path = `${principals}/worker?${api}`
    expect(await directory.signIn(secret, '2026-11-02T00:00:00Z')).toBe('valid')
    const disabled = await access.call('admin', 'DELETE', path)
    expect(disabled.json().properties).toMatchObject({ disabled: true, displayName: 'The worker' })
    expect(await directory.signIn(secret, '2026-11-02T00:00:00Z')).toBe('disabled')
    const asWorker = await access.call(objectId, 'GET', path)
    expect(errorOf(asWorker)).toBe('401 InvalidAuthenticationToken')
    // A repeated PUT that says nothing about it enables nobody.
    const renamed = { properties: { displayName: 'Gone' } }
    expect((await access.call('admin', 'PUT', path, renamed)).json().properties).toMatchObject({
      disabled: true,
      displayName: 'Gone',
    })
    const enabled = { properties: { disabled: false } }
    await access.call('admin', 'PUT', path, enabled)
    expect(await directory.signIn(secret, '2026-11-02T00:00:00Z')).toBe('valid')
    expect((await access.history()).slice(-3).map(({ type }) => type)).toEqual([
      'ServicePrincipalDisabled',
      'ServicePrincipalRenamed',
      'ServicePrincipalEnabled',
    ])
    expect(JSON.stringify(await access.history()).includes('The worker')).toBe(false)
  })

  test('that is the last to manage the tenant stays enabled', async () => {
    const path = `${principals}/First?${api}`
    const last = '412 CannotDeleteLastRbacAdminAssignment'
    expect(errorOf(await access.call('admin', 'DELETE', path))).toBe(last)
    const { objectId } = await directory.makePrincipal('second')
    const take = await directory.assignAtTenant(objectId, ownerRole.id)
    expect((await access.call('admin', 'DELETE', path)).statusCode).toBe(200)
    const other = `${principals}/second?${api}`
    expect(errorOf(await access.call(objectId, 'DELETE', other))).toBe(last)
    await access.call(objectId, 'PUT', path, { properties: { disabled: false } })
    expect(await take()).toBe(200)
  })
})

test('changes of a tenant that meet are recorded one after the other, never back in time', async () => {
  await directory.makePrincipal('busy')
  access.wait(-60_000)
  const answers = await Promise.all(
    Array.from({ length: 6 }, (_, index) =>
      access.call('admin', 'PUT', `${principals}/busy-${index}?${api}`, {}),
    ),
  )
  access.wait(60_000)
  expect(answers.map(({ statusCode }) => statusCode)).toEqual([201, 201, 201, 201, 201, 201])
  const history = await access.history()
  const times = history.map(({ at }) => parseInstant(at)!)
  expect(times).toEqual(times.toSorted((a, b) => a - b))
  expect(history.map(({ sequence }) => sequence)).toEqual(history.map((_, index) => index + 1))
  expect(times.at(-1)).toBeGreaterThanOrEqual(instant(Date.parse('2026-11-01T00:00:00Z')))
})

test('a Contributor of the tenant reads its principals and changes none', async () => {
  expect(contributorRole.notActions).toContain('Reprieve.Lifecycle/servicePrincipals/write')
  const listed = await access.call('contributor', 'GET', `${principals}?${api}`)
  expect(listed.statusCode).toBe(200)
  const path = `${principals}/by-contributor?${api}`
  expect(errorOf(await access.call('contributor', 'PUT', path, {}))).toBe('403 AuthorizationFailed')
})
