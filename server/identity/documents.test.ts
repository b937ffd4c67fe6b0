import { randomUUID } from 'node:crypto'
import { decodeJwt, decodeProtectedHeader } from 'jose'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { refusalIn, type Running, startIssuer } from './issuer-fixture.ts'
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

describe('the discovery document', () => {
  test.each(['v2.0/', ''])('under /{tenant}/%s leads to endpoints that work', async (version) => {
    const { status, json } = await running.ask(
      `/${tenantId}/${version}.well-known/openid-configuration`,
    )
    expect(status).toBe(200)
    const base = `${running.origin}/${tenantId}`
    expect(json).toMatchObject({
      issuer: `${base}/v2.0`,
      authorization_endpoint: `${base}/oauth2/v2.0/authorize`,
      token_endpoint: `${base}/oauth2/v2.0/token`,
      jwks_uri: `${base}/discovery/v2.0/keys`,
      grant_types_supported: ['client_credentials'],
    })
    const published = await running.ask(new URL(json.jwks_uri).pathname)
    const { access_token } = (await signIn({}, new URL(json.token_endpoint).pathname)).json
    const kids = published.json.keys.map((key: { kid: string }) => key.kid)
    expect(kids).toContain(decodeProtectedHeader(access_token).kid)
    expect(decodeJwt(access_token).iss).toBe(json.issuer)
  })

  test('is made from the public URL, whatever the caller writes into his request', async () => {
    const headers = {
      host: 'evil.example',
      'x-forwarded-host': 'evil.example',
      'x-forwarded-proto': 'http',
      forwarded: 'host=evil.example',
      'x-original-url': '/evil',
    }
    for (const path of [
      `/${tenantId}/v2.0/.well-known/openid-configuration`,
      '/adfs/.well-known/openid-configuration',
      `/common/discovery/instance?authorization_endpoint=${running.origin}/${tenantId}`,
    ]) {
      const answer = await running.ask(path, { headers })
      expect(answer.status).toBe(200)
      expect(answer.text).not.toContain('evil')
      expect(answer.text).not.toContain('http:')
    }
    const answer = await running.ask(`/${tenantId}/oauth2/v2.0/token`, { form, headers })
    expect(decodeJwt(answer.json.access_token).iss).toBe(`${running.origin}/${tenantId}/v2.0`)
  })

  test('of the authority of Azure Stack leads to endpoints that work', async () => {
    const { json } = await running.ask('/adfs/.well-known/openid-configuration')
    expect(json.issuer).toBe(`${running.origin}/adfs`)
    for (const field of ['authorization_endpoint', 'token_endpoint', 'jwks_uri']) {
      expect(json[field]).toMatch(new RegExp(`^${running.origin}/adfs/`))
    }
    expect((await running.ask(new URL(json.jwks_uri).pathname)).json.keys).toHaveLength(2)
    expect((await signIn({}, new URL(json.token_endpoint).pathname)).status).toBe(200)
  })

  test('is answered to HEAD without a body', async () => {
    for (const path of [`/${tenantId}/v2.0`, '/adfs']) {
      const answer = await running.ask(`${path}/.well-known/openid-configuration`, {
        method: 'HEAD',
      })
      expect([answer.status, answer.text]).toEqual([200, ''])
    }
  })
})

test('the published keys hold every verifying key and no private part', async () => {
  for (const path of [`/${tenantId}/discovery/v2.0/keys`, '/adfs/discovery/keys']) {
    const { json } = await running.ask(path)
    expect(json.keys.map((key: { kid: string }) => key.kid)).toEqual(keys.map((key) => key.kid))
    for (const key of json.keys) {
      expect(Object.keys(key).sort()).toEqual(['alg', 'e', 'kid', 'kty', 'n', 'use'])
    }
  }
})

describe('instance discovery', () => {
  const ask = (authority: string) =>
    running.ask(`/common/discovery/instance?api-version=1.1&authorization_endpoint=${authority}`)

  test('vouches for this server and leads to the discovery document of the tenant', async () => {
    const { json } = await ask(`${running.origin}/${tenantId}/oauth2/v2.0/authorize`)
    const host = new URL(running.origin).host
    expect(json.metadata).toEqual([
      { preferred_network: host, preferred_cache: host, aliases: [host] },
    ])
    const document = new URL(json.tenant_discovery_endpoint)
    expect((await running.ask(document.pathname)).json.issuer).toContain(tenantId)
  })

  test('vouches for nobody else', async () => {
    const foreign = { status: 400, error: 'invalid_instance', code: 50049 }
    expect(refusalIn(await ask('https://login.microsoftonline.com/common'))).toEqual(foreign)
    expect(refusalIn(await ask(''))).toEqual(foreign)
  })
})
