import { beforeAll, describe, expect, test } from 'vitest'
import { askOf } from './ask.ts'
import { testTraffic, useWatchedServer } from './watched-server.ts'
import { type Person, World, codeOf, messageOf, roles, storagePath } from './world-fixture.ts'

const watched = useWatchedServer()
const ask = askOf(watched)
let world: World
let id = ''
let reader: Person
let groups = ''

beforeAll(async () => {
  world = new World(watched.client)
  id = await world.subscription(watched.server.billingScope)
  groups = `/subscriptions/${id}/resourceGroups`
  reader = await world.person('reader', { id: roles.reader, scope: `/subscriptions/${id}` })
})

const local = { body: { location: 'local' } }
const storageBody = { location: 'local', kind: 'StorageV2', sku: { name: 'Standard_LRS' } }
const storage = (group: string, name: string): string => storagePath(id, group, name)

describe('a resource group', () => {
  test('is made, changed, listed, asked for and deleted', async () => {
    await ask('PUT', `${groups}/Made.Here`, '201', local)
    const tagged = { body: { location: 'Local', tags: { stage: 'test' } } }
    await ask('PUT', `${groups}/made.here`, '200', tagged)
    const patched = await ask('PATCH', `${groups}/made.here`, '200', { body: { tags: { a: 'b' } } })
    expect(patched.body).toMatchObject({ name: 'Made.Here', tags: { a: 'b' } })
    await ask('GET', `${groups}/MADE.HERE`, '200')
    await ask('HEAD', `${groups}/made.here`, '204')
    await ask('HEAD', `${groups}/nothing`, '404')
    const narrowed = { query: { $filter: "tagName eq 'a' and tagValue eq 'b'" } }
    const found = await ask<{ value: { name: string }[] }>('GET', groups, '200', narrowed)
    expect(found.body.value.map(({ name }) => name)).toEqual(['Made.Here'])
    const accepted = await ask('DELETE', `${groups}/made.here`, '202')
    expect((await watched.client.follow(accepted)).status).toBe(200)
    await ask('GET', `${groups}/made.here`, '404 ResourceGroupNotFound')
    await ask('DELETE', `${groups}/made.here`, '404 ResourceGroupNotFound')
    await ask('PATCH', `${groups}/made.here`, '404 ResourceGroupNotFound', { body: { tags: {} } })
  })

  test.each(['ends.', 'has space', 'has<angle', 'has%25percent', `long${'x'.repeat(87)}`])(
    "does not take the name '%s'",
    async (name) => {
      const path = `${groups}/${name.includes('%') ? name : encodeURIComponent(name)}`
      const refused = await ask('PUT', path, '400 InvalidResourceName', local)
      expect(messageOf(refused)).toContain('90')
      const listed = await ask<{ value: { name: string }[] }>('GET', groups, '200')
      expect(listed.body.value.map((group) => group.name)).not.toContain(name)
    },
  )

  test('takes the longest name, in letters of any language', async () => {
    const name = `grüße-(${'é'.repeat(82)})`
    await ask('PUT', `${groups}/${encodeURIComponent(name)}`, '201', local)
    const { body } = await ask('GET', `${groups}/${encodeURIComponent(name)}`, '200')
    expect(body).toMatchObject({ name })
  })

  test('has a location that there is, and keeps it', async () => {
    const at = (location: string) => ({ body: { location } })
    await ask('PUT', `${groups}/placed`, '400 LocationRequired', { body: {} })
    const nowhere = at('Atlantis')
    await ask('PUT', `${groups}/placed`, '400 LocationNotAvailableForResourceType', nowhere)
    const refused = await watched.client.request('GET', `${groups}/placed`)
    expect(codeOf(refused)).toBe('ResourceGroupNotFound')
  })

  test('is not for who may only read', async () => {
    const refused = await ask('PUT', `${groups}/x`, '403 AuthorizationFailed', {
      ...local,
      as: reader,
    })
    expect(messageOf(refused)).toContain('Contributor')
    await ask('GET', groups, '200', { as: reader })
    await ask('GET', groups, '400 InvalidFilterInQueryString', { query: { $filter: 'banana' } })
    await ask('GET', groups, '400 InvalidParameter', { query: { $top: '0' } })
    await ask('GET', groups, '400 InvalidParameter', { query: { $skiptoken: '%%' } })
  })

  test('comes in pages that hold every one once', async () => {
    const other = await world.subscription(watched.server.billingScope)
    const names = Array.from({ length: 7 }, (_, index) => `paged-${index}`)
    for (const name of names) await world.group(other, name)
    const found: string[] = []
    let next: string | undefined = `/subscriptions/${other}/resourceGroups?$top=3`
    while (next !== undefined) {
      type Page = { value: { name: string }[]; nextLink?: string }
      const page: { body: Page } = await ask<Page>('GET', next, '200')
      expect(page.body.value.length).toBeLessThanOrEqual(3)
      found.push(...page.body.value.map(({ name }) => name))
      next = page.body.nextLink
    }
    expect(found).toEqual(names)
  })
})

