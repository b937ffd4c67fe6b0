import { expect, test } from 'vitest'
import { openControlPlane } from './control-plane-fixture.ts'
import {
  accountBody,
  accounts,
  errorOf,
  putAccount,
  putGroup,
  storage,
} from './requests-fixture.ts'
import { subscriptionA } from './world-fixture.ts'

test('an account is made, seen, listed, changed and destroyed, and its name is free again', async () => {
  await using plane = await openControlPlane()
  await putGroup(plane)
  const made = await putAccount(plane, 'first1', { tags: { Env: 'test' } })
  expect(made.statusCode, made.body).toBe(200)
  const account = made.json()
  expect(account).toMatchObject({
    id: `${accounts}/first1`,
    name: 'first1',
    type: 'Microsoft.Storage/storageAccounts',
    location: 'local',
    kind: 'StorageV2',
    sku: { name: 'Standard_LRS', tier: 'Standard' },
    tags: { Env: 'test' },
    properties: {
      provisioningState: 'Succeeded',
      accessTier: 'Hot',
      primaryEndpoints: { blob: 'https://blob.test:8444/first1/' },
      statusOfPrimary: 'available',
    },
  })
  expect(made.headers['etag']).toMatch(/^"[\w-]{22}"$/)

  const got = await plane.call('GET', `${accounts.toUpperCase()}/FIRST1?${storage}`)
  expect(got.json()).toEqual(account)
  const listed = await plane.call(
    'GET',
    `/subscriptions/${subscriptionA}/providers/Microsoft.Storage/storageAccounts?${storage}`,
  )
  expect(listed.json()).toEqual({ value: [account] })

  const patched = await plane.call('PATCH', `${accounts}/first1?${storage}`, {
    body: { tags: { Owner: 'me' }, properties: { accessTier: 'Cool' } },
  })
  expect(patched.json()).toMatchObject({
    tags: { Owner: 'me' },
    properties: { accessTier: 'Cool', supportsHttpsTrafficOnly: true },
  })
  expect(patched.json().tags).not.toHaveProperty('Env')

  const deleted = await plane.call('DELETE', `${accounts}/first1?${storage}`)
  expect(deleted.statusCode).toBe(200)
  expect(errorOf(await plane.call('GET', `${accounts}/first1?${storage}`))).toBe(
    '404 ResourceNotFound',
  )
  expect((await plane.call('DELETE', `${accounts}/first1?${storage}`)).statusCode).toBe(204)
  expect((await putAccount(plane, 'first1')).statusCode).toBe(200)
  expect(plane.provider.state.wanted).toEqual(['first1 online', 'first1 absent', 'first1 online'])
  const types = (await plane.events()).map((event) => event.type)
  expect(types).toEqual([
    'ResourceGroupCreated',
    'ResourceCreated',
    'ResourceChanged',
    'ResourceDeleted',
    'ResourceDestroyed',
    'ResourceCreated',
  ])
})

test('what takes longer is 202, says why it is stuck, and ends as a wait would have', async () => {
  await using plane = await openControlPlane()
  await putGroup(plane)
  plane.provider.state.held = true
  const made = await putAccount(plane, 'slow1')
  expect([made.statusCode, made.headers['retry-after']]).toEqual([202, '1'])
  const location = String(made.headers['location'])
  expect(location).toMatch(
    /^https:\/\/arm\.test:8443\/subscriptions\/[\w-]+\/operationresults\/[\w-]+\?api-version=/,
  )
  expect((await plane.call('GET', location)).statusCode).toBe(202)
  const status = location.replace(
    '/operationresults/',
    '/providers/Microsoft.Storage/locations/local/operationStatuses/',
  )
  expect((await plane.call('GET', status)).json()).toMatchObject({
    status: 'Running',
    properties: { cause: 'The disk is full.', remedy: 'Free some space.' },
  })
  const meanwhile = await plane.call('GET', `${accounts}/slow1?${storage}`)
  expect(meanwhile.json().properties.provisioningState).toBe('Creating')
  expect(meanwhile.headers['retry-after']).toBe('1')
  const again = await putAccount(plane, 'slow1')
  expect([again.statusCode, again.headers['location']]).toEqual([202, location])

  plane.provider.state.held = false
  plane.wait(60_000)
  await plane.runWork()
  for (const attempt of [1, 2]) {
    const done = await plane.call('GET', location)
    expect(done.statusCode, `attempt ${attempt}`).toBe(200)
    expect(done.json().properties.provisioningState).toBe('Succeeded')
  }
  expect((await plane.call('GET', status)).json()).toMatchObject({
    status: 'Succeeded',
    percentComplete: 100,
    endTime: expect.any(String),
  })
})

