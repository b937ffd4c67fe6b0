import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import {
  type Access,
  addressAt,
  agreed,
  errorOf,
  give,
  type Listed,
  openAccess,
  readAll,
  people,
  type Person,
  sold,
} from './access-fixture.ts'
import { readerRole } from './built-in.ts'

let access: Access
beforeAll(async () => {
  access = await openAccess()
})
afterAll(async () => access[Symbol.asyncDispose]())

const subscription = `/subscriptions/${sold}`
const group = `${subscription}/resourceGroups/Mine`
const account = `${group}/providers/Microsoft.Storage/storageAccounts/Disk1`

function at(scope: string, name?: string): string {
  return addressAt(scope, 'roleAssignments', name)
}

describe('listing', () => {
  let names: Record<'tenant' | 'subscription' | 'group' | 'account' | 'elsewhere', string>
  beforeEach(async () => {
    if (names !== undefined) return
    const made = async (scope: string) => (await give(access, 'admin', scope, readerRole.id)).name
    names = {
      tenant: await made('/'),
      subscription: await made(subscription),
      group: await made(group),
      account: await made(account),
      elsewhere: await made(`/subscriptions/${agreed}`),
    }
  })

  async function list(as: Person, scope: string, filter?: string): Promise<string[]> {
    const query = filter === undefined ? '' : `&$filter=${encodeURIComponent(filter)}`
    const response = await access.call(as, 'GET', `${at(scope)}${query}`)
    expect(response.statusCode).toBe(200)
    const found = response.json<Listed>().value.map(({ name }) => name)
    return Object.entries(names)
      .filter(([, name]) => found.includes(name))
      .map(([place]) => place)
      .toSorted()
  }

  test.each([
    [group, undefined, ['account', 'group', 'subscription', 'tenant']],
    [group, '', ['account', 'group', 'subscription', 'tenant']],
    [group, 'atScope()', ['group', 'subscription', 'tenant']],
    [subscription, 'atScope()', ['subscription', 'tenant']],
    [subscription, undefined, ['account', 'group', 'subscription', 'tenant']],
    ['/', undefined, ['account', 'elsewhere', 'group', 'subscription', 'tenant']],
    ['/', 'atScope()', ['tenant']],
    [account, `principalId eq '${people.nobody}'`, ['account', 'group', 'subscription', 'tenant']],
    [
      account,
      `assignedTo('${people.nobody.toUpperCase()}') and atScope()`,
      ['account', 'group', 'subscription', 'tenant'],
    ],
    [subscription, `principalId eq '${people.keeper}'`, []],
    [subscription, "principalId eq 'nobody'", []],
  ])('at %s with %s shows %j', async (scope, filter, expected) => {
    expect(await list('admin', scope, filter)).toEqual(expected)
  })

  test('knows no other filter, and says which it knows', async () => {
    const refused = await access.call('admin', 'GET', `${at('/')}&$filter=asTarget()`)
    expect(errorOf(refused)).toBe('400 InvalidFilterInQueryString')
    expect(refused.json().error.message).toContain('atScope()')
  })

  test('is for those who may read there, and another tenant is not there', async () => {
    expect(errorOf(await access.call('reader', 'GET', at('/')))).toBe('403 AuthorizationFailed')
    expect(errorOf(await access.call('stranger', 'GET', at(subscription)))).toBe(
      '404 SubscriptionNotFound',
    )
    const seen = (await access.call('stranger', 'GET', at('/'))).json() as Listed
    expect(seen.value.map(({ properties }) => properties['principalId'])).toEqual([people.stranger])
  })

  test('comes in pages that miss nothing and repeat nothing', async () => {
    const [whole] = await readAll(access, 'admin', at('/'))
    const pages = await readAll(access, 'admin', `${at('/')}&$top=3`)
    expect(pages.flat()).toEqual(whole)
    expect(pages.slice(0, -1).every((page) => page.length === 3)).toBe(true)
    expect(pages.length).toBeGreaterThanOrEqual(3)
    const made = await access.call('admin', 'GET', `${at('/')}&$skipToken=WyJ4Il0`)
    expect(errorOf(made)).toBe('400 InvalidParameter')
  })
})
