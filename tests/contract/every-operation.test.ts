import { randomUUID } from 'node:crypto'
import { beforeAll, describe, expect, test } from 'vitest'
import type { Answer } from '../../api/client-answer.ts'
import type { Operation } from '../../server/pipeline/operation.ts'
import type { As, RequestOptions } from '../../testing/client.ts'
import { exampleBodies, wrongTypes } from './example-bodies.ts'
import { operations, pathOf, pathsOf, servedBy, unknownRoute } from './served.ts'
import { testTraffic, useWatchedServer } from './watched-server.ts'
import { World, codeOf, messageOf } from './world-fixture.ts'

const watched = useWatchedServer()

let subscriptionId = ''
let stranger: As = 'nobody'
let before: Changes

beforeAll(async () => {
  const world = new World(watched.client)
  subscriptionId = await world.subscription(watched.server.billingScope)
  await world.group(subscriptionId, 'kept')
  await world.storage(subscriptionId, 'kept', 'keptstore')
  stranger = await world.tenant('Strangers')
  before = await readChanges()
})

/** What every operation is refused for: what is sent, and the answer that it must get. */
type Refusal = {
  readonly because: string
  readonly send: (operation: Operation) => RequestOptions
  /** Default: every one. */
  readonly of?: (operation: Operation) => boolean
  readonly status: number
  readonly code: string
  readonly path?: (operation: Operation) => string
}

const newest = ({ apiVersions }: Operation): { apiVersion: string } => ({
  apiVersion: apiVersions.at(-1) ?? '',
})

const takesBody = ({ body }: Operation): boolean => body !== undefined
const isOfSubscription = ({ paths }: Operation): boolean =>
  paths[0]?.includes(':subscriptionId') === true
const bodyOf = ({ name }: Operation): RequestOptions => {
  const body = exampleBodies[name]
  return body === undefined ? {} : { body }
}
const otherSubscription = (id: string) => (operation: Operation) =>
  pathOf(operation, { ...names(), subscriptionId: id })

const refused: readonly Refusal[] = [
  {
    because: 'it names no api-version',
    send: (operation) => ({ ...bodyOf(operation), apiVersion: null }),
    status: 400,
    code: 'MissingApiVersionParameter',
  },
  {
    because: 'its api-version is empty',
    send: (operation) => ({ ...bodyOf(operation), apiVersion: '' }),
    status: 400,
    code: 'MissingApiVersionParameter',
  },
  {
    because: 'its api-version is no date',
    send: (operation) => ({ ...bodyOf(operation), apiVersion: '2021-10-01-banana' }),
    status: 400,
    code: 'InvalidApiVersionParameter',
  },
  {
    because: 'its api-version was never served',
    send: (operation) => ({ ...bodyOf(operation), apiVersion: '1999-12-31' }),
    status: 400,
    code: 'NoRegisteredProviderFound',
  },
  {
    because: 'it carries no token',
    send: (operation) => ({ ...bodyOf(operation), as: 'nobody' }),
    status: 401,
    code: 'AuthenticationFailed',
  },
  {
    because: 'its token is garbage',
    send: (operation) => ({ ...bodyOf(operation), as: { token: 'eyJhbGciOiJSUzI1NiJ9.e30.AAAA' } }),
    status: 401,
    code: 'InvalidAuthenticationToken',
  },
  {
    because: 'its subscription id is no GUID',
    of: isOfSubscription,
    path: otherSubscription('not-a-guid'),
    send: bodyOf,
    status: 400,
    code: 'InvalidSubscriptionId',
  },
  {
    because: 'there is no such subscription',
    of: isOfSubscription,
    path: otherSubscription(randomUUID()),
    send: bodyOf,
    status: 404,
    code: 'SubscriptionNotFound',
  },
  {
    because: 'the subscription is of another tenant',
    of: isOfSubscription,
    send: (operation) => ({ ...bodyOf(operation), as: stranger }),
    status: 404,
    code: 'SubscriptionNotFound',
  },
  {
    because: 'its body is no JSON',
    of: takesBody,
    send: () => ({ body: '{"properties": {"displayName": "open' }),
    status: 400,
    code: 'InvalidRequestContent',
  },
  {
    because: 'its body is a list',
    of: takesBody,
    send: () => ({ body: [] }),
    status: 400,
    code: 'InvalidRequestContent',
  },
  {
    because: 'it has no body',
    of: ({ body, bodyOptional }) => body !== undefined && bodyOptional !== true,
    send: () => ({}),
    status: 400,
    code: 'InvalidRequestContent',
  },
  {
    because: 'its body is XML',
    of: takesBody,
    send: () => ({ body: '<properties/>', headers: { 'content-type': 'application/xml' } }),
    status: 415,
    code: 'UnsupportedMediaType',
  },
  {
    because: 'its body is longer than the limit',
    of: takesBody,
    send: () => ({ body: JSON.stringify({ properties: 'x'.repeat(4 * 1024 * 1024) }) }),
    status: 413,
    code: 'RequestContentTooLarge',
  },
  {
    because: 'its body has a property that nobody knows',
    of: ({ name, body }) =>
      exampleBodies[name] !== undefined &&
      (body as { additionalProperties?: boolean }).additionalProperties === false,
    send: ({ name }) => ({ body: { ...exampleBodies[name], surprise: true } }),
    status: 400,
    code: 'InvalidRequestContent',
  },
]