test('a deletion that takes longer hides the account, keeps its name, and ends in 200', async () => {
  await using plane = await openControlPlane()
  await putGroup(plane)
  await putAccount(plane, 'going1')
  plane.provider.state.held = true
  const deleted = await plane.call('DELETE', `${accounts}/going1?${storage}`)
  expect(deleted.statusCode).toBe(202)
  const location = String(deleted.headers['location'])
  const shown = await plane.call('GET', `${accounts}/going1?${storage}`)
  expect(shown.json().properties.provisioningState).toBe('Deleting')
  expect((await plane.call('GET', `${accounts}?${storage}`)).json()).toEqual({ value: [] })
  expect(errorOf(await putAccount(plane, 'going1'))).toBe('409 ResourceBeingDeleted')
  const keys = await plane.call('POST', `${accounts}/going1/listKeys?${storage}`)
  expect(errorOf(keys)).toBe('409 ResourceBeingDeleted')
  await putGroup(plane, 'other')
  const elsewhere = await plane.call(
    'PUT',
    `${accounts.replace('/mine/', '/other/')}/going1?${storage}`,
    { body: accountBody },
  )
  expect(errorOf(elsewhere)).toBe('409 StorageAccountAlreadyTaken')

  plane.provider.state.held = false
  plane.wait(60_000)
  await plane.runWork()
  const done = await plane.call('GET', location)
  expect(done.statusCode).toBe(200)
  expect((await putAccount(plane, 'going1')).statusCode).toBe(200)
})

test('a name is available until somebody has it, in whatever tenant', async () => {
  await using plane = await openControlPlane()
  const ask = async (as: 'owner' | 'stranger', subscription: string) => {
    const path = `/subscriptions/${subscription}/providers/Microsoft.Storage/checkNameAvailability`
    const body = { name: 'mine1', type: 'Microsoft.Storage/storageAccounts' }
    return (await plane.call('POST', `${path}?${storage}`, { as, body })).json()
  }
  expect(await ask('owner', subscriptionA)).toEqual({ nameAvailable: true })
  await putGroup(plane)
  await putAccount(plane, 'mine1')
  const other = await ask('stranger', '22222222-0000-4000-8000-000000000000')
  expect(other).toMatchObject({ nameAvailable: false, reason: 'AlreadyExists' })
})

test('keys are listed, one is replaced, the other stays, and no history holds any', async () => {
  await using plane = await openControlPlane()
  await putGroup(plane)
  const { id } = (await putAccount(plane, 'keys1')).json()
  const list = async () =>
    (await plane.call('POST', `${id}/listKeys?${storage}&$expand=kerb`)).json().keys
  const [key1, key2] = await list()
  expect(key1).toMatchObject({ keyName: 'key1', permissions: 'Full' })
  expect(Buffer.from(key1.value, 'base64')).toHaveLength(64)
  expect(key1.value).not.toBe(key2.value)
  plane.wait(1000)
  const replaced = await plane.call('POST', `${id}/regenerateKey?${storage}`, {
    body: { keyName: 'key2' },
  })
  const [same, fresh] = replaced.json().keys
  expect(same).toEqual(key1)
  expect(fresh.value).not.toBe(key2.value)
  expect(await list()).toEqual([same, fresh])
  expect(plane.changedKeys).toHaveLength(1)
  const shown = (await plane.call('GET', `${id}?${storage}`)).json()
  expect(shown.properties.keyCreationTime).toEqual({
    key1: same.creationTime,
    key2: fresh.creationTime,
  })
  const kept = await plane.call('PUT', `${id}?${storage}`, { body: shown })
  expect(kept.json()).toEqual(shown)
  const history = JSON.stringify(await plane.events())
  for (const { value } of [key1, key2, fresh]) expect(history).not.toContain(value)
  const wrong = await plane.call('POST', `${id}/regenerateKey?${storage}`, {
    body: { keyName: 'kerb1' },
  })
  expect(errorOf(wrong)).toBe('400 InvalidRequestContent')
})

test('while suspended: read yes, keys and writes no, deletion only for who may cancel', async () => {
  await using plane = await openControlPlane()
  await putGroup(plane)
  const { id } = (await putAccount(plane, 'asleep1')).json()
  plane.wait(1000)
  await plane.suspend()
  await plane.runWork()
  const asOwner = async (method: string, path: string, body?: object) =>
    plane.call(method, `${path}?${storage}`, body === undefined ? {} : { body })
  expect((await asOwner('GET', id)).statusCode).toBe(200)
  expect((await asOwner('HEAD', id)).statusCode).toBe(204)
  for (const refused of [
    await asOwner('POST', `${id}/listKeys`),
    await asOwner('POST', `${id}/regenerateKey`, { keyName: 'key1' }),
    await asOwner('PUT', id, accountBody),
    await asOwner('PATCH', id, { tags: {} }),
  ]) {
    expect(errorOf(refused)).toBe('409 ReadOnlyDisabledSubscription')
  }
  const contributor = await plane.call('DELETE', `${id}?${storage}`, { as: 'contributor' })
  expect(errorOf(contributor)).toBe('403 AuthorizationFailed')
  expect((await asOwner('DELETE', id)).statusCode).toBe(200)
})
