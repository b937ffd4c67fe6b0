import { createHmac, randomUUID } from 'node:crypto'
import { request as requestHttp } from 'node:http'
import { beforeAll, expect, test } from 'vitest'
import { askOf } from './ask.ts'
import { testTraffic, useWatchedServer } from './watched-server.ts'
import { World, codeOf } from './world-fixture.ts'

const watched = useWatchedServer()
const ask = askOf(watched)
let id = ''

beforeAll(async () => {
  id = await new World(watched.client).subscription(watched.server.billingScope)
})

test('a path is found however clients write it', async () => {
  for (const path of [
    `/subscriptions/${id.toUpperCase()}`,
    `/SUBSCRIPTIONS/${id}`,
    `//subscriptions/${id}`,
    `///subscriptions/${id}`,
    `/subscriptions/${id}/`,
  ]) {
    const { body } = await ask('GET', path, '200', { apiVersion: '2022-12-01' })
    expect(body).toMatchObject({ subscriptionId: id })
  }
  await ask('GET', `/subscriptions/${id}/resourcegroups?API-VERSION=2021-04-01`, '200', {
    apiVersion: null,
  })
  const encoded = `/subscriptions/${id}/resources?%24filter=name%20eq%20%27x%27`
  await ask('GET', encoded, '200')
  await ask('GET', `/subscriptions/${id}/resources?$filter=`, '200')
})

test('a request bears its ids', async () => {
  const asked = randomUUID()
  const correlation = randomUUID()
  const { headers } = await ask('GET', '/subscriptions', '200', {
    headers: {
      'x-ms-client-request-id': asked,
      'x-ms-return-client-request-id': 'true',
      'x-ms-correlation-request-id': correlation,
    },
  })
  expect(headers).toMatchObject({
    'x-ms-client-request-id': asked,
    'x-ms-correlation-request-id': correlation,
  })
  const silent = await ask('GET', '/subscriptions', '200', {
    headers: { 'x-ms-client-request-id': asked, 'x-ms-correlation-request-id': 'x'.repeat(500) },
  })
  expect(silent.headers['x-ms-client-request-id']).toBeUndefined()
  expect(silent.headers['x-ms-correlation-request-id']).toMatch(/^[\da-f-]{36}$/)
})

test('a path that nobody knows is an ARM error too', async () => {
  const malformed = '/subscriptions/%E0%A4%A'
  const long = `/subscriptions/${'x'.repeat(2000)}`
  for (const path of ['/nothing', '/', `/subscriptions/${id}/nothing`, malformed, long]) {
    await ask('GET', path, '404 InvalidResourceType', { apiVersion: '2021-04-01' })
  }
  const before = await ask('GET', '/subscriptions', '200')
  const odd = await watched.client.request('POST', '/subscriptions', { body: {} })
  expect([odd.status, odd.headers['allow']]).toEqual([405, 'GET'])
  const after = await ask('GET', '/subscriptions', '200')
  expect(after.body).toEqual(before.body)
})

test('a host name that is not ours is refused, on the port for browsers too', async () => {
  for (const host of ['evil.example', 'localhost.evil.example', '169.254.169.254']) {
    const answer = await overHttp('/subscriptions?api-version=2022-12-01', host)
    expect(answer.status).toBe(421)
    expect(JSON.parse(answer.text)).toMatchObject({ error: { code: 'MisdirectedRequest' } })
    expect(answer.requestId).toMatch(/^[\da-f-]{36}$/)
  }
  const ours = await overHttp('/subscriptions?api-version=2022-12-01', 'localhost')
  expect(ours.status).toBe(401)
})

test('health is told without a token, and nothing else', async () => {
  expect(await overHttp('/healthz', 'anything')).toMatchObject({ status: 200 })
  expect(await overHttp('/readyz', 'anything')).toMatchObject({ status: 200 })
  const other = await overHttp('/internal/barriers/' + id, 'localhost', 'POST')
  expect(other.status).toBe(404)
})

test('a token that nobody signed, or somebody else did, opens nothing', async () => {
  const { body } = await signIn()
  const [header = '', payload = '', signature = ''] = body.access_token.split('.')
  const decode = (part: string) =>
    JSON.parse(Buffer.from(part, 'base64url').toString()) as Record<string, unknown>
  const encode = (part: object) => Buffer.from(JSON.stringify(part)).toString('base64url')
  const promoted = encode({ ...decode(payload), oid: randomUUID() })
  const unsigned = encode({ ...decode(header), alg: 'none' })
  const symmetric = encode({ ...decode(header), alg: 'HS256' })
  const signed = `${symmetric}.${payload}`
  const mac = createHmac('sha256', watched.server.ca).update(signed).digest('base64url')
  for (const token of [
    `${header}.${payload}.`,
    `${unsigned}.${payload}.`,
    `${header}.${promoted}.${signature}`,
    `${header}.${payload}.${signature.split('').reverse().join('')}`,
    `${signed}.${mac}`,
    `${body.access_token}.${signature}`,
    'x'.repeat(10_000),
  ]) {
    await ask('GET', '/subscriptions', '401 InvalidAuthenticationToken', { as: { token } })
  }
  await ask('GET', '/subscriptions', '200', { as: { token: body.access_token } })
  const { headers } = await ask('GET', '/subscriptions', '401 AuthenticationFailed', {
    as: 'nobody',
  })
  expect(headers['www-authenticate']).toContain(`authorization_uri="${watched.server.endpoint}/`)
})

test('a token for storage opens no management, and the refusal says which would', async () => {
  const { body } = await signIn('https://storage.azure.com/.default')
  const refused = await ask('GET', '/subscriptions', '401 InvalidAuthenticationTokenAudience', {
    as: { token: body.access_token },
  })
  expect(JSON.stringify(refused.body)).toContain('https://management.azure.com')
})

async function signIn(scope = 'https://management.azure.com/.default') {
  const { tenantId, clientId, clientSecret } = watched.server.credential
  const form = {
    grant_type: 'client_credentials',
    client_id: clientId,
    client_secret: clientSecret,
  }
  const answer = await watched.client.request<{ access_token: string }>(
    'POST',
    `/${tenantId}/oauth2/v2.0/token`,
    {
      as: 'nobody',
      apiVersion: null,
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body: new URLSearchParams({ ...form, scope }).toString(),
    },
  )
  expect(answer.status, codeOf(answer)).toBe(200)
  return answer
}

type PlainAnswer = { readonly status: number; readonly text: string; readonly requestId: string }

/** Over plain http, addressed to a host of any name. */
function overHttp(path: string, host: string, method = 'GET'): Promise<PlainAnswer> {
  const { hostname, port } = new URL(watched.server.httpEndpoint)
  return new Promise((resolve, reject) => {
    const request = requestHttp({ hostname, port, path, method, headers: { host } }, (response) => {
      let text = ''
      response.on('data', (chunk: Buffer) => {
        text += String(chunk)
      })
      response.on('end', () => {
        const requestId = String(response.headers['x-ms-request-id'] ?? '')
        resolve({ status: response.statusCode ?? 0, text, requestId })
      })
    })
    request.on('error', reject).end()
  })
}

testTraffic(watched)
