import { beforeAll, describe, expect, test } from 'vitest'
import { requires } from '../requirements.ts'
import type { Exchange } from './exchange.ts'
import { checkOwn } from './own-assertions.ts'
import { type Swagger, openSwagger } from './swagger.ts'

const endpoint = 'https://localhost:8443'
const id = '11111111-2222-4333-8444-555555555555'
const subscription = `/subscriptions/${id}`
const cancel = `${subscription}/providers/Microsoft.Subscription/cancel`
const group = {
  id: `${subscription}/resourceGroups/g`,
  name: 'g',
  type: 'Microsoft.Resources/resourceGroups',
  location: 'local',
  properties: { provisioningState: 'Succeeded' },
}
const fault = { error: { code: 'SubscriptionNotFound', message: 'It could not be found.' } }

/** An exchange with nothing wrong, but for what is said. */
function exchange(method: string, path: string, changes: Partial<Exchange>): Exchange {
  const { body = null } = changes
  const code = (body as { error?: { code?: string } } | null)?.error?.code
  return {
    method,
    url: `${endpoint}${path}?api-version=2021-10-01`,
    requestHeaders: {},
    requestBody: null,
    status: 200,
    body,
    ...changes,
    headers: {
      'x-ms-request-id': id,
      'x-ms-correlation-request-id': id,
      'cache-control': 'no-store',
      ...(body === null ? {} : { 'content-type': 'application/json; charset=utf-8' }),
      ...(code === undefined ? {} : { 'x-ms-error-code': code }),
      ...changes.headers,
    },
  }
}

describe('the swagger, as a judge,', requires('swagger'), () => {
  let swagger: Swagger
  beforeAll(async () => {
    swagger = await openSwagger()
  })
  const codes = async (one: Exchange) => (await swagger.check(one)).map(({ code }) => code)

  test.each<[string, Exchange]>([
    ['an answer', exchange('POST', cancel, { body: { subscriptionId: id } })],
    ['a refusal', exchange('POST', cancel, { status: 404, body: fault })],
    [
      'a path in another case',
      exchange('GET', `${subscription}/RESOURCEGROUPS/g`, { body: group }),
    ],
    [
      'a path with two slashes',
      exchange('GET', `/${subscription}/resourceGroups/g`, { body: group }),
    ],
    ['what it does not describe', exchange('GET', '/providers/Reprieve.Lifecycle/x', { body: {} })],
  ])('lets pass %s', async (_what, one) => {
    expect(await codes(one)).toEqual([])
  })

  test.each<[string, string, Exchange]>([
    ['a number', 'INVALID_TYPE', exchange('POST', cancel, { body: { subscriptionId: 7 } })],
    [
      'a property that is not described',
      'OBJECT_ADDITIONAL_PROPERTIES',
      exchange('POST', cancel, { body: { subscriptionId: id, cancellationId: id } }),
    ],
    [
      'a status that is not described',
      'INVALID_RESPONSE_CODE',
      exchange('POST', cancel, { status: 202, body: { subscriptionId: id } }),
    ],
    ['no body', 'INVALID_RESPONSE_BODY', exchange('POST', cancel, {})],
    [
      'an accepted request without its body',
      'REQUEST_MISSING_REQUIRED_PARAMETER',
      exchange('POST', cancel.replace('cancel', 'rename'), { body: { subscriptionId: id } }),
    ],
    [
      'an accepted request of another type',
      'REQUEST_INVALID_TYPE',
      exchange('PUT', `${subscription}/resourceGroups/g`, {
        requestBody: { location: 7 },
        body: group,
      }),
    ],
    [
      'an answer about one namespace',
      'INVALID_TYPE',
      exchange('GET', `${subscription}/providers/Microsoft.Storage`, { body: { namespace: 7 } }),
    ],
    [
      'an answer of an operation that it does not know',
      'OPERATION_NOT_FOUND_IN_CACHE',
      exchange('POST', cancel.replace('cancel', 'celebrate'), { body: {} }),
    ],
  ])('finds %s', async (_what, code, one) => {
    expect(await codes(one)).toContain(code)
  })
})

describe("ARM's own rules", () => {
  const known = { endpoint, secrets: new Set(['s3cr3t']) }
  const codes = (one: Exchange): string[] => checkOwn(one, known).map(({ code }) => code)
  const path = `${subscription}/resourceGroups/g`
  const poll = `${endpoint}${subscription}/operationresults/${id}`

  test.each<[string, Exchange]>([
    ['an answer', exchange('GET', path, { body: group })],
    ['a refusal', exchange('GET', path, { status: 404, body: fault })],
    [
      'what goes on',
      exchange('DELETE', path, { status: 202, headers: { location: poll, 'retry-after': '1' } }),
    ],
    ['the last page', exchange('GET', '/subscriptions', { body: { value: [], nextLink: '' } })],
    ['keys that were asked for', exchange('POST', `${path}/listKeys`, { body: { key: 's3cr3t' } })],
  ])('are kept by %s', (_what, one) => {
    expect(codes(one)).toEqual([])
  })

  test.each<[string, Exchange]>([
    ['REQUEST_ID', exchange('GET', path, { body: group, headers: { 'x-ms-request-id': '' } })],
    [
      'ERROR_ENVELOPE',
      exchange('GET', path, { status: 404, body: { code: 'X', message: 'long enough' } }),
    ],
    [
      'ERROR_ENVELOPE',
      exchange('GET', path, { status: 404, body: fault, headers: { 'x-ms-error-code': 'Y' } }),
    ],
    ['NO_FAULT', exchange('GET', path, { status: 500, body: fault })],
    ['CHALLENGE', exchange('GET', path, { status: 401, body: fault })],
    ['ALLOW', exchange('GET', path, { status: 405, body: fault })],
    ['POLLING_HEADER', exchange('DELETE', path, { status: 202 })],
    ['POLLING_HEADER', exchange('DELETE', path, { status: 202, headers: { location: poll } })],
    [
      'POLLING_HEADER',
      exchange('DELETE', path, { status: 202, headers: { location: '/x', 'retry-after': '1' } }),
    ],
    [
      'NEXT_LINK',
      exchange('GET', '/subscriptions', { body: { value: [], nextLink: 'https://evil/x' } }),
    ],
    ['OWN_ID', exchange('GET', path, { body: { ...group, id: `${path}2` } })],
    [
      'CLOSED_STATES',
      exchange('PUT', path, { body: { ...group, properties: { provisioningState: 'Ok' } } }),
    ],
    [
      'CLOSED_STATES',
      exchange('GET', subscription, { body: { id: subscription, state: 'Cancelled' } }),
    ],
    [
      'RETRY_WHILE_PROVISIONING',
      exchange('GET', path, { body: { ...group, properties: { provisioningState: 'Deleting' } } }),
    ],
    ['NO_SECRET', exchange('GET', path, { body: { ...group, tags: { a: 'my s3cr3t' } } })],
    ['EMPTY_ANSWER', exchange('DELETE', path, { status: 204, headers: { 'content-length': '2' } })],
    [
      'JSON_ANSWER',
      exchange('GET', path, { body: group, headers: { 'content-type': 'text/html' } }),
    ],
    [
      'NOT_FOR_CACHES',
      exchange('GET', path, { body: group, headers: { 'cache-control': 'public' } }),
    ],
    [
      'CLIENT_REQUEST_ID',
      exchange('GET', path, { body: group, headers: { 'x-ms-client-request-id': id } }),
    ],
  ])('are broken: %s (%#)', (code, one) => {
    expect(codes(one)).toEqual([code])
  })
})
