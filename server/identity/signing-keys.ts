import { calculateJwkThumbprint, exportJWK, generateKeyPair, type JWK } from 'jose'

/** A key pair that signs access tokens (RS256). `privateJwk` is a secret: seal it at rest. */
export type SigningKey = {
  readonly kid: string
  readonly privateJwk: JWK
  readonly publicJwk: JWK
}

/** The only algorithm that is ever signed or accepted: the one that Azure's clients know. */
export const signingAlgorithm = 'RS256'
const modulusBits = 2_048

/**
 * A new key pair. Its id is the RFC 7638 thumbprint, so that the same key has the same id
 * everywhere.
 */
export async function createSigningKey(): Promise<SigningKey> {
  const pair = await generateKeyPair(signingAlgorithm, {
    modulusLength: modulusBits,
    extractable: true,
  })
  const publicJwk = await exportJWK(pair.publicKey)
  const kid = await calculateJwkThumbprint(publicJwk)
  const about = { kid, use: 'sig', alg: signingAlgorithm }
  return {
    kid,
    privateJwk: { ...(await exportJWK(pair.privateKey)), ...about },
    publicJwk: { ...publicJwk, ...about },
  }
}
