import { createHmac, createPublicKey, randomUUID } from 'node:crypto'
import { importJWK, type JWTPayload, SignJWT } from 'jose'
import { beforeAll, describe, expect, test } from 'vitest'
import { addMs, instant, minuteMs } from '../kernel/instant.ts'
import {
  bearerToken,
  challengeFor,
  clockSkewMs,
  createTokenVerifier,
  type TokenProblem,
  type VerifyAccessToken,
} from './access-tokens.ts'
import { createSigningKey, type SigningKey } from './signing-keys.ts'

const origin = 'https://host:8443'
const addresses = { publicOrigin: origin, otherOrigins: [] }
const now = instant(Date.parse('2026-11-22T12:00:00Z'))
const nowSeconds = now / 1_000
const [tenantId, objectId, appId] = [randomUUID(), randomUUID(), randomUUID()]

let key: SigningKey
let otherKey: SigningKey
let verify: VerifyAccessToken

beforeAll(async () => {
  ;[key, otherKey] = await Promise.all([createSigningKey(), createSigningKey()])
  verify = createTokenVerifier({ addresses, signingKeys: [key] })
})

const goodClaims = {
  aud: origin,
  iss: `${origin}/${tenantId}/v2.0`,
  tid: tenantId,
  oid: objectId,
  appid: appId,
  iat: nowSeconds,
  nbf: nowSeconds,
  exp: nowSeconds + 3_600,
  idtyp: 'app',
}

async function sign(
  changes: Record<string, unknown> = {},
  options: { by?: SigningKey; kid?: string; typ?: string } = {},
): Promise<string> {
  const { by = key, kid = by.kid, typ = 'at+jwt' } = options
  const claims = JSON.parse(JSON.stringify({ ...goodClaims, ...changes })) as JWTPayload
  return new SignJWT(claims)
    .setProtectedHeader({ alg: 'RS256', kid, typ })
    .sign(await importJWK(by.privateJwk, 'RS256'))
}

const encode = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url')

async function reasonOf(token: string | null, at = now): Promise<string> {
  const found = await verify(token, at)
  if (!('reason' in found)) return 'accepted'
  // Every problem says its cause in a sentence and what to do in another.
  expect(found.message).toMatch(/\. .*(Sign in|sign in|Ask for|Compare)/)
  expect(found.code).toMatch(/^[A-Za-z]+$/)
  return found.reason
}

test('a good token tells who sends it', async () => {
  expect(await verify(await sign(), now)).toEqual({
    tenantId,
    objectId,
    appId,
    kind: 'ServicePrincipal',
    audience: origin,
  })
  expect(await verify(await sign({ idtyp: undefined }), now)).toMatchObject({ kind: 'User' })
})

describe('the time of a token', () => {
  test('is judged by the given clock, with five minutes for a clock that differs', async () => {
    const token = await sign()
    const [from, to] = [now, addMs(now, 60 * minuteMs)]
    expect(clockSkewMs).toBe(5 * minuteMs)
    expect(await reasonOf(token, addMs(from, -5 * minuteMs - 1))).toBe('notYetValid')
    expect(await reasonOf(token, addMs(from, -5 * minuteMs))).toBe('accepted')
    expect(await reasonOf(token, addMs(to, 5 * minuteMs - 1))).toBe('accepted')
    expect(await reasonOf(token, addMs(to, 5 * minuteMs))).toBe('expired')
  })

  test.each(['exp', 'nbf'])('must be stated in %s, as a number', async (claim) => {
    expect(await reasonOf(await sign({ [claim]: undefined }))).toBe('malformed')
    expect(await reasonOf(await sign({ [claim]: '2000000000' }))).toBe('malformed')
    expect(await reasonOf(await sign({ [claim]: null }))).toBe('malformed')
  })
})

describe('a token is refused', () => {
  test('when there is none', async () => {
    expect(await reasonOf(null)).toBe('missing')
  })

  test.each(['', 'x', 'a.b.c', '..', 'é.é.é', '{}'])('when it is no token: "%s"', async (text) => {
    expect(await reasonOf(text)).toBe('malformed')
  })

  test('for another audience, naming the one to ask for', async () => {
    for (const aud of ['https://graph.microsoft.com', 'https://storage.azure.com', `${origin}/x`]) {
      expect(await reasonOf(await sign({ aud }))).toBe('wrongAudience')
    }
    const found = (await verify(await sign({ aud: 'https://other' }), now)) as TokenProblem
    expect(found.message).toContain(`the scope '${origin}/.default'`)
  })

  test('when its audience is a list, of which one would do', async () => {
    expect(await reasonOf(await sign({ aud: [origin] }))).toBe('malformed')
  })

  test('when the issuer is another server, or another tenant than the token names', async () => {
    const other = randomUUID()
    for (const iss of [
      `${origin}/${other}/v2.0`,
      `https://other/${tenantId}/v2.0`,
      `${origin}/${tenantId}/v2.0/`,
    ]) {
      expect(await reasonOf(await sign({ iss }))).toBe('wrongIssuer')
    }
    expect(await reasonOf(await sign({ tid: other }))).toBe('wrongIssuer')
    expect(await reasonOf(await sign({ iss: undefined }))).toBe('wrongIssuer')
  })

  test.each(['tid', 'oid', 'appid'])('when its %s is no id', async (claim) => {
    for (const value of [undefined, null, '', 'admin', 7, [tenantId]]) {
      expect(await reasonOf(await sign({ [claim]: value }))).toBe('malformed')
    }
  })

  test('when it is another kind of JWT that the same key signed', async () => {
    expect(await reasonOf(await sign({}, { typ: 'JWT' }))).toBe('malformed')
    expect(await reasonOf(await sign({}, { typ: 'logout+jwt' }))).toBe('malformed')
  })
})

