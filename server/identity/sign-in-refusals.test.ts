import { randomUUID } from 'node:crypto'
import { IncomingMessage, ServerResponse } from 'node:http'
import { Socket } from 'node:net'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { type Answer, refusalIn, realClock, type Running, startIssuer } from './issuer-fixture.ts'
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

describe('sign-in is refused', () => {
  const invalid = (code: number) => ({ status: 401, error: 'invalid_client', code })

  test('with a wrong secret, and the answer repeats no secret', async () => {
    const answer = await signIn({ client_secret: 'guessed-secret' })
    expect(refusalIn(answer)).toEqual(invalid(7000215))
    expect(answer.text).not.toContain('guessed-secret')
  })

  test('with an expired secret', async () => {
    const found = running.directory.clients.get(client.clientId)!
    const secrets = found.client.secrets.map((one) => ({ ...one, expiresAt: realClock.now() }))
    found.client = { ...found.client, secrets }
    expect(refusalIn(await signIn())).toEqual(invalid(7000222))
    expect(refusalIn(await signIn({ client_secret: 'wrong' }))).toEqual(invalid(7000215))
  })

  test('for a disabled principal at once, and only who knows the secret learns it', async () => {
    expect((await signIn()).status).toBe(200)
    const found = running.directory.clients.get(client.clientId)!
    found.client = { ...found.client, disabled: true }
    const disabled = { status: 401, error: 'unauthorized_client', code: 7000112 }
    expect(refusalIn(await signIn())).toEqual(disabled)
    expect(refusalIn(await signIn({ client_secret: 'wrong' }))).toEqual(invalid(7000215))
  })

  test('for an unknown client as for an unknown tenant, so that neither is revealed', async () => {
    const unknown = { status: 400, error: 'invalid_client', code: 700016 }
    const [someId, someTenant] = [randomUUID(), randomUUID()]
    const noClient = await signIn({ client_id: someId })
    const noTenant = await signIn({}, `/${someTenant}/oauth2/v2.0/token`)
    expect(refusalIn(noClient)).toEqual(unknown)
    expect(refusalIn(noTenant)).toEqual(unknown)
    const worded = (answer: Answer, id: string, tenant: string) =>
      answer.json.error_description
        .replace(/ Trace ID.*/, '')
        .replace(id, 'ID')
        .replace(tenant, 'TENANT')
    expect(worded(noClient, someId, tenantId)).toBe(worded(noTenant, client.clientId, someTenant))
    expect(refusalIn(await signIn({ client_id: 'not-an-id' }))).toEqual(unknown)
    expect(refusalIn(await signIn({ client_id: someId }, '/adfs/oauth2/token'))).toEqual(unknown)
  })

  test('for a client of another tenant, though its secret is right', async () => {
    const other = running.directory.add(randomUUID())
    const answer = await signIn({ client_id: other.clientId, client_secret: other.secret })
    expect(refusalIn(answer)).toEqual({ status: 400, error: 'invalid_client', code: 700016 })
  })

  test.each(['common', 'organizations', 'contoso.example', 'x'.repeat(300)])(
    'at the tenant "%s", which is none',
    async (segment) => {
      const refused = { status: 400, error: 'invalid_tenant', code: 90002 }
      expect(refusalIn(await signIn({}, `/${segment}/oauth2/v2.0/token`))).toEqual(refused)
      const path = `/${segment}/v2.0/.well-known/openid-configuration`
      expect(refusalIn(await running.ask(path))).toEqual(refused)
    },
  )

  test('without a secret, without a client, without a scope', async () => {
    expect(refusalIn(await signIn({ client_secret: '' }))).toEqual(invalid(7000216))
    const request = (code: number) => ({ status: 400, error: 'invalid_request', code })
    expect(refusalIn(await signIn({ client_id: '' }))).toEqual(request(900144))
    expect(refusalIn(await signIn({ client_id: '' }, '/adfs/oauth2/token'))).toEqual(
      request(900144),
    )
    expect(refusalIn(await signIn({ scope: '' }))).toEqual(request(90014))
    expect(refusalIn(await signIn({ scope: '', resource: '' }))).toEqual(request(90014))
  })

  test('for a scope that is no resource, and for the resource of somebody else', async () => {
    const scope = { status: 400, error: 'invalid_scope', code: 1002012 }
    expect(refusalIn(await signIn({ scope: 'user_impersonation' }))).toEqual(scope)
    expect(refusalIn(await signIn({ scope: 'openid' }))).toEqual(scope)
    expect(
      refusalIn(await signIn({ scope: `${running.origin}/.default https://a/.default` })),
    ).toEqual(scope)
    const resource = { status: 400, error: 'invalid_resource', code: 500011 }
    expect(refusalIn(await signIn({ scope: 'https://graph.microsoft.com/.default' }))).toEqual(
      resource,
    )
    expect(refusalIn(await signIn({ resource: 'https://graph.microsoft.com' }))).toEqual(resource)
    expect(refusalIn(await signIn({ resource: 'not a url' }))).toEqual(resource)
  })

  test('with any other grant', async () => {
    const grant = { status: 400, error: 'unsupported_grant_type', code: 70003 }
    expect(refusalIn(await signIn({ grant_type: 'password' }))).toEqual(grant)
    expect(refusalIn(await signIn({ grant_type: 'authorization_code' }))).toEqual(grant)
    const none = { status: 400, error: 'invalid_request', code: 900144 }
    expect(refusalIn(await signIn({ grant_type: '' }))).toEqual(none)
  })

  test('when the body is no form, or names a field twice', async () => {
    const path = `/${tenantId}/oauth2/v2.0/token`
    const malformed = { status: 400, error: 'invalid_request', code: 900144 }
    const headers = { 'content-type': 'application/json' }
    expect(refusalIn(await running.ask(path, { body: JSON.stringify(form), headers }))).toEqual(
      malformed,
    )
    const twice = `${new URLSearchParams(form).toString()}&client_id=${randomUUID()}`
    expect(refusalIn(await running.ask(path, { body: twice }))).toEqual(malformed)
  })

  test('when the body is too large, and nothing more is read from that connection', async () => {
    const path = `/${tenantId}/oauth2/v2.0/token`
    const body = 'x'.repeat(40_000)
    const tooLarge = { status: 413, error: 'invalid_request', code: 900144 }
    const keep = { connection: 'keep-alive' }
    // With a stated length the refusal does not wait for the body; in chunks it counts what comes.
    const stated = { ...keep, 'content-length': String(1_000_000_000) }
    const chunked = { ...keep, 'transfer-encoding': 'chunked' }
    const requests = [
      { body, headers: keep },
      { body: 'x', headers: stated },
      { body, headers: chunked },
    ]
    for (const request of requests) {
      const answer = await running.ask(path, request)
      expect(refusalIn(answer)).toEqual(tooLarge)
      expect(answer.headers['connection']).toBe('close')
    }
  })

  test('by a method that the endpoint does not know', async () => {
    const token = await running.ask(`/${tenantId}/oauth2/v2.0/token`)
    expect(refusalIn(token)).toEqual({ status: 405, error: 'invalid_request', code: 900561 })
    expect(token.headers['allow']).toBe('POST')
    const keys = await running.ask(`/${tenantId}/discovery/v2.0/keys`, { form: {} })
    expect(keys.headers['allow']).toBe('GET, HEAD')
  })

  test('to people, in words, until they can sign in', async () => {
    const answer = await running.ask(`/${tenantId}/oauth2/v2.0/authorize?response_type=code`)
    expect(refusalIn(answer)).toEqual({
      status: 400,
      error: 'unsupported_response_type',
      code: 70005,
    })
  })
})

