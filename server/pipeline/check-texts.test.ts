import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Access, errorOf, openAccess } from '../roles/access-fixture.ts'

let access: Access
beforeAll(async () => {
  access = await openAccess()
})
afterAll(async () => access[Symbol.asyncDispose]())

const principals = '/providers/Reprieve.Lifecycle/servicePrincipals'
const version = 'api-version=2026-11-01'

test('a text that cannot be stored is refused wherever it stands, and is no fault', async () => {
  const ask = async (method: string, path: string, body?: unknown) =>
    errorOf(await access.call('admin', method, path, body))

  expect(await ask('GET', `${principals}/a%00b?${version}`)).toBe('400 InvalidParameter')
  expect(await ask('GET', `${principals}?${version}&$filter=a%00`)).toBe('400 InvalidParameter')
  for (const displayName of ['a\0b', 'half \ud800']) {
    const body = { properties: { displayName } }
    const answer = await ask('PUT', `${principals}/nul?${version}`, body)
    expect(answer).toBe('400 InvalidRequestContent')
  }
})
