import { type Exchange, type Problem, type Target, targetOf } from './exchange.ts'

/** What the assertions know of the server whose answers they judge. */
export type Knowledge = {
  readonly endpoint: string
  /** Texts that nobody may be shown, but for the answers that hand them out. */
  readonly secrets: ReadonlySet<string>
}

type Assertion = (exchange: Exchange, target: Target, known: Knowledge) => string | null

/** What ARM's rules ask of every answer and no swagger can say. */
export function checkOwn(exchange: Exchange, known: Knowledge): readonly Problem[] {
  const target = targetOf(exchange)
  const operation = `${exchange.method} ${target.path}`
  return Object.entries(assertions).flatMap(([code, assertion]) => {
    const message = assertion(exchange, target, known)
    return message === null ? [] : [{ operation, code, where: '$', message }]
  })
}

const uuid = /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/

const assertions: { readonly [code: string]: Assertion } = {
  REQUEST_ID: ({ headers }) => {
    const missing = ['x-ms-request-id', 'x-ms-correlation-request-id'].filter(
      (name) => !uuid.test(headers[name] ?? '') && (headers[name] ?? '') === '',
    )
    return missing.length === 0 ? null : `${missing.join(', ')} is missing`
  },

  CLIENT_REQUEST_ID: ({ headers, requestHeaders }) => {
    const wanted = requestHeaders['x-ms-return-client-request-id'] === 'true'
    const sent = wanted ? requestHeaders['x-ms-client-request-id'] : undefined
    const got = headers['x-ms-client-request-id']
    return got === sent ? null : `x-ms-client-request-id is ${got}, not ${sent}`
  },

  NOT_FOR_CACHES: ({ headers }) =>
    headers['cache-control'] === 'no-store' ? null : 'a shared cache might keep the answer',

  ERROR_ENVELOPE: ({ status, body, method, headers }) => {
    if (status < 400 || method === 'HEAD') return null
    const { error } = (body ?? {}) as { error?: { code?: unknown; message?: unknown } }
    if (typeof error?.code !== 'string' || !/^[A-Z][A-Za-z]+$/.test(error.code)) {
      return `no error.code in ${JSON.stringify(body)}`
    }
    if (typeof error.message !== 'string' || error.message.length < 10) {
      return `no error.message in ${JSON.stringify(body)}`
    }
    const header = headers['x-ms-error-code']
    return header === error.code ? null : `x-ms-error-code is ${header}, not ${error.code}`
  },

  NO_FAULT: ({ status }) => (status === 500 ? 'the server failed' : null),

  JSON_ANSWER: ({ headers, body }, { path }) => {
    if (body === null || body === undefined) return null
    const type = headers['content-type'] ?? ''
    if (/\/pdf$/i.test(path) && type === 'application/pdf') return null
    return type.startsWith('application/json') ? null : `a body of type '${type}'`
  },

  EMPTY_ANSWER: ({ status, headers }) => {
    if (status !== 204) return null
    const length = headers['content-length'] ?? '0'
    return length === '0' ? null : `a ${status} with a body of ${length} bytes`
  },

  CHALLENGE: ({ status, headers }) => {
    const challenge = headers['www-authenticate'] ?? ''
    if (status !== 401) return null
    return challenge.startsWith('Bearer') ? null : `a 401 with the challenge '${challenge}'`
  },

  ALLOW: ({ status, headers }) =>
    status === 405 && (headers['allow'] ?? '') === '' ? 'a 405 that names no method' : null,

  POLLING_HEADER: ({ status, headers }, _target, { endpoint }) => {
    if (status !== 202) return null
    const addresses = [headers['azure-asyncoperation'], headers['location']].filter(isText)
    if (addresses.length === 0) return 'a 202 without a polling address is taken for done'
    const foreign = addresses.filter((address) => !address.startsWith(`${endpoint}/`))
    if (foreign.length > 0) return `${foreign.join(', ')} is not on ${endpoint}`
    const seconds = headers['retry-after'] ?? ''
    return /^[1-9]\d{0,2}$/.test(seconds) ? null : `a 202 with Retry-After '${seconds}'`
  },

  RETRY_WHILE_PROVISIONING: ({ method, status, body, headers }) => {
    const state = (body as Shown | null)?.properties?.provisioningState
    if (method !== 'GET' || status !== 200 || state === undefined || endStates.has(state))
      return null
    return headers['retry-after'] === undefined ? `it is ${state}, without Retry-After` : null
  },

  NEXT_LINK: ({ body }, _target, { endpoint }) => {
    const link = (body as { nextLink?: unknown } | null)?.nextLink
    if (link === undefined || link === null || link === '') return null
    const absolute = typeof link === 'string' && link.startsWith(`${endpoint}/`)
    return absolute ? null : `nextLink ${JSON.stringify(link)} is not on ${endpoint}`
  },

  OWN_ID: ({ method, status, body }, { path }) => {
    if (!['GET', 'PUT', 'PATCH'].includes(method) || (status !== 200 && status !== 201)) return null
    // The result of an operation is another thing's; a role is shown at its subscription.
    // In `default`, and under a subscription, an invoice of an account is shown as that account's.
    if (/\/billingAccounts\/default\/|\/billingSubscriptions\/[^/]+\/invoices\//i.test(path)) {
      return null
    }
    if (/\/operationResults\/[^/]+$|\/roleDefinitions\/[^/]+$/i.test(path)) return null
    const { id } = (body ?? {}) as Shown
    if (id === undefined || id.toLowerCase() === path.toLowerCase()) return null
    return `the id is ${id}`
  },

  CLOSED_STATES: ({ status, body }) => {
    if (status >= 400) return null
    const items = [body, ...(((body ?? {}) as { value?: unknown[] }).value ?? [])]
    return items.flatMap(unknownStates)[0] ?? null
  },

  NO_SECRET: ({ status, body, headers }, { path }, { secrets }) => {
    if (status === 200 && /\/(listKeys|regenerateKey|addSecret)$/i.test(path)) return null
    if (/\/Reprieve\.Lifecycle\/tenants\/[^/]+$/i.test(path) && status === 201) return null
    const text = JSON.stringify([body, headers])
    const shown = [...secrets].filter((secret) => text.includes(secret))
    return shown.length === 0 ? null : 'the answer shows a secret'
  },
}