test('without its directory the issuer asks to try again and reports the fault', async () => {
  running.directory.failure = new Error('the database is away')
  for (const path of [`/${tenantId}/oauth2/v2.0/token`, '/adfs/oauth2/token']) {
    const answer = await signIn({}, path)
    expect(refusalIn(answer)).toEqual({
      status: 503,
      error: 'temporarily_unavailable',
      code: 90033,
    })
    expect(answer.text).not.toContain('database')
  }
  expect(running.faults).toEqual([running.directory.failure, running.directory.failure])
})

test('a caller who hangs up in the middle of his request is no fault of ours', async () => {
  const broken = new IncomingMessage(new Socket())
  Object.assign(broken, { method: 'POST', url: `/${tenantId}/oauth2/v2.0/token` })
  const handled = running.issuer.handle(broken, new ServerResponse(broken))
  broken.destroy(new Error('aborted'))
  expect(await handled).toBe(true)
  expect(running.faults).toEqual([])
})

test('a client finds its own request id in the answer, and only an id', async () => {
  const id = randomUUID()
  const inQuery = await signIn(
    { scope: '' },
    `/${tenantId}/oauth2/v2.0/token?client-request-id=${id}`,
  )
  expect(inQuery.json.correlation_id).toBe(id)
  const path = `/${tenantId}/oauth2/v2.0/token`
  const inHeader = await running.ask(path, { form, headers: { 'client-request-id': id } })
  expect(inHeader.headers['client-request-id']).toBe(id)
  const odd = await running.ask(path, { form, headers: { 'client-request-id': '<script>' } })
  expect(odd.headers['client-request-id']).not.toContain('script')
})
