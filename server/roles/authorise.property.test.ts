import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type OfferName, offers } from '../offers/offer.ts'
import {
  type AuthorisationRequest,
  cancelAction,
  deleteAction,
  enableAction,
  isAuthorised,
  isVisible,
} from './authorise.ts'
import { builtInRoles, ownerRole, supportEngineerRole } from './built-in.ts'
import { type Grant, type Role, matchesAction, roleAllows } from './role.ts'

const acts = [cancelAction, enableAction, deleteAction]
const wildcards = ['*', '*/action', 'Microsoft.Subscription/*', 'Microsoft.Subscription/*/action']
const ordinary = [
  'Microsoft.Resources/subscriptions/read',
  'Microsoft.Storage/storageAccounts/write',
  'Microsoft.Subscription/rename/action',
]
const scopes = ['/', '/subscriptions/a', '/subscriptions/a/resourcegroups/g', '/subscriptions/ab']

const pattern = fc.constantFrom(...wildcards, ...acts, ...ordinary, 'Reprieve.Lifecycle/*')
const custom: fc.Arbitrary<Role> = fc
  .record({ actions: fc.array(pattern), notActions: fc.array(pattern, { maxLength: 2 }) })
  .map((rights) => ({
    ...rights,
    id: 'custom',
    name: 'Custom',
    description: '',
    kind: 'CustomRole',
    dataActions: [],
    notDataActions: [],
    assignableScopes: ['/'],
  }))
const role = fc.oneof(custom, fc.constantFrom(...builtInRoles))
const grant: fc.Arbitrary<Grant> = fc.record({ scopeKey: fc.constantFrom(...scopes), role })
const request = fc.record({
  principalId: fc.constantFrom('holder', 'other'),
  grants: fc.array(grant, { maxLength: 4 }),
  offer: fc.constantFrom<OfferName>(...(Object.keys(offers) as OfferName[])),
  action: fc.constantFrom(...acts, ...ordinary),
})

type Asked = {
  readonly principalId: string
  readonly grants: readonly Grant[]
  readonly offer: OfferName
  readonly action: string
}

/** Asked on the subscription `a`, whose billing `holder` holds. */
function ask({ offer, ...asked }: Asked): AuthorisationRequest {
  const scopeKey = '/subscriptions/a'
  const subscription = { scopeKey, offer: offers[offer], accountAdministrator: 'holder' }
  return { ...asked, scopeKey, subscription }
}

/** Grants at the subscription and above it; `/subscriptions/ab` only looks like it. */
function above(grants: readonly Grant[]): readonly Grant[] {
  return grants.filter(({ scopeKey }) => scopeKey === '/' || scopeKey === '/subscriptions/a')
}

function isLiteral({ actions, notActions }: Role, action: string): boolean {
  const same = (other: string): boolean => other.toLowerCase() === action.toLowerCase()
  return actions.some(same) && !notActions.some((one) => wildcard(one).test(action))
}

/** Whether anything that he holds gives him one of the three acts. */
function isAdmitted({ principalId, grants, offer, action }: Asked): boolean {
  const { mayCancel, wayBack } = offers[offer]
  const held = above(grants)
  const supports = held.some(
    ({ scopeKey, role: one }) =>
      scopeKey === '/' && (one.id === supportEngineerRole.id || isLiteral(one, enableAction)),
  )
  if (action === enableAction && (supports || wayBack === 'ticket')) return supports
  const byOffer =
    mayCancel === 'Owner'
      ? held.some(({ role: one }) => one.id === ownerRole.id)
      : principalId === 'holder'
  return byOffer || held.some(({ role: one }) => isLiteral(one, action))
}

/** The test's own reading of a pattern. */
function wildcard(text: string): RegExp {
  const parts = text.split('*').map((part) => part.replaceAll(/[.\\/]/g, (sign) => `\\${sign}`))
  return new RegExp(`^${parts.join('.*')}$`, 'i')
}

describe('promise 12: only who may', () => {
  test('who cancels, enables or deletes is admitted by the offer, or named the act literally', () => {
    fc.assert(
      fc.property(request, (asked) => {
        fc.pre(acts.includes(asked.action))
        if (!isAuthorised(ask(asked))) return
        expect(isAdmitted(asked)).toBe(true)
      }),
      { numRuns: 2000 },
    )
  })

  test('no wildcard, at whatever scope, grants one of the three acts to anybody', () => {
    const everything = fc.array(
      fc.record({ scopeKey: fc.constantFrom(...scopes), actions: fc.subarray(wildcards) }),
      { minLength: 1, maxLength: 4 },
    )
    fc.assert(
      fc.property(custom, everything, request, (plain, held, asked) => {
        fc.pre(acts.includes(asked.action))
        const grants = held.map(({ scopeKey, actions }) => ({
          scopeKey,
          role: { ...plain, actions, notActions: [] },
        }))
        expect(isAuthorised(ask({ ...asked, principalId: 'other', grants }))).toBe(false)
      }),
    )
  })

  test('what a role excludes it does not give, whatever else it names', () => {
    fc.assert(
      fc.property(custom, fc.constantFrom(...acts, ...ordinary), (plain, action) => {
        const excluding = { ...plain, actions: ['*', action], notActions: [action] }
        expect(roleAllows(excluding, action)).toBe(false)
        const grants = [{ scopeKey: '/', role: excluding }]
        const asked = { principalId: 'other', grants, action, offer: 'PayAsYouGo' } as const
        expect(isAuthorised(ask(asked))).toBe(false)
      }),
    )
  })

  test('a role below a scope, or beside it, gives nothing at it', () => {
    fc.assert(
      fc.property(request, (asked) => {
        const outside = asked.grants.filter(({ scopeKey }) => /\/g$|ab$/.test(scopeKey))
        expect(isAuthorised(ask({ ...asked, principalId: 'other', grants: outside }))).toBe(false)
      }),
    )
  })

  test('more roles never take a right away', () => {
    fc.assert(
      fc.property(request, grant, (asked, further) => {
        fc.pre(isAuthorised(ask(asked)))
        const more = { ...asked, grants: [...asked.grants, further] }
        expect(isAuthorised(ask(more))).toBe(true)
      }),
    )
  })

  test('who holds nothing at, above or below a scope does not see it', () => {
    fc.assert(
      fc.property(fc.array(grant, { maxLength: 3 }), (grants) => {
        const seen = isVisible({
          principalId: 'other',
          grants,
          subscription: null,
          scopeKey: '/subscriptions/a',
        })
        const related = grants.some(({ scopeKey }) => scopeKey !== '/subscriptions/ab')
        expect(seen).toBe(related)
      }),
    )
  })

  test('patterns match as a wildcard match does, for any text', () => {
    const piece = fc.constantFrom('a', 'B', '/', '.', '*', 'ab')
    const text = fc.array(piece, { maxLength: 8 }).map((pieces) => pieces.join(''))
    fc.assert(
      fc.property(text, text, (one, other) => {
        const action = other.replaceAll('*', 'x')
        expect(matchesAction(one, action)).toBe(wildcard(one).test(action))
      }),
      { numRuns: 3000 },
    )
  })
})