describe('a storage account', () => {
  beforeAll(async () => {
    await world.group(id, 'stores')
  })

  test('is made, shown, changed, listed and deleted', async () => {
    const path = storage('stores', 'wholestore')
    const made = await watched.client.request('PUT', path, { body: storageBody })
    expect([200, 202]).toContain(made.status)
    await watched.client.follow(made)
    await ask('PUT', path, '200', { body: { ...storageBody, tags: { a: 'b' } } })
    await ask('PATCH', path, '200', { body: { tags: { c: 'd' } } })
    const { body } = await ask('GET', path, '200')
    expect(body).toMatchObject({
      name: 'wholestore',
      tags: { c: 'd' },
      properties: { provisioningState: 'Succeeded' },
    })
    await ask('HEAD', path, '204')
    await ask('HEAD', storage('stores', 'nostore'), '404')
    const ofType = `/subscriptions/${id}/providers/Microsoft.Storage/storageAccounts`
    await ask('GET', ofType, '200')
    await ask('GET', `${groups}/stores/providers/Microsoft.Storage/storageAccounts`, '200')
    const expand = { query: { $expand: 'createdTime,changedTime,provisioningState' } }
    await ask('GET', `/subscriptions/${id}/resources`, '200', expand)
    await ask('GET', `${groups}/stores/resources`, '200', { query: { $top: '1' } })
    await ask('GET', `${groups}/nothing/resources`, '404 ResourceGroupNotFound')
    const gone = await watched.client.request('DELETE', path)
    expect([200, 202]).toContain(gone.status)
    expect((await watched.client.follow(gone)).status).toBe(200)
    await ask('DELETE', path, '204')
    await ask('GET', path, '404 ResourceNotFound')
    await ask('PATCH', path, '404 ResourceNotFound', { body: { tags: {} } })
  })

  test.each(['AB', 'Capital', 'a-b', 'ab', 'x'.repeat(25)])('is not named %s', async (name) => {
    const path = storage('stores', name)
    await ask('PUT', path, '400 AccountNameInvalid', { body: storageBody })
    const asked = { name, type: 'Microsoft.Storage/storageAccounts' }
    const check = `/subscriptions/${id}/providers/Microsoft.Storage/checkNameAvailability`
    const { body } = await ask('POST', check, '200', { body: asked })
    expect(body).toMatchObject({ nameAvailable: false, reason: 'AccountNameInvalid' })
  })

  test('has a name of its own in all the world', async () => {
    await world.storage(id, 'stores', 'onlyone')
    const elsewhere = await world.subscription(watched.server.billingScope)
    await world.group(elsewhere, 'stores')
    const path = storagePath(elsewhere, 'stores', 'onlyone')
    await ask('PUT', path, '409 StorageAccountAlreadyTaken', { body: storageBody })
    const check = `/subscriptions/${elsewhere}/providers/Microsoft.Storage/checkNameAvailability`
    const asked = { name: 'onlyone', type: 'Microsoft.Storage/storageAccounts' }
    const { body } = await ask('POST', check, '200', { body: asked })
    expect(body).toMatchObject({ nameAvailable: false, reason: 'AlreadyExists' })
  })

  test('is changed on conditions, as ARM has them', async () => {
    await world.storage(id, 'stores', 'condstore')
    const path = storage('stores', 'condstore')
    const { headers } = await ask('GET', path, '200')
    const put = (expected: string, conditions: Record<string, string>) =>
      ask('PUT', path, expected, { body: storageBody, headers: conditions })
    await put('412 PreconditionFailed', { 'if-none-match': '*' })
    await put('412 PreconditionFailed', { 'if-match': '"another"' })
    await put('200', { 'if-match': '*' })
    await put('200', { 'if-match': headers['etag'] ?? '' })
    const none = storage('stores', 'nonestore')
    const wanted = { body: storageBody, headers: { 'if-match': '*' } }
    await ask('PUT', none, '412 PreconditionFailed', wanted)
    await ask('DELETE', path, '412 PreconditionFailed', { headers: { 'if-match': '"another"' } })
    expect((await watched.client.request('GET', none)).status).toBe(404)
  })

  test('hands out its keys to who may have them', async () => {
    const first = await world.storage(id, 'stores', 'keystore')
    const path = storage('stores', 'keystore')
    await ask('POST', `${path}/listKeys`, '403 AuthorizationFailed', { as: reader })
    await ask('POST', `${path}/LISTKEYS`, '200', { query: { $expand: 'kerb' } })
    await ask('POST', `${path}/listKeys`, '400 InvalidParameter', { query: { $expand: 'all' } })
    const regenerated = await ask<{ keys: { value: string }[] }>(
      'POST',
      `${path}/regenerateKey`,
      '200',
      { body: { keyName: 'key1' } },
    )
    expect(regenerated.body.keys[0]?.value).not.toBe(first)
    const third = { body: { keyName: 'key3' } }
    await ask('POST', `${path}/regenerateKey`, '400 InvalidRequestContent', third)
    const nothing = storage('stores', 'nothing')
    await ask('POST', `${nothing}/listKeys`, '404 ResourceNotFound')
  })

  test('does not pretend to what it cannot do', async () => {
    const path = storage('stores', 'pretend')
    const refuse = (expected: string, change: object) =>
      ask('PUT', path, expected, { body: { ...storageBody, ...change } })
    await refuse('400 InvalidRequestContent', { properties: { isHnsEnabled: true } })
    await refuse('400 InvalidRequestContent', { sku: { name: 'Standard_Imaginary' } })
    await refuse('400 InvalidRequestContent', { kind: 'FileStorage' })
    const closed = { networkAcls: { defaultAction: 'Deny' } }
    await refuse('400 InvalidRequestContent', { properties: closed })
    await refuse('400 LocationNotAvailableForResourceType', { location: 'Atlantis' })
    await ask('PUT', storage('nothing', 'pretend'), '404 ResourceGroupNotFound', {
      body: storageBody,
    })
    expect((await watched.client.request('GET', path)).status).toBe(404)
  })
})

