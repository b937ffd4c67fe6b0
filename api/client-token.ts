import { errorOf } from './client-error.ts'
import { parseBody } from './client-answer.ts'
import type { Transport } from './client-transport.ts'

/** What a token is good for: the API, or the data in storage accounts. */
export type Audience = 'management' | 'storage'

/** A service principal and where it signs in. */
export type Credential = {
  readonly origin: string
  readonly tenantId: string
  readonly clientId: string
  readonly clientSecret: string
}

export type AccessToken = {
  readonly token: string
  /** Real time, milliseconds since 1970. */
  readonly expiresAt: number
}

export type TokenSource = {
  /** A token that is good for at least {@link marginMs}. */
  readonly get: (audience: Audience) => Promise<AccessToken>
  /** Forgets a token that a server refused as expired. */
  readonly forget: (audience: Audience) => void
}

/** So long before its end a token is replaced: a request may be on its way for a while. */
export const marginMs = 2 * 60 * 1000

const scopes: { readonly [Name in Audience]: string } = {
  management: 'https://management.azure.com/.default',
  storage: 'https://storage.azure.com/.default',
}

/** Signs in with the client's own secret; concurrent callers share one request. */
export function createTokenSource(
  credential: Credential,
  { transport, now }: { readonly transport: Transport; readonly now: () => number },
): TokenSource {
  const held = new Map<Audience, AccessToken>()
  const asked = new Map<Audience, Promise<AccessToken>>()
  return {
    get: async (audience) => {
      const token = held.get(audience)
      if (token !== undefined && token.expiresAt - marginMs > now()) return token
      const running = asked.get(audience)
      if (running !== undefined) return running
      const request = signIn(credential, audience, transport, now)
      asked.set(audience, request)
      try {
        const fresh = await request
        held.set(audience, fresh)
        return fresh
      } finally {
        asked.delete(audience)
      }
    },
    forget: (audience) => {
      held.delete(audience)
    },
  }
}

async function signIn(
  credential: Credential,
  audience: Audience,
  transport: Transport,
  now: () => number,
): Promise<AccessToken> {
  const askedAt = now()
  const answer = await transport.send({
    method: 'POST',
    url: `${credential.origin}/${encodeURIComponent(credential.tenantId)}/oauth2/v2.0/token`,
    headers: { 'content-type': 'application/x-www-form-urlencoded', accept: 'application/json' },
    body: new URLSearchParams({
      grant_type: 'client_credentials',
      client_id: credential.clientId,
      client_secret: credential.clientSecret,
      scope: scopes[audience],
    }).toString(),
  })
  const body = parseBody(answer.text)
  if (answer.status !== 200) throw errorOf({ ...answer, body })
  const { access_token: token, expires_in: seconds } = body as {
    readonly access_token: string
    readonly expires_in: number
  }
  return { token, expiresAt: askedAt + Number(seconds) * 1000 }
}

/**
 * The object id of the principal that a token was issued to. Read, not verified: the server does
 * that; whoever holds a token may know whose it is.
 */
export function principalOf({ token }: AccessToken): string {
  const payload = Buffer.from(token.split('.')[1] ?? '', 'base64url').toString('utf8')
  const claims = parseBody(payload) as { readonly oid?: string } | null
  return claims?.oid ?? ''
}
