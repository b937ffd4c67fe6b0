import { afterAll, beforeAll, expect, test } from 'vitest'
import { type ControlPlane, openControlPlane } from './control-plane-fixture.ts'
import {
  accountBody,
  accounts,
  errorOf,
  group,
  putAccount,
  putGroup,
  storage,
} from './requests-fixture.ts'
import { subscriptionA } from './world-fixture.ts'

let plane: ControlPlane

beforeAll(async () => {
  plane = await openControlPlane()
  await putGroup(plane)
})
afterAll(() => plane[Symbol.asyncDispose]())

test.each([
  ['no kind', { location: 'local', sku: { name: 'Standard_LRS' } }, '400 InvalidRequestContent'],
  ['no sku', { location: 'local', kind: 'StorageV2' }, '400 InvalidRequestContent'],
  ['no location', { kind: 'StorageV2', sku: { name: 'Standard_LRS' } }, '400 LocationRequired'],
  [
    'a place that is not there',
    { ...accountBody, location: 'moon' },
    '400 LocationNotAvailableForResourceType',
  ],
  ['an unknown property', { ...accountBody, colour: 'red' }, '400 InvalidRequestContent'],
  [
    'an unknown inner property',
    { ...accountBody, properties: { colour: 'red' } },
    '400 InvalidRequestContent',
  ],
  ['a wrong type', { ...accountBody, tags: { a: 1 } }, '400 InvalidRequestContent'],
  [
    'a firewall that would not be kept',
    { ...accountBody, properties: { networkAcls: { defaultAction: 'Deny' } } },
    '400 InvalidRequestContent',
  ],
  ['another name than the address', { ...accountBody, name: 'other' }, '400 InvalidRequestContent'],
  [
    'a state that is not the server`s',
    { ...accountBody, properties: { provisioningState: 'Failed' } },
    '400 InvalidRequestContent',
  ],
  ['half a surrogate pair', { ...accountBody, tags: { a: '\ud800' } }, '400 InvalidRequestContent'],
  ['NUL', { ...accountBody, tags: { a: '\0' } }, '400 InvalidRequestContent'],
])('a request with %s is refused and nothing is made', async (_, body, expected) => {
  const before = await plane.events()
  const refused = await plane.call('PUT', `${accounts}/bad1?${storage}`, { body })
  expect(errorOf(refused), refused.body).toBe(expected)
  expect(await plane.events()).toEqual(before)
})

test.each([
  ['properties', { properties: { supportsHttpsTrafficOnly: 'yes' } }, '400 InvalidRequestContent'],
  ['the sku to premium', { sku: { name: 'Premium_LRS' } }, '400 InvalidRequestContent'],
  ['the kind back', { kind: 'Storage' }, '409 PropertyChangeNotAllowed'],
  ['the location', { location: 'moon' }, '409 InvalidResourceLocation'],
  ['the type', { type: 'Microsoft.Storage/other' }, '400 InvalidRequestContent'],
  ['too many tags', { tags: Object.fromEntries(many(51)) }, '400 InvalidRequestContent'],
])('a patch of %s is refused and changes nothing', async (_, body, expected) => {
  const path = `${accounts}/lasting1?${storage}`
  await putAccount(plane, 'lasting1')
  const before = (await plane.call('GET', path)).json()
  const refused = await plane.call('PATCH', path, { body })
  expect(errorOf(refused), refused.body).toBe(expected)
  expect((await plane.call('GET', path)).json()).toEqual(before)
})

function many(count: number): [string, string][] {
  return Array.from({ length: count }, (_, index) => [`t${index}`, ''])
}

test.each(['ab', 'UPPER', 'has-dash', 'a'.repeat(25)])(
  'the account name %s is refused, and its availability says why',
  async (name) => {
    expect(errorOf(await putAccount(plane, name))).toBe('400 AccountNameInvalid')
    const path = `/subscriptions/${subscriptionA}/providers/Microsoft.Storage/checkNameAvailability`
    const asked = await plane.call('POST', `${path}?${storage}`, {
      body: { name, type: 'Microsoft.Storage/storageAccounts' },
    })
    expect(asked.json()).toMatchObject({ nameAvailable: false, reason: 'AccountNameInvalid' })
  },
)

