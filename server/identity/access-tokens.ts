import { compactVerify, createLocalJWKSet, errors } from 'jose'
import { isUuid } from '../kernel/ids.ts'
import { type Instant, minuteMs, secondMs } from '../kernel/instant.ts'
import {
  type Addresses,
  acceptedAudiences,
  issuerUrl,
  serviceOf,
  type TokenService,
} from './addresses.ts'
import { type SigningKey, signingAlgorithm } from './signing-keys.ts'

/**
 * Who sends a request, as far as the token proves it. Whether he still exists is for the caller to
 * look up.
 */
export type Caller = {
  readonly tenantId: string
  /** The principal, as role assignments name it. */
  readonly objectId: string
  /** The application that the principal signed in with. */
  readonly appId: string
  readonly kind: 'ServicePrincipal' | 'User'
  readonly audience: string
}

/** Why a request is answered with 401. `code` is ARM's, `message` says cause and remedy. */
export type TokenProblem = {
  readonly reason:
    | 'missing'
    | 'malformed'
    | 'badSignature'
    | 'wrongIssuer'
    | 'wrongAudience'
    | 'notYetValid'
    | 'expired'
  readonly code: string
  readonly message: string
}

export type VerifyAccessToken = (
  token: string | null,
  now: Instant,
  service?: TokenService,
) => Promise<Caller | TokenProblem>

/** What a signed token says, not yet judged. */
type Claims = { readonly claims: Readonly<Record<string, unknown>> }

/** Two nodes' clocks may differ by this much. */
export const clockSkewMs = 5 * minuteMs
/** RFC 9068: what tells an access token from any other JWT that the same key signs. */
const tokenType = 'at+jwt'

/**
 * Makes the check of bearer tokens. The problems are told in a fixed order: form, signature,
 * issuer, audience, time; so nobody learns anything about a token that we did not sign.
 */
export function createTokenVerifier(options: {
  readonly addresses: Addresses
  readonly signingKeys: readonly SigningKey[]
}): VerifyAccessToken {
  const { addresses, signingKeys } = options
  const keys = createLocalJWKSet({ keys: signingKeys.map((key) => key.publicJwk) })

  return async (token, now, service = 'management') => {
    if (token === null) return problem('missing')
    const read = await readSigned(token, keys)
    if (read === null) return problem('malformed')
    return 'reason' in read ? read : readClaims(read.claims, { addresses, now, service })
  }
}

/** The token of an `Authorization` header; null when there is none or it is of another scheme. */
export function bearerToken(authorization: string | undefined): string | null {
  return /^bearer +(\S+) *$/i.exec(authorization ?? '')?.[1] ?? null
}