describe('tags', () => {
  test('are read and written at a subscription, a group and a resource', async () => {
    await world.group(id, 'tagged')
    await world.storage(id, 'tagged', 'taggedstore')
    for (const scope of [
      `/subscriptions/${id}`,
      `${groups}/tagged`,
      storage('tagged', 'taggedstore'),
    ]) {
      const path = `${scope}/providers/Microsoft.Resources/tags/default`
      const tags = { a: '1', b: '2' }
      await ask('PUT', path, '200', { body: { properties: { tags } } })
      const patch = (operation: string, change: object) =>
        ask('PATCH', path, '200', { body: { operation, properties: { tags: change } } })
      await patch('Merge', { c: '3' })
      await patch('Delete', { a: '1' })
      const { body } = await ask('GET', path, '200')
      expect(body).toMatchObject({ properties: { tags: { b: '2', c: '3' } } })
      await patch('Replace', { d: '4' })
      await ask('DELETE', path, '200')
      expect((await ask('GET', path, '200')).body).toMatchObject({ properties: { tags: {} } })
      const many = Object.fromEntries(Array.from({ length: 51 }, (_, index) => [`t${index}`, '']))
      await ask('PUT', path, '400 InvalidRequestContent', { body: { properties: { tags: many } } })
      const odd = { body: { operation: 'Paint', properties: { tags: {} } } }
      await ask('PATCH', path, '400 InvalidRequestContent', odd)
    }
    const nothing = `${groups}/nothing/providers/Microsoft.Resources/tags/default`
    await ask('GET', nothing, '404 ResourceGroupNotFound')
  })
})

