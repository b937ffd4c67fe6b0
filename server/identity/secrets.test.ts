import { createHash } from 'node:crypto'
import { expect, test } from 'vitest'
import { addMs, instant } from '../kernel/instant.ts'
import { random } from './issuer-fixture.ts'
import { hashClientSecret, judgeSecret, makeClientSecret } from './secrets.ts'

const now = instant(Date.parse('2026-11-22T00:00:00Z'))
const valid = addMs(now, 1)

test('a secret is long, never the same, and safe in a form, a URL and a shell', () => {
  const made = Array.from({ length: 200 }, () => makeClientSecret(random))
  expect(new Set(made).size).toBe(200)
  for (const secret of made) {
    expect(secret).toMatch(/^rpv~[A-Za-z0-9_-]{43}$/)
    expect(encodeURIComponent(secret)).toBe(secret)
  }
})

test('a secret matches its hash, and nothing else does', () => {
  const secret = makeClientSecret(random)
  const stored = [{ hash: hashClientSecret(secret, random), expiresAt: valid }]
  expect(judgeSecret(secret, stored, now)).toBe('valid')
  for (const other of [
    '',
    `${secret} `,
    secret.slice(0, -1),
    secret.toUpperCase(),
    'x'.repeat(600),
  ]) {
    expect(judgeSecret(other, stored, now)).toBe('wrong')
  }
  expect(judgeSecret(secret, [], now)).toBe('wrong')
})

test('what is stored neither holds the secret nor is the same for two equal secrets', () => {
  const secret = makeClientSecret(random)
  const [first, second] = [hashClientSecret(secret, random), hashClientSecret(secret, random)]
  expect(first).not.toBe(second)
  expect(first).not.toContain(secret.slice(4))
  const unsalted = createHash('sha256').update(secret).digest('base64url')
  expect(first).not.toContain(unsalted)
})

test('a secret is valid until its instant and expired from it on', () => {
  const secret = makeClientSecret(random)
  const stored = [{ hash: hashClientSecret(secret, random), expiresAt: now }]
  expect(judgeSecret(secret, stored, addMs(now, -1))).toBe('valid')
  expect(judgeSecret(secret, stored, now)).toBe('expired')
})

test('an old and a new secret overlap, in either order', () => {
  const [old, fresh] = [makeClientSecret(random), makeClientSecret(random)]
  const expired = { hash: hashClientSecret(old, random), expiresAt: now }
  const usable = { hash: hashClientSecret(fresh, random), expiresAt: valid }
  const renewed = { hash: hashClientSecret(old, random), expiresAt: valid }
  expect(judgeSecret(fresh, [expired, usable], now)).toBe('valid')
  expect(judgeSecret(fresh, [usable, expired], now)).toBe('valid')
  expect(judgeSecret(old, [usable, expired], now)).toBe('expired')
  expect(judgeSecret(old, [renewed, expired], now)).toBe('valid')
})

test('a hash of an unknown form is a fault of ours, not a wrong secret', () => {
  const stored = [{ hash: 'argon2id$x$y', expiresAt: valid }]
  expect(() => judgeSecret('any', stored, now)).toThrow(/unknown form "argon2id"/)
})