describe('a forged token is refused', () => {
  test('when one claim of a good token was altered, such as its tenant', async () => {
    const [header, , signature] = (await sign()).split('.')
    const tid = randomUUID()
    const altered = encode({ ...goodClaims, tid, iss: `${origin}/${tid}/v2.0` })
    expect(await reasonOf(`${header}.${altered}.${signature}`)).toBe('badSignature')
  })

  test('when another key signed it, under its own id or under ours', async () => {
    expect(await reasonOf(await sign({}, { by: otherKey }))).toBe('badSignature')
    expect(await reasonOf(await sign({}, { by: otherKey, kid: key.kid }))).toBe('badSignature')
  })

  test.each(['none', 'None', 'NONE'])('when it claims the algorithm "%s"', async (alg) => {
    const header = encode({ alg, typ: 'at+jwt', kid: key.kid })
    expect(await reasonOf(`${header}.${encode(goodClaims)}.`)).not.toBe('accepted')
    const signature = (await sign()).split('.')[2]
    expect(await reasonOf(`${header}.${encode(goodClaims)}.${signature}`)).toBe('badSignature')
  })

  test('when it is an HMAC under the public key, which everybody has', async () => {
    const { publicJwk } = key
    const spki = createPublicKey({ key: publicJwk, format: 'jwk' })
    const pem = spki.export({ type: 'spki', format: 'pem' })
    const secrets = [pem, JSON.stringify(publicJwk), publicJwk.n!]
    for (const secret of secrets) {
      const input = `${encode({ alg: 'HS256', typ: 'at+jwt', kid: key.kid })}.${encode(goodClaims)}`
      const signature = createHmac('sha256', secret).update(input).digest('base64url')
      expect(await reasonOf(`${input}.${signature}`)).toBe('badSignature')
    }
  })

  test('when our own key signed it with an algorithm that we do not use', async () => {
    // Keys that say nothing of their algorithm leave the choice to the check, as they must not.
    const { alg: _private, ...privateJwk } = key.privateJwk
    const { alg: _public, ...publicJwk } = key.publicJwk
    const silent = { kid: key.kid, privateJwk, publicJwk }
    const lenient = createTokenVerifier({ addresses, signingKeys: [silent] })
    const token = (alg: string) =>
      importJWK(privateJwk, alg).then((imported) =>
        new SignJWT(goodClaims)
          .setProtectedHeader({ alg, kid: key.kid, typ: 'at+jwt' })
          .sign(imported),
      )
    expect(await lenient(await token('RS256'), now)).toMatchObject({ tenantId })
    expect(await lenient(await token('PS256'), now)).toMatchObject({ reason: 'badSignature' })
    expect(await lenient(await token('RS512'), now)).toMatchObject({ reason: 'badSignature' })
  })

  test('when its signature was left out', async () => {
    const [header, payload] = (await sign()).split('.')
    expect(await reasonOf(`${header}.${payload}.`)).toBe('badSignature')
  })

  test('when it brings its own key in the header', async () => {
    const token = await new SignJWT(goodClaims)
      .setProtectedHeader({ alg: 'RS256', typ: 'at+jwt', jwk: otherKey.publicJwk })
      .sign(await importJWK(otherKey.privateJwk, 'RS256'))
    expect(await reasonOf(token)).toBe('badSignature')
  })

  test('before anything is said about its other claims', async () => {
    const token = await sign({ exp: 1, aud: 'https://other' }, { by: otherKey })
    expect(await reasonOf(token)).toBe('badSignature')
  })
})

test('after a rotation both keys are accepted, and a withdrawn one no longer', async () => {
  const token = await sign()
  const rotated = createTokenVerifier({ addresses, signingKeys: [otherKey, key] })
  expect(await rotated(token, now)).toMatchObject({ tenantId })
  expect(await rotated(await sign({}, { by: otherKey }), now)).toMatchObject({ tenantId })
  const withdrawn = createTokenVerifier({ addresses, signingKeys: [otherKey] })
  expect(await withdrawn(token, now)).toMatchObject({ reason: 'badSignature' })
})

test('the key of a token is found by its id, so that two keys need no guessing', async () => {
  const two = createTokenVerifier({ addresses, signingKeys: [key, otherKey] })
  const swapped = await sign({}, { by: otherKey, kid: key.kid })
  expect(await two(swapped, now)).toMatchObject({ reason: 'badSignature' })
})

test.each([
  ['Bearer abc', 'abc'],
  ['bearer  abc ', 'abc'],
  ['Basic abc', null],
  ['Bearer', null],
  ['Bearer a b', null],
  ['', null],
  [undefined, null],
])('the Authorization header "%s" carries the token %s', (header, token) => {
  expect(bearerToken(header)).toBe(token)
})

test('the challenge names where to sign in and the error, in one header line', async () => {
  const missing = (await verify(null, now)) as TokenProblem
  expect(challengeFor(missing, origin)).toBe(`Bearer authorization_uri="${origin}/common"`)
  const hostile = await sign({ aud: 'https://x/"\r\nset-cookie: a="b' })
  const found = (await verify(hostile, now)) as TokenProblem
  expect(challengeFor(found, origin)).toMatch(
    /^Bearer authorization_uri="[^"\r\n]*", error="invalid_token", error_description="[^"\r\n]*"$/,
  )
})
