import { createCipheriv, createDecipheriv } from 'node:crypto'
import { assert, Fault } from '../kernel/assert.ts'
import type { Random } from '../kernel/ids.ts'

const cipher = 'aes-256-gcm'
const keyBytes = 32
const nonceBytes = 12
const tagBytes = 16
/** Names the form, so that another one can follow without guessing. */
const form = 'gcm1.'

/**
 * Seals a small value (a private key, a token) for storage: AES-256-GCM under the 32-byte master
 * key. The label is bound in: a value that is moved to another label does not open there.
 * Answers text that fits into any text column.
 */
export function seal(
  masterKey: Uint8Array,
  label: string,
  plaintext: Uint8Array | string,
  random: Random,
): string {
  checkKey(masterKey)
  const nonce = random.bytes(nonceBytes)
  const sealing = createCipheriv(cipher, masterKey, nonce, { authTagLength: tagBytes })
  sealing.setAAD(Buffer.from(label, 'utf8'))
  const bytes = typeof plaintext === 'string' ? Buffer.from(plaintext, 'utf8') : plaintext
  const sealed = Buffer.concat([sealing.update(bytes), sealing.final()])
  return form + Buffer.concat([nonce, sealing.getAuthTag(), sealed]).toString('base64url')
}

/** Opens what {@link seal} made. Another key, another label or any changed bit is a Fault. */
export function open(masterKey: Uint8Array, label: string, sealed: string): Buffer {
  checkKey(masterKey)
  const bytes = sealed.startsWith(form) ? Buffer.from(sealed.slice(form.length), 'base64url') : null
  if (bytes === null || bytes.length < nonceBytes + tagBytes) {
    throw new Fault(`the stored value "${label}" is not a sealed value: restore it from a backup`)
  }
  const nonce = bytes.subarray(0, nonceBytes)
  const tag = bytes.subarray(nonceBytes, nonceBytes + tagBytes)
  const opening = createDecipheriv(cipher, masterKey, nonce, { authTagLength: tagBytes })
  opening.setAAD(Buffer.from(label, 'utf8'))
  opening.setAuthTag(tag)
  try {
    return Buffer.concat([opening.update(bytes.subarray(nonceBytes + tagBytes)), opening.final()])
  } catch {
    throw new Fault(
      `the stored value "${label}" does not open: it was sealed under another master key or ` +
        'another label, or it was altered. Start with the key file that belongs to this ' +
        'database (--key-file)',
    )
  }
}

/** A value of text that was sealed. */
export function openText(masterKey: Uint8Array, label: string, sealed: string): string {
  return open(masterKey, label, sealed).toString('utf8')
}

function checkKey(masterKey: Uint8Array): void {
  assert(
    masterKey.length === keyBytes,
    `the master key has ${masterKey.length} bytes and needs ${keyBytes}: the key file is ` +
      'damaged or is another file',
  )
}
