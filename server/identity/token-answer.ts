import { decodeJwt } from 'jose'
import { assert } from '../kernel/assert.ts'

/**
 * The body that carries a token. The older form (v1) writes numbers as text and says more about
 * time; clients of either form ignore what they do not know, but not a missing field.
 */
export function tokenAnswer(body: unknown, version: 'v1' | 'v2'): object {
  const { access_token: token, expires_in: expiresInSeconds } = (body ?? {}) as {
    readonly access_token?: unknown
    readonly expires_in?: unknown
  }
  assert(typeof token === 'string', 'the OpenID library answered without a token')
  const plain = {
    token_type: 'Bearer',
    expires_in: expiresInSeconds,
    ext_expires_in: expiresInSeconds,
    access_token: token,
  }
  if (version === 'v2') return plain

  const { exp, nbf, aud } = decodeJwt(token)
  const asText = String(expiresInSeconds)
  return {
    ...plain,
    expires_in: asText,
    ext_expires_in: asText,
    expires_on: String(exp),
    not_before: String(nbf),
    resource: aud,
  }
}
