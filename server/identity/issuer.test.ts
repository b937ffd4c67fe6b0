import { randomUUID } from 'node:crypto'
import { decodeJwt, decodeProtectedHeader } from 'jose'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { createIssuer } from './issuer.ts'
import { random, realClock, refusalIn, type Running, startIssuer } from './issuer-fixture.ts'
import { hashClientSecret, makeClientSecret } from './secrets.ts'
import { createSigningKey, type SigningKey } from './signing-keys.ts'

let keys: SigningKey[]
let running: Running
let tenantId: string
let client: { readonly clientId: string; readonly objectId: string; readonly secret: string }
let form: Record<string, string>

beforeAll(async () => {
  keys = await Promise.all([createSigningKey(), createSigningKey()])
  running = await startIssuer(keys)
})
afterAll(() => running.close())
beforeEach(() => {
  running.directory.failure = null
  running.faults.length = 0
  tenantId = randomUUID()
  client = running.directory.add(tenantId)
  form = {
    grant_type: 'client_credentials',
    client_id: client.clientId,
    client_secret: client.secret,
    scope: `${running.origin}/.default`,
  }
})

const signIn = (changes: Record<string, string> = {}, path = `/${tenantId}/oauth2/v2.0/token`) =>
  running.ask(path, { form: { ...form, ...changes } })

describe('a token', () => {
  test('has the claims that az and the SDKs read, and no others', async () => {
    const { status, json } = await signIn()
    expect(status).toBe(200)
    expect(json).toMatchObject({ token_type: 'Bearer', expires_in: 3_600, ext_expires_in: 3_600 })
    expect(decodeProtectedHeader(json.access_token)).toEqual({
      alg: 'RS256',
      typ: 'at+jwt',
      kid: keys[0]!.kid,
    })
    const claims = decodeJwt(json.access_token)
    expect(claims).toEqual({
      aud: running.origin,
      iss: `${running.origin}/${tenantId}/v2.0`,
      iat: expect.any(Number),
      nbf: claims.iat,
      exp: claims.iat! + 3_600,
      jti: expect.any(String),
      tid: tenantId,
      oid: client.objectId,
      sub: client.objectId,
      appid: client.clientId,
      azp: client.clientId,
      client_id: client.clientId,
      appidacr: '1',
      azpacr: '1',
      idtyp: 'app',
      ver: '2.0',
    })
  })

  test('is never the same twice, and is not to be kept by caches', async () => {
    const [first, second] = [await signIn(), await signIn()]
    expect(first.json.access_token).not.toBe(second.json.access_token)
    expect(first.headers['cache-control']).toContain('no-store')
  })

  test('lasts as long as the operator says', async () => {
    const short = await startIssuer(keys, { tokenLifetimeMs: 300_000 })
    try {
      const made = short.directory.add(tenantId)
      const answer = await short.ask(`/${tenantId}/oauth2/v2.0/token`, {
        form: { ...form, client_id: made.clientId, client_secret: made.secret },
      })
      // The scope still names the other server: its own audience is not accepted here.
      expect(refusalIn(answer)).toEqual({ status: 400, error: 'invalid_resource', code: 500011 })
      const own = await short.ask(`/${tenantId}/oauth2/v2.0/token`, {
        form: {
          ...form,
          client_id: made.clientId,
          client_secret: made.secret,
          scope: `${short.origin}/.default`,
        },
      })
      expect(own.json.expires_in).toBe(300)
      const { exp, iat } = decodeJwt(own.json.access_token)
      expect(exp! - iat!).toBe(300)
    } finally {
      await short.close()
    }
  })

  test('is given in the older form for resource=, with its numbers as text', async () => {
    const { scope: _, ...older } = form
    const resource = 'https://management.core.windows.net/'
    const answer = await running.ask(`/${tenantId}/oauth2/token`, { form: { ...older, resource } })
    const { exp, nbf, aud } = decodeJwt(answer.json.access_token)
    expect(answer.json).toMatchObject({
      expires_in: '3600',
      ext_expires_in: '3600',
      token_type: 'Bearer',
      expires_on: String(exp),
      not_before: String(nbf),
      resource,
    })
    expect(aud).toBe(resource)
  })

  test('is given to a client that signs in by basic authentication', async () => {
    const { client_id, client_secret, ...rest } = form
    const basic = Buffer.from(`${client_id}:${encodeURIComponent(client_secret!)}`)
    const headers = { authorization: `Basic ${basic.toString('base64')}` }
    const path = `/${tenantId}/oauth2/v2.0/token`
    expect((await running.ask(path, { form: rest, headers })).status).toBe(200)

    const wrong = Buffer.from(`${client_id}:wrong`).toString('base64')
    const refused = await running.ask(path, {
      form: rest,
      headers: { authorization: `Basic ${wrong}` },
    })
    expect(refusalIn(refused)).toEqual({ status: 401, error: 'invalid_client', code: 7000215 })
  })

  test('is given whatever the case of the ids and of the path', async () => {
    const upper = { client_id: client.clientId.toUpperCase() }
    const answer = await signIn(upper, `//${tenantId.toUpperCase()}/OAuth2/V2.0/Token`)
    const claims = decodeJwt(answer.json.access_token)
    expect(claims).toMatchObject({ tid: tenantId, appid: client.clientId })
  })

  test('of the authority of Azure Stack names the tenant of the client', async () => {
    const answer = await signIn({}, '/adfs/oauth2/token')
    expect(decodeJwt(answer.json.access_token)).toMatchObject({
      tid: tenantId,
      oid: client.objectId,
    })
    // az 2.45 reckons with it as it comes, as AD FS answers with a number.
    expect(answer.json).toMatchObject({ expires_in: 3_600, ext_expires_in: 3_600 })
  })

  test('is given for any of several secrets', async () => {
    const fresh = makeClientSecret(random)
    const found = running.directory.clients.get(client.clientId)!
    const added = {
      hash: hashClientSecret(fresh, random),
      expiresAt: found.client.secrets[0]!.expiresAt,
    }
    found.client = { ...found.client, secrets: [...found.client.secrets, added] }
    expect((await signIn()).status).toBe(200)
    expect((await signIn({ client_secret: fresh })).status).toBe(200)
    found.client = { ...found.client, secrets: [added] }
    expect(refusalIn(await signIn())).toEqual({
      status: 401,
      error: 'invalid_client',
      code: 7000215,
    })
  })
})

