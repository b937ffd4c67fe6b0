import { createHash, timingSafeEqual } from 'node:crypto'
import { Fault } from '../kernel/assert.ts'
import type { Random } from '../kernel/ids.ts'
import type { Instant } from '../kernel/instant.ts'

/**
 * One stored client secret: what {@link hashClientSecret} gave, and when it stops being accepted.
 */
export type StoredSecret = {
  readonly hash: string
  readonly expiresAt: Instant
}

/** `wrong`: no stored secret matches. `expired`: one does, and its time is over. */
export type SecretVerdict = 'valid' | 'expired' | 'wrong'

const secretBytes = 32
const saltBytes = 16
/** The hash of a longer text is not worth computing: none of ours is near that long. */
const longestSecret = 512

/**
 * A fixed beginning lets secret scanners find it, and keeps a `-` from being read as an option on a
 * command line.
 */
const secretPrefix = 'rpv~'

/**
 * A new client secret: 47 characters with 256 bits of chance, safe in a URL, a form and a shell.
 */
export function makeClientSecret(random: Random): string {
  return secretPrefix + Buffer.from(random.bytes(secretBytes)).toString('base64url')
}

/**
 * What is stored in place of the secret: `sha256$<salt>$<digest>`. A slow password hash would add
 * nothing: it protects what people choose, and these secrets are 256 random bits that we made,
 * which nobody can guess at any speed. It would cost, though: every sign-in pays for it.
 */
export function hashClientSecret(secret: string, random: Random): string {
  const salt = Buffer.from(random.bytes(saltBytes))
  return `sha256$${salt.toString('base64url')}$${digest(salt, secret).toString('base64url')}`
}

/**
 * Judges a presented secret against all that a principal holds. One that is still valid wins over
 * an expired one, so that an old and a new secret can overlap. A secret expires at its instant.
 */
export function judgeSecret(
  presented: string,
  stored: readonly StoredSecret[],
  now: Instant,
): SecretVerdict {
  if (presented.length > longestSecret) return 'wrong'
  let verdict: SecretVerdict = 'wrong'
  // Every stored secret is compared, whichever matches: the time taken tells nothing.
  for (const secret of stored) {
    if (!matches(presented, secret.hash)) continue
    if (now < secret.expiresAt) verdict = 'valid'
    else if (verdict === 'wrong') verdict = 'expired'
  }
  return verdict
}

function matches(presented: string, hash: string): boolean {
  const [scheme, salt, expected] = hash.split('$')
  if (scheme !== 'sha256' || salt === undefined || expected === undefined) {
    throw new Fault(
      `a stored secret hash has the unknown form "${scheme}": it was not made by this version`,
    )
  }
  const expectedDigest = Buffer.from(expected, 'base64url')
  const actualDigest = digest(Buffer.from(salt, 'base64url'), presented)
  return (
    expectedDigest.length === actualDigest.length && timingSafeEqual(expectedDigest, actualDigest)
  )
}

function digest(salt: Uint8Array, secret: string): Buffer {
  return createHash('sha256').update(salt).update(secret, 'utf8').digest()
}
