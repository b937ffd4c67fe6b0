import fc from 'fast-check'
import { expect, test } from 'vitest'
import { scopeReaches } from './role.ts'
import {
  keysAbove,
  parseScope,
  pathsAtScopes,
  scopeKey,
  scopeOfParams,
  scopePrefix,
  scopeText,
  type Scope,
} from './scope.ts'

const subscriptionId = fc.uuid()
const name = fc.stringMatching(/^[A-Za-z0-9._()-]{1,12}$/)
const scopes: fc.Arbitrary<Scope> = fc.oneof(
  fc.constant({ kind: 'tenant' as const }),
  fc.record({ kind: fc.constant('billingAccount' as const), account: name }),
  fc.record({ kind: fc.constant('subscription' as const), subscriptionId }),
  fc.record({ kind: fc.constant('resourceGroup' as const), subscriptionId, group: name }),
  fc.record({
    kind: fc.constant('resource' as const),
    subscriptionId,
    group: name,
    type: fc.tuple(name, name).map((parts) => parts.join('/')),
    name,
    inside: fc
      .array(fc.tuple(name, name), { maxLength: 2 })
      .map((pairs) => pairs.flat() as readonly string[]),
  }),
)

test('a scope that is written can be read again, in any case and with a slash at its end', () => {
  fc.assert(
    fc.property(scopes, (scope) => {
      const text = scopeText(scope)
      expect(scopeText(parseScope(text)!)).toBe(text)
      expect(scopeKey(parseScope(text.toUpperCase())!)).toBe(scopeKey(scope))
      expect(scopeText(parseScope(`${scopePrefix(scope)}/`)!)).toBe(text)
      expect(parseScope(text)!.kind).toBe(scope.kind)
    }),
  )
})

test('the scopes above one are those that reach it, and no others', () => {
  fc.assert(
    fc.property(scopes, scopes, (scope, other) => {
      const above = keysAbove(scopeKey(scope))
      expect(above).toContain('/')
      expect(above.at(-1)).toBe(scopeKey(scope))
      expect(above.every((key) => scopeReaches(key, scopeKey(scope)))).toBe(true)
      expect(above.includes(scopeKey(other))).toBe(scopeReaches(scopeKey(other), scopeKey(scope)))
    }),
  )
})

test.each([
  '',
  'subscriptions',
  '///',
  '/subscriptions/not-an-id',
  '/subscriptions/11111111-0000-4000-8000-000000000000/groups/x',
  '/subscriptions/11111111-0000-4000-8000-000000000000/resourceGroups',
  '/subscriptions/11111111-0000-4000-8000-000000000000/resourceGroups/g/providers/n/t',
  '/subscriptions/11111111-0000-4000-8000-000000000000/resourceGroups/g/providers/n/t/x/y',
  '/subscriptions//11111111-0000-4000-8000-000000000000',
  '/providers/Microsoft.Management/managementGroups/root',
  '/providers/Microsoft.Billing/billingAccounts',
  '/providers/Microsoft.Billing/billingAccounts/a/billingProfiles/b',
  `/subscriptions/11111111-0000-4000-8000-000000000000/resourceGroups/${'g'.repeat(261)}`,
  '/subscriptions/11111111-0000-4000-8000-000000000000/resourceGroups/\u0000',
])('%j is no scope', (text) => {
  expect(parseScope(text)).toBeNull()
})

test('the route of every kind of scope leads back to it', () => {
  const id = '11111111-0000-4000-8000-000000000000'
  const values: { readonly [name: string]: string } = {
    billingAccountName: 'First',
    subscriptionId: id,
    resourceGroupName: 'Group',
    resourceProviderNamespace: 'Name.Space',
    resourceType: 'type',
    resourceName: 'Name',
    childType: 'inner',
    childName: 'One',
    grandchildType: 'innermost',
    grandchildName: 'Two',
  }
  const seen = pathsAtScopes('x').map((path) => {
    const named = [...path.matchAll(/:(\w+)/g)].map(([, parameter]) => parameter!)
    const params = Object.fromEntries(named.map((parameter) => [parameter, values[parameter]!]))
    const scope = scopeOfParams(params)!
    const filled = path.replaceAll(/:(\w+)/g, (_, parameter: string) => values[parameter]!)
    expect(filled).toBe(`${scopePrefix(scope)}/providers/Microsoft.Authorization/x`)
    return scope.kind
  })
  expect(new Set(seen)).toEqual(
    new Set(['tenant', 'billingAccount', 'subscription', 'resourceGroup', 'resource']),
  )
})

test('a name with a slash in it is no part of a scope', () => {
  expect(scopeOfParams({ billingAccountName: 'a/b' })).toBeNull()
  expect(scopeOfParams({ subscriptionId: 'not-an-id' })).toBeNull()
})