/** The `WWW-Authenticate` header of the 401, from which clients learn where to sign in. */
export function challengeFor(found: TokenProblem, publicOrigin: string): string {
  const where = `Bearer authorization_uri="${publicOrigin}/common"`
  // RFC 6750: a request that carried no token is told no error.
  if (found.reason === 'missing') return where
  // A header is one line of ASCII, whatever a claim may hold.
  const described = found.message.replaceAll(/["\\]|[^\x20-\x7e]/g, "'")
  return `${where}, error="invalid_token", error_description="${described}"`
}

/**
 * The claims of a token that one of our keys signed. Claims are judged afterwards and not by the
 * library, so that the order of problems, the skew and the clock are ours.
 */
async function readSigned(
  token: string,
  keys: ReturnType<typeof createLocalJWKSet>,
): Promise<Claims | null | TokenProblem> {
  try {
    const options = { algorithms: [signingAlgorithm] }
    const { payload, protectedHeader } = await compactVerify(token, keys, options)
    if (protectedHeader.typ !== tokenType) return null
    const claims: unknown = JSON.parse(new TextDecoder().decode(payload))
    return isRecord(claims) ? { claims } : null
  } catch (error) {
    return isSignatureError(error) ? problem('badSignature') : null
  }
}

function isSignatureError(error: unknown): boolean {
  return (
    error instanceof errors.JWSSignatureVerificationFailed ||
    error instanceof errors.JOSEAlgNotAllowed ||
    error instanceof errors.JWKSNoMatchingKey ||
    error instanceof errors.JOSENotSupported
  )
}

function readClaims(
  claims: Claims['claims'],
  against: { readonly addresses: Addresses; readonly now: Instant; readonly service: TokenService },
): Caller | TokenProblem {
  const { addresses, now, service } = against
  const { tid, oid, appid, aud, iss, exp, nbf } = claims
  if (!isId(tid) || !isId(oid) || !isId(appid) || typeof aud !== 'string')
    return problem('malformed')
  if (!Number.isFinite(exp) || !Number.isFinite(nbf)) return problem('malformed')
  if (iss !== issuerUrl(addresses.publicOrigin, tid)) return wrongIssuer(iss, addresses)
  if (serviceOf(aud, addresses) !== service) return wrongAudience(aud, { addresses, service })
  if (now < Number(nbf) * secondMs - clockSkewMs) return problem('notYetValid')
  if (now >= Number(exp) * secondMs + clockSkewMs) return problem('expired')
  return {
    tenantId: tid,
    objectId: oid,
    appId: appid,
    kind: claims['idtyp'] === 'app' ? 'ServicePrincipal' : 'User',
    audience: aud,
  }
}

function isRecord(value: unknown): value is Claims['claims'] {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function isId(claim: unknown): claim is string {
  return typeof claim === 'string' && isUuid(claim)
}

function wrongIssuer(issuer: unknown, { publicOrigin }: Addresses): TokenProblem {
  return {
    reason: 'wrongIssuer',
    code: 'InvalidAuthenticationTokenTenant',
    message:
      `The access token is from the wrong issuer '${String(issuer)}'. It must be the issuer ` +
      `of the token's own tenant at '${publicOrigin}'. Sign in at '${publicOrigin}/<tenant ` +
      "id>' and send the new token.",
  }
}

function wrongAudience(
  audience: string,
  expected: { readonly addresses: Addresses; readonly service: TokenService },
): TokenProblem {
  const accepted = acceptedAudiences(expected.addresses, expected.service)
  return {
    reason: 'wrongAudience',
    code: 'InvalidAuthenticationTokenAudience',
    message:
      `The access token is for the audience '${audience}', which this service does not ` +
      `serve. Ask for a token with the scope '${accepted[0]}/.default' (accepted audiences: ` +
      `${accepted.join(', ')}).`,
  }
}

type PlainReason = Exclude<TokenProblem['reason'], 'wrongIssuer' | 'wrongAudience'>

function problem(reason: PlainReason): TokenProblem {
  return { reason, ...plainProblems[reason] }
}

const plainProblems: { readonly [Reason in PlainReason]: { code: string; message: string } } = {
  missing: {
    code: 'AuthenticationFailed',
    message:
      "Authentication failed. The 'Authorization' header is missing or is no bearer token. " +
      "Sign in and send 'Authorization: Bearer <access token>'.",
  },
  malformed: {
    code: 'InvalidAuthenticationToken',
    message:
      'The access token is invalid: it is not an access token that this server issues. Sign ' +
      'in and send the access_token of the answer, unchanged.',
  },
  badSignature: {
    code: 'InvalidAuthenticationToken',
    message:
      'The access token is invalid: no signing key of this server made its signature. Sign ' +
      'in at this server again; tokens of another server, and of keys that were withdrawn, ' +
      'are not accepted.',
  },
  notYetValid: {
    code: 'InvalidAuthenticationToken',
    message:
      'The access token is not valid yet: its time lies ahead of the clock of this server. ' +
      'Compare the clocks of the servers, then try again.',
  },
  expired: {
    code: 'ExpiredAuthenticationToken',
    message: 'The access token has expired. Sign in again to get a new one.',
  },
}
