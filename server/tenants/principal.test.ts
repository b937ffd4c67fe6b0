import { expect, test } from 'vitest'
import { accept, refuse } from '../kernel/decision.ts'
import { addMs, instant } from '../kernel/instant.ts'
import {
  decideAddSecret,
  decideDisable,
  decideRemoveSecret,
  type Secret,
  secretExpiry,
  secretsMax,
} from './principal.ts'

const now = instant(Date.parse('2026-11-01T00:00:00Z'))
const last = refuse({ code: 'LastAdministrator' as const })

function secret(secretId: string, days: number): Secret {
  return { secretId, createdAt: now, expiresAt: secretExpiry(now, days) }
}

test('a principal has so many secrets and no more', () => {
  const secrets = Array.from({ length: secretsMax - 1 }, (_, index) => secret(`${index}`, 1))
  expect(decideAddSecret(secrets)).toEqual(accept(null))
  expect(decideAddSecret([...secrets, secret('last', 1)])).toEqual(refuse({ code: 'TooMany' }))
})

test('the last who manages a tenant is not disabled', () => {
  expect(decideDisable({ otherManagers: 0 })).toEqual(last)
  expect(decideDisable({ otherManagers: 1 })).toEqual(accept(null))
})

test.each<[string, readonly Secret[], number, boolean]>([
  ['one of two', [secret('a', 1), secret('b', 1)], 0, true],
  ['the only one', [secret('a', 1)], 0, false],
  ['the only one that is left valid', [secret('a', 1), secret('b', 0)], 0, false],
  ['one that has expired', [secret('a', 0), secret('b', 0)], 0, true],
  ['the only one, when others manage too', [secret('a', 1)], 1, true],
  ['one that is not there', [secret('b', 1)], 0, true],
])('removing %s of the last who manages', (_which, secrets, otherManagers, accepted) => {
  const decision = decideRemoveSecret('a', { otherManagers, secrets }, now)
  expect(decision).toEqual(accepted ? accept(null) : last)
})

test('a secret is valid until its last millisecond', () => {
  const secrets = [secret('a', 1)]
  const facts = { otherManagers: 0, secrets }
  const end = secrets[0]!.expiresAt
  expect(decideRemoveSecret('a', facts, addMs(end, -1)).accepted).toBe(false)
  expect(decideRemoveSecret('a', facts, end).accepted).toBe(true)
})
