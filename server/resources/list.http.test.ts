import { afterAll, beforeAll, expect, test } from 'vitest'
import { type ControlPlane, openControlPlane } from './control-plane-fixture.ts'
import {
  accounts,
  errorOf,
  namesIn,
  group,
  putAccount,
  putGroup,
  storage,
} from './requests-fixture.ts'
import { subscriptionA } from './world-fixture.ts'

let plane: ControlPlane
const api = 'api-version=2024-11-01'
const everything = `/subscriptions/${subscriptionA}/resources?${api}`

beforeAll(async () => {
  plane = await openControlPlane()
  await putGroup(plane)
  await putGroup(plane, 'Other')
  await putAccount(plane, 'alpha1', { tags: { Env: "it's", stage: 'a' } })
  await putAccount(plane, 'beta1', { tags: { env: 'prod' } })
  const body = { location: 'local', kind: 'StorageV2', sku: { name: 'Standard_LRS' } }
  await plane.call('PUT', `${accounts.replace('/mine/', '/other/')}/gamma1?${storage}`, { body })
})
afterAll(() => plane[Symbol.asyncDispose]())

async function names(path: string): Promise<string[]> {
  const answer = await plane.call('GET', path)
  expect(answer.statusCode, answer.body).toBe(200)
  return namesIn(answer).toSorted()
}

const all = ['alpha1', 'beta1', 'gamma1']

test.each([
  ['', all],
  ["resourceType eq 'microsoft.storage/STORAGEACCOUNTS'", all],
  ["resourceType eq 'Microsoft.Compute/virtualMachines'", []],
  ["resourceGroup eq 'OTHER'", ['gamma1']],
  ["name eq 'Alpha1'", ['alpha1']],
  ["location eq 'Local'", all],
  ["location eq 'moon'", []],
  ["tagName eq 'ENV'", ['alpha1', 'beta1']],
  ["tagname eq 'env' and tagvalue eq 'prod'", ['beta1']],
  ["tagName eq 'env' and tagValue eq 'it''s'", ['alpha1']],
  ["tagName eq 'env' and tagValue eq 'PROD'", []],
  ["resourceGroup eq 'mine' and name eq 'beta1' and location eq 'local'", ['beta1']],
])('resources by $filter=%s are %j', async (filter, expected) => {
  expect(await names(`${everything}&$filter=${encodeURIComponent(filter)}`)).toEqual(expected)
  expect(await names(`${everything}&%24filter=${encodeURIComponent(filter)}`)).toEqual(expected)
})

test('a group lists its own, and one that is not there is 404', async () => {
  expect(await names(`${group}/resources?${api}`)).toEqual(['alpha1', 'beta1'])
  expect(await names(`${group.replace('mine', 'other')}/resources?${api}`)).toEqual(['gamma1'])
  expect(await names(`${accounts}?${storage}`)).toEqual(['alpha1', 'beta1'])
  const missing = await plane.call('GET', `${group.replace('mine', 'none')}/resources?${api}`)
  expect(errorOf(missing)).toBe('404 ResourceGroupNotFound')
})

test('what is expanded is shown, and nothing else beside the common part', async () => {
  const plain = (await plane.call('GET', everything)).json().value[0]
  expect(Object.keys(plain).toSorted()).toEqual(
    ['id', 'kind', 'location', 'name', 'sku', 'tags', 'type'].toSorted(),
  )
  const expand = encodeURIComponent('createdTime,changedTime,provisioningState')
  const shown = (await plane.call('GET', `${everything}&$expand=${expand}`)).json().value[0]
  expect(shown).toMatchObject({ ...plain, provisioningState: 'Succeeded' })
  expect(Date.parse(shown.createdTime)).toBeLessThanOrEqual(Date.parse(shown.changedTime))
  const wrong = await plane.call('GET', `${everything}&$expand=colour`)
  expect(errorOf(wrong)).toBe('400 InvalidParameter')
})

test('pages hold every resource once, and each next link is followed as it stands', async () => {
  const seen: string[] = []
  const filter = encodeURIComponent("resourceType eq 'Microsoft.Storage/storageAccounts'")
  let next: string | undefined = `${everything}&$top=1&$filter=${filter}`
  let pages = 0
  while (next !== undefined) {
    const page: { value: { name: string }[]; nextLink?: string } = (
      await plane.call('GET', next)
    ).json()
    expect(page.value).toHaveLength(1)
    seen.push(...page.value.map((one) => one.name))
    next = page.nextLink
    pages += 1
  }
  expect([pages, seen.toSorted()]).toEqual([3, all])
})

test('a token of another list is refused, not looked up', async () => {
  const token = Buffer.from(JSON.stringify(['not a uid'])).toString('base64url')
  const refused = await plane.call('GET', `${everything}&$skiptoken=${token}`)
  expect(errorOf(refused)).toBe('400 InvalidParameter')
})

test('another tenant and who holds nothing see no list', async () => {
  for (const as of ['nobody', 'stranger'] as const) {
    expect(errorOf(await plane.call('GET', everything, { as }))).toBe('404 SubscriptionNotFound')
  }
  expect((await plane.call('GET', everything, { as: 'reader' })).statusCode).toBe(200)
})