type Shown = {
  readonly id?: string
  readonly type?: string
  readonly state?: string
  readonly subscriptionId?: string
  readonly provisioningState?: string
  readonly properties?: { readonly provisioningState?: string; readonly state?: string }
}

const endStates = new Set(['Succeeded', 'Failed', 'Canceled'])
const subscriptionStates = ['Enabled', 'Warned', 'PastDue', 'Disabled', 'Deleted']
const sectionStates = ['Active', 'Restricted']
const provisioningStates: { readonly [type: string]: readonly string[] } = {
  'microsoft.subscription/aliases': ['Accepted', 'Succeeded', 'Failed'],
  'microsoft.resources/resourcegroups': ['Succeeded', 'Deleting'],
  'microsoft.storage/storageaccounts': ['Creating', 'Succeeded', 'Deleting'],
}

/** The words that the swaggers list as an open set: clients compare them as a closed one. */
function unknownStates(item: unknown): string[] {
  const { type, state, provisioningState, properties } = (item ?? {}) as Shown
  const isSection = type?.toLowerCase().endsWith('/invoicesections') === true
  const known = provisioningStates[type?.toLowerCase() ?? ''] ?? ['Succeeded']
  const provisioning = [provisioningState, properties?.provisioningState].filter(isText)
  const ofSubscription = type === undefined ? state : properties?.state
  return [
    ...provisioning
      .filter((word) => !known.includes(word))
      .map((word) => `'${word}' is no provisioningState of ${type}`),
    ...[ofSubscription]
      .filter(isText)
      .filter((word) => !(isSection ? sectionStates : subscriptionStates).includes(word))
      .map((word) => `'${word}' is no state of a subscription`),
  ]
}

function isText(value: string | undefined): value is string {
  return value !== undefined
}