describe('what is served', () => {
  test('is told to every client that asks', async () => {
    for (const path of [
      '/providers',
      '/providers/Microsoft.Storage',
      `/subscriptions/${id}/providers`,
    ]) {
      await ask('GET', path, '200', { apiVersion: '2021-04-01' })
    }
    const own = `/subscriptions/${id}/providers/Microsoft.Storage`
    await ask('GET', own, '200', { apiVersion: '2021-04-01' })
    await ask('POST', `${own}/register`, '200', { apiVersion: '2021-04-01' })
    const version = { apiVersion: '2021-04-01' }
    await ask('POST', `${own}/unregister`, '409 AnotherOperationInProgress', version)
    const unused = await world.subscription(watched.server.billingScope)
    const other = `/subscriptions/${unused}/providers/Microsoft.Storage`
    await ask('POST', `${other}/unregister`, '200', version)
    await world.group(unused, 'unregistered')
    await ask(
      'PUT',
      storagePath(unused, 'unregistered', 'unregistered'),
      '409 MissingSubscriptionRegistration',
      { body: storageBody },
    )
    await ask('GET', '/providers/Microsoft.Nothing', '404 InvalidResourceNamespace', version)
    const operations = await ask<{ value: unknown[] }>(
      'GET',
      '/providers/Microsoft.Storage/operations',
      '200',
    )
    expect(operations.body.value.length).toBeGreaterThan(3)
    await ask('GET', `/subscriptions/${id}/locations`, '200', { apiVersion: '2022-12-01' })
    await ask('GET', '/tenants', '200', { apiVersion: '2022-12-01' })
    await ask('GET', '/subscriptions', '200', { apiVersion: '2022-12-01' })
    const check = '/providers/Microsoft.Resources/checkResourceName'
    const name = { name: 'Microsoft', type: 'Microsoft.Storage/storageAccounts' }
    const { body } = await ask('POST', check, '200', { apiVersion: '2022-12-01', body: name })
    expect(body).toMatchObject({ status: 'Reserved' })
  })

  test.each(['GET', 'PUT', 'PATCH', 'DELETE'])('is all that is served: %s', async (method) => {
    const version = { apiVersion: '2021-04-01' }
    const body = method === 'PUT' || method === 'PATCH' ? { body: {} } : {}
    const typeless = `${groups}/stores/providers/Microsoft.Storage/things/x`
    const refused = await ask(method, typeless, '404 InvalidResourceType', { ...version, ...body })
    expect(messageOf(refused)).toContain('Microsoft.Storage/storageAccounts')
    const foreign = `${groups}/stores/providers/Microsoft.Nothing/things/x`
    await ask(method, foreign, '404 InvalidResourceNamespace', { ...version, ...body })
  })
})

testTraffic(watched)