test('keys are rotated while running: a token holds until its key is withdrawn', async () => {
  const [first, second] = keys as [SigningKey, SigningKey]
  const own = await startIssuer([first])
  try {
    const made = own.directory.add(tenantId)
    const token = async () => {
      const scope = `${own.origin}/.default`
      const asked = { ...form, client_id: made.clientId, client_secret: made.secret, scope }
      const answer = await own.ask(`/${tenantId}/oauth2/v2.0/token`, { form: asked })
      return answer.json.access_token
    }
    const old = await token()
    own.issuer.useSigningKeys([second, first])
    const fresh = await token()
    expect(decodeProtectedHeader(fresh).kid).toBe(second.kid)
    const verify = (text: string) => own.issuer.verifyAccessToken(text, realClock.now())
    expect(await verify(old)).toMatchObject({ tenantId })
    expect(await verify(fresh)).toMatchObject({ tenantId })
    own.issuer.useSigningKeys([second])
    expect(await verify(old)).toMatchObject({ reason: 'badSignature' })
    expect(await verify(fresh)).toMatchObject({ tenantId })
  } finally {
    await own.close()
  }
})

test('a server accepts its further origins as audience and never links to them', async () => {
  const own = await startIssuer(keys, { otherOrigins: ['http://localhost:8080'] })
  try {
    const made = own.directory.add(tenantId)
    const asked = { ...form, client_id: made.clientId, client_secret: made.secret }
    const scope = 'http://localhost:8080/.default'
    const answer = await own.ask(`/${tenantId}/oauth2/v2.0/token`, { form: { ...asked, scope } })
    const caller = await own.issuer.verifyAccessToken(answer.json.access_token, realClock.now())
    expect(caller).toMatchObject({ audience: 'http://localhost:8080', tenantId })
    const document = await own.ask(`/${tenantId}/v2.0/.well-known/openid-configuration`)
    expect(document.text).not.toContain('8080')
  } finally {
    await own.close()
  }
})

test('many tenants at once each get their own tokens', async () => {
  const tenants = Array.from({ length: 80 }, () => randomUUID())
  const answers = await Promise.all(
    tenants.map(async (tenant) => {
      const made = running.directory.add(tenant)
      const asked = { client_id: made.clientId, client_secret: made.secret }
      const { json } = await signIn(asked, `/${tenant}/oauth2/v2.0/token`)
      return [decodeJwt(json.access_token), made] as const
    }),
  )
  for (const [at, [claims, made]] of answers.entries()) {
    expect(claims).toMatchObject({
      tid: tenants[at],
      iss: `${running.origin}/${tenants[at]}/v2.0`,
      oid: made.objectId,
      appid: made.clientId,
    })
  }
})

test('a request to another path is left alone', async () => {
  const answer = await running.ask(`/subscriptions/${randomUUID()}?api-version=2022-12-01`)
  expect([answer.status, answer.text]).toEqual([418, 'not the issuer'])
  expect(answer.headers['x-ms-request-id']).toBeUndefined()
})

test('an issuer with settings that cannot work is not made', () => {
  const options = {
    publicOrigin: 'https://host',
    signingKeys: keys,
    clock: realClock,
    random,
    findClient: async () => null,
    findTenantOfClient: async () => null,
    onFault: () => {},
  }
  const make = (changes: object) => () => createIssuer({ ...options, ...changes })
  expect(make({})).not.toThrow()
  expect(make({ signingKeys: [] })).toThrow(/at least one signing key/)
  expect(make({ publicOrigin: 'https://host/' })).toThrow(/scheme, host and port alone/)
  expect(make({ otherOrigins: ['host'] })).toThrow(/scheme, host and port alone/)
  expect(make({ tokenLifetimeMs: 1_000 })).toThrow(/between a minute and a day/)
})