describe.each(refused)('a request is refused because $because', (refusal) => {
  const { send, of = () => true, status, code, path = (one) => pathOf(one, names()) } = refusal
  test('whatever it asks for', async () => {
    const others = []
    for (const operation of operations.filter(of)) {
      const { method } = operation
      const options = { ...newest(operation), ...send(operation) }
      const answer = await watched.client.request(method, path(operation), options)
      const got = { status: answer.status, code: codeSeen(answer, method) }
      const wanted = { status, code: method === 'HEAD' ? answer.headers['x-ms-error-code'] : code }
      if (got.status !== wanted.status || got.code !== wanted.code) {
        others.push({ operation: operation.name, ...got, message: messageOf(answer) })
      }
    }
    expect(others).toEqual([])
  })
})

test('an api-version that is not served is answered with those that are', async () => {
  for (const operation of operations.filter(({ method }) => method !== 'HEAD')) {
    const path = pathOf(operation, names())
    const answer = await watched.client.request(operation.method, path, {
      apiVersion: '1999-12-31',
    })
    for (const version of operation.apiVersions) expect(messageOf(answer)).toContain(version)
  }
})

test('a value of another type is refused, wherever it stands, and the answer names it', async () => {
  const accepted = []
  for (const operation of operations.filter(takesBody)) {
    for (const { field, body } of wrongTypes(exampleBodies[operation.name])) {
      const path = pathOf(operation, names())
      const sent = { ...newest(operation), body }
      const answer = await watched.client.request(operation.method, path, sent)
      const isRefused = answer.status === 400 && messageOf(answer).includes(field)
      if (!isRefused) accepted.push({ operation: operation.name, field, answer })
    }
  }
  expect(accepted).toEqual([])
})

test('a method that a path does not know is 405, with those that it knows', async () => {
  const methods = ['GET', 'HEAD', 'PUT', 'PATCH', 'POST', 'DELETE']
  const wrong = []
  for (const path of new Set(operations.flatMap((operation) => pathsOf(operation, names())))) {
    const url = new URL(path, watched.server.endpoint).href
    const isServed = (method: string): boolean => servedAs(method, url) !== unknownRoute
    const served = methods.filter(isServed).sort()
    for (const method of methods.filter((one) => !isServed(one))) {
      const answer = await watched.client.request(method, path)
      const allow = (answer.headers['allow'] ?? '').split(', ').sort()
      const expected = JSON.stringify([405, served])
      if (JSON.stringify([answer.status, allow]) !== expected) wrong.push({ method, path, answer })
    }
  }
  expect(wrong).toEqual([])
})

test('the reason is told in the language of the reader, the code in none', async () => {
  const told = new Map<string, Set<string>>()
  for (const language of ['en', 'fr-FR,fr;q=0.9', 'zh-CN', 'de, *;q=0.1']) {
    const answer = await watched.client.request('GET', `/subscriptions/${randomUUID()}`, {
      headers: { 'accept-language': language },
    })
    expect(codeOf(answer)).toBe('SubscriptionNotFound')
    const text = messageOf(answer).replace(/[\da-f-]{36}/, '')
    told.set(text, (told.get(text) ?? new Set()).add(language))
  }
  // Three languages; who asks for one that we do not speak is answered in English.
  const sizes = [...told.values()].map((languages) => languages.size)
  expect(sizes.sort((a, b) => a - b)).toEqual([1, 1, 2])
})

test('after all of that, nothing was changed', async () => {
  expect(await readChanges()).toEqual(before)
})

type Changes = { readonly tenant: number; readonly account: number; readonly subscription: number }

/** Every change is an event: as many as before means that there was none. */
async function readChanges(): Promise<Changes> {
  const lifecycle = '/providers/Reprieve.Lifecycle'
  const count = async (path: string): Promise<number> => {
    const { body } = await watched.client.request('GET', `${path}/events`)
    return (body as { value: unknown[] }).value.length
  }
  return {
    tenant: await count(lifecycle),
    account: await count(`${lifecycle}/billingAccounts/default`),
    subscription: await count(`/subscriptions/${subscriptionId}${lifecycle}`),
  }
}

/** What the parameters of paths stand for. */
function names(): Readonly<Record<string, string>> {
  return {
    subscriptionId,
    ofSubscription: subscriptionId,
    resourceGroupName: 'kept',
    resourceName: 'keptstore',
    namespace: 'Microsoft.Storage',
    billingAccountName: 'default',
    location: 'local',
    resourceProviderNamespace: 'Microsoft.Storage',
    resourceType: 'storageAccounts',
  }
}

function servedAs(method: string, url: string): string {
  return servedBy({ method, url, status: 0 }).operation
}

function codeSeen(answer: Answer, method: string): string | undefined {
  return method === 'HEAD' ? answer.headers['x-ms-error-code'] : codeOf(answer)
}

testTraffic(watched)