test.each([
  ['PUT', 'absent', {}, '200'],
  ['PUT', 'absent', { 'if-match': '*' }, '412 PreconditionFailed'],
  ['PUT', 'absent', { 'if-match': '"x"' }, '412 PreconditionFailed'],
  ['PUT', 'absent', { 'if-none-match': '*' }, '200'],
  ['PUT', 'present', {}, '200'],
  ['PUT', 'present', { 'if-match': '*' }, '200'],
  ['PUT', 'present', { 'if-match': 'its own' }, '200'],
  ['PUT', 'present', { 'if-match': '"x"' }, '412 PreconditionFailed'],
  ['PUT', 'present', { 'if-none-match': '*' }, '412 PreconditionFailed'],
  ['PATCH', 'absent', {}, '404 ResourceNotFound'],
  ['PATCH', 'absent', { 'if-match': '*' }, '404 ResourceNotFound'],
  ['PATCH', 'absent', { 'if-match': '"x"' }, '404 ResourceNotFound'],
  ['PATCH', 'present', { 'if-match': '*' }, '200'],
  ['PATCH', 'present', { 'if-match': '"x"' }, '412 PreconditionFailed'],
  ['DELETE', 'absent', { 'if-match': '"x"' }, '204'],
  ['DELETE', 'present', { 'if-match': '"x"' }, '412 PreconditionFailed'],
  ['DELETE', 'present', { 'if-match': 'its own' }, '200'],
] as const)('%s of an %s account with %j answers %s', async (method, there, given, expected) => {
  const path = `${accounts}/conditional1?${storage}`
  await plane.call('DELETE', path)
  const made = there === 'present' ? await putAccount(plane, 'conditional1') : null
  const own = String(made?.headers['etag'])
  const headers = Object.fromEntries(
    Object.entries(given).map(([name, value]) => [name, value === 'its own' ? own : value]),
  )
  const body = { PUT: accountBody, PATCH: { tags: { a: 'b' } }, DELETE: undefined }[method]
  const answer = await plane.call(method, path, { headers, body })
  const { statusCode } = answer
  expect(statusCode < 400 ? String(statusCode) : errorOf(answer)).toBe(expected)
})

test('an etag changes with every change, also while the clock stands still', async () => {
  const path = `${accounts}/tagged1?${storage}`
  const first = await putAccount(plane, 'tagged1')
  const second = await plane.call('PATCH', path, { body: { tags: { a: '1' } } })
  const third = await plane.call('PATCH', path, { body: { tags: { a: '2' } } })
  const etags = [first, second, third].map((answer) => answer.headers['etag'])
  expect(new Set(etags).size).toBe(3)
})

test('a namespace and a type that are not served are refused, naming those that are', async () => {
  const path = `${accounts.replace('Microsoft.Storage/storageAccounts', '')}`
  const api = 'api-version=2021-04-01'
  const namespace = await plane.call('GET', `${path}Contoso.Things/boxes/one?${api}`)
  expect(errorOf(namespace)).toBe('404 InvalidResourceNamespace')
  const type = await plane.call('PUT', `${path}Microsoft.Storage/boxes/one?${api}`, { body: {} })
  expect(errorOf(type)).toBe('404 InvalidResourceType')
  expect(type.json().error.message).toContain('Microsoft.Storage/storageAccounts')
})

test('an unknown type of a served namespace is told apart from an unknown namespace', async () => {
  const path = `${group}/providers/Microsoft.Resources/boxes/one?api-version=2021-04-01`
  expect(errorOf(await plane.call('PUT', path, { body: {} }))).toBe('404 InvalidResourceType')
  const unknown = path.replace('Microsoft.Resources', 'Contoso.Things')
  const { message } = (await plane.call('GET', unknown)).json().error
  expect(message).toContain('Microsoft.Resources, Microsoft.Storage')
})

test.each([
  ['at the front', `/${accounts}/slashed1`],
  [
    'where a parent could be',
    `${accounts.replace('/storageAccounts', '//storageAccounts')}/slashed1`,
  ],
])('a slash too many %s makes no difference', async (_, path) => {
  await putAccount(plane, 'slashed1')
  const found = await plane.call('GET', `${path}?${storage}`)
  expect(found.json().id).toBe(`${accounts}/slashed1`)
})
