import { afterEach, expect, test } from 'vitest'
import {
  type Script,
  type ScriptedServer,
  startScripted,
  tokenLifetimeSeconds,
} from './client-fixture.ts'
import { ApiError } from './client-error.ts'
import { marginMs } from './client-token.ts'
import { createTransport } from './client-transport.ts'
import { collect, createClient } from './client.ts'

let server: ScriptedServer | null = null

async function scripted(script: Script): Promise<ScriptedServer> {
  server = await startScripted(script)
  return server
}

afterEach(async () => {
  await server?.close()
  server = null
})

const refusal = { error: { code: 'Refused', message: 'Because.' } }

test('one sign-in serves many requests, also those that begin together', async () => {
  const { client, asked } = await scripted((_, { signIns }) => ({ status: 200, body: { signIns } }))
  await Promise.all([client.request('GET', '/a'), client.request('GET', '/b')])
  const { body } = await client.request('GET', '/c')
  expect(body).toEqual({ signIns: 1 })
  const authorizations = new Set(asked.map(({ headers }) => headers.authorization))
  expect(authorizations).toEqual(new Set(['Bearer token-1-management']))
})

test('a token is replaced shortly before its end, not before', async () => {
  const { client, clock } = await scripted((_, { signIns }) => ({ status: 200, body: signIns }))
  await client.request('GET', '/a')
  const beginning = clock.now
  clock.now = beginning + tokenLifetimeSeconds * 1000 - marginMs - 1
  expect((await client.request('GET', '/b')).body).toBe(1)
  clock.now += 1
  expect((await client.request('GET', '/c')).body).toBe(2)
})

test('tokens for the API and for blobs are not mixed', async () => {
  const { client } = await scripted(() => ({ status: 200 }))
  expect((await client.token('storage')).token).toBe('token-1-storage')
  expect((await client.token('management')).token).toBe('token-2-management')
  expect((await client.token('storage')).token).toBe('token-1-storage')
})

test('a token that the server takes for expired is replaced once, not more often', async () => {
  const { client, asked } = await scripted((call) =>
    call.headers.authorization === 'Bearer token-1-management'
      ? { status: 401, body: refusal }
      : { status: 200, body: 'in' },
  )
  expect((await client.request('GET', '/a')).body).toBe('in')
  expect(asked).toHaveLength(2)
  await server?.close()
  const closed = await scripted(() => ({ status: 401, body: refusal }))
  await expect(closed.client.request('GET', '/a')).rejects.toMatchObject({ status: 401 })
  expect(closed.asked).toHaveLength(2)
})

test('each request says its api-version, its language and what it wants', async () => {
  const { client, asked } = await scripted(() => ({ status: 200 }))
  await client.request('POST', '/subscriptions/s/providers/Reprieve.Lifecycle/delete', {
    body: { subscriptionName: 'Läden' },
  })
  await client.request('GET', '/subscriptions', { query: { 'api-version': '2020-01-01' } })
  await client.request('GET', '/subscriptions/s/resources', { query: { $filter: "name eq 'a b'" } })
  expect(asked.map(({ path }) => path)).toEqual([
    '/subscriptions/s/providers/Reprieve.Lifecycle/delete?api-version=2026-11-01',
    '/subscriptions?api-version=2020-01-01',
    '/subscriptions/s/resources?%24filter=name+eq+%27a+b%27&api-version=2021-04-01',
  ])
  expect(asked[0]).toMatchObject({
    body: '{"subscriptionName":"Läden"}',
    headers: { 'accept-language': 'fr', 'content-type': 'application/json' },
  })
  expect(asked[1]?.headers['content-type']).toBeUndefined()
})

test.each([429, 503])('%i is waited out as long as the server says', async (status) => {
  let left = 2
  const { client, asked, waits } = await scripted(() => {
    left -= 1
    if (left >= 0) return { status, headers: { 'retry-after': '7' }, body: refusal }
    return { status: 200, body: 'at last' }
  })
  expect((await client.request('POST', '/a')).body).toBe('at last')
  expect(waits).toEqual([7000, 7000])
  const names = new Set(asked.map(({ headers }) => headers['x-ms-client-request-id']))
  expect(names.size).toBe(1)
})

test('a server that stays busy is given up, and its own words are told', async () => {
  const { client, asked, waits } = await scripted(() => ({
    status: 503,
    headers: { 'retry-after': '86400', 'x-ms-request-id': 'r-1' },
    body: refusal,
  }))
  const error: unknown = await client.request('GET', '/a').catch((thrown: unknown) => thrown)
  expect(error).toBeInstanceOf(ApiError)
  expect(error).toMatchObject({
    status: 503,
    code: 'Refused',
    message: 'Because.',
    requestId: 'r-1',
  })
  expect(asked.length).toBe(waits.length + 1)
  expect(Math.max(...waits)).toBeLessThanOrEqual(30_000)
})

test.each([400, 403, 404, 409, 412, 500])('%i is told at once', async (status) => {
  const { client, asked } = await scripted(() => ({ status, body: refusal }))
  await expect(client.request('GET', '/a')).rejects.toMatchObject({ status, code: 'Refused' })
  expect(asked).toHaveLength(1)
})

test('an answer that is no JSON is still an error with a text', async () => {
  const { client } = await scripted(() => ({ status: 500, headers: { 'x-ms-request-id': 'r-9' } }))
  await expect(client.request('GET', '/a')).rejects.toThrow(/answered 500 .* request r-9/)
})

test('what is no text comes as it is, and a refusal of it is told', async () => {
  const pdf = Buffer.from([0x25, 0x50, 0x44, 0x46, 0x00, 0xff, 0xfe, 0x80])
  const { client } = await scripted(({ path }) =>
    path.startsWith('/pdf') ? { status: 200, body: pdf } : { status: 404, body: refusal },
  )
  expect(Buffer.from(await client.bytes('/pdf')).equals(pdf)).toBe(true)
  await expect(client.bytes('/none')).rejects.toMatchObject({ status: 404, code: 'Refused' })
})

test('a list is read to its end, page by page', async () => {
  const { client, asked } = await scripted(({ path }) => {
    const after = Number(new URLSearchParams(path.split('?')[1]).get('$skiptoken') ?? 0)
    const nextLink = after < 4 ? `http://elsewhere.example/list?$skiptoken=${after + 2}` : null
    return { status: 200, body: { value: [after + 1, after + 2], nextLink } }
  })
  expect(await collect(client.pages<number>('/list'))).toEqual([1, 2, 3, 4, 5, 6])
  // The links name another host; the token went to the one that the client was given.
  expect(asked).toHaveLength(3)
})

test('a list that leads back to itself ends with an error', async () => {
  const { client } = await scripted(() => ({
    status: 200,
    body: { value: [1], nextLink: '/list' },
  }))
  await expect(collect(client.pages('/list'))).rejects.toMatchObject({ code: 'EndlessList' })
})

test('a wrong secret is told in the words of the issuer', async () => {
  const { origin } = await scripted(() => ({ status: 200 }))
  const client = createClient({
    credential: { origin, tenantId: 't', clientId: 'c', clientSecret: 'wrong' },
    transport: createTransport({}),
    language: 'en',
    now: () => 0,
    wait: async () => {},
    newId: () => 'id',
  })
  await expect(client.request('GET', '/a')).rejects.toMatchObject({
    code: 'invalid_client',
    message: 'AADSTS7000215: wrong secret.',
  })
  await client.close()
})
