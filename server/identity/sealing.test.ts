import { randomBytes } from 'node:crypto'
import { expect, test } from 'vitest'
import { random } from './issuer-fixture.ts'
import { open, openText, seal } from './sealing.ts'

const key = randomBytes(32)

test('what was sealed opens to the same bytes under the same key and label', () => {
  const bytes = randomBytes(1_700)
  expect(open(key, 'ca-key', seal(key, 'ca-key', bytes, random))).toEqual(bytes)
  expect(openText(key, 'ca-key', seal(key, 'ca-key', 'clé 鍵', random))).toBe('clé 鍵')
  expect(openText(key, '', seal(key, '', '', random))).toBe('')
})

test('sealing twice gives two texts, neither of which shows the value', () => {
  const [first, second] = [seal(key, 'a', 'the value', random), seal(key, 'a', 'the value', random)]
  expect(first).not.toBe(second)
  expect(Buffer.from(first.slice(5), 'base64url').includes('the value')).toBe(false)
})

test('another key or another label does not open it, and the fault says what to do', () => {
  const sealed = seal(key, 'ca-key', 'secret', random)
  expect(() => open(randomBytes(32), 'ca-key', sealed)).toThrow(
    /"ca-key" does not open.*--key-file/,
  )
  expect(() => open(key, 'token-key', sealed)).toThrow(/"token-key" does not open.*--key-file/)
})

test('no bit of a sealed value can be changed unseen', () => {
  const sealed = Buffer.from(seal(key, 'x', 'secret', random).slice(5), 'base64url')
  for (let at = 0; at < sealed.length; at += 1) {
    const altered = Buffer.from(sealed)
    altered[at] = altered[at]! ^ 1
    expect(() => open(key, 'x', `gcm1.${altered.toString('base64url')}`)).toThrow(/does not open/)
  }
})

test('a text that was never sealed, or was cut short, is told apart', () => {
  for (const text of ['', 'plain', 'gcm1.', `gcm1.${randomBytes(27).toString('base64url')}`]) {
    expect(() => open(key, 'x', text)).toThrow(/is not a sealed value/)
  }
})

test('a master key of the wrong length is refused before anything is sealed with it', () => {
  expect(() => seal(randomBytes(16), 'x', 'secret', random)).toThrow(/16 bytes and needs 32/)
  expect(() => open(new Uint8Array(0), 'x', 'gcm1.')).toThrow(/0 bytes and needs 32/)
})
