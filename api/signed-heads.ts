import { createPublicKey, verify } from 'node:crypto'
import { canonicalJson } from './event-chain.ts'

/** The end of a history at a time: how many events it had, and the hash of the last. */
export type StreamHead = {
  readonly stream: string
  readonly sequence: number
  /** Lower-case hexadecimal. */
  readonly hash: string
}

/**
 * What the event `HeadsSigned` of a tenant's own history holds: the ends of its other histories
 * that grew since the last one. A history that lost its tail, or all of itself, no longer has that
 * end.
 */
export type SignedHeads = {
  readonly tenant: string
  readonly heads: readonly StreamHead[]
  /** Ed25519, SubjectPublicKeyInfo in base64. */
  readonly publicKey: string
  /** Over {@link signedText}, in base64. */
  readonly signature: string
}

/** The bytes that are signed: RFC 8785 JSON of the tenant and the heads. */
export function signedText(signed: Pick<SignedHeads, 'tenant' | 'heads'>): Buffer {
  return Buffer.from(canonicalJson({ tenant: signed.tenant, heads: signed.heads }), 'utf8')
}

/** Whether the signature is that of the key beside it; whose key it is, the reader must know. */
export function isSignatureGood(signed: SignedHeads): boolean {
  try {
    const key = createPublicKey({
      key: Buffer.from(signed.publicKey, 'base64'),
      format: 'der',
      type: 'spki',
    })
    return verify(null, signedText(signed), key, Buffer.from(signed.signature, 'base64'))
  } catch {
    return false
  }
}
