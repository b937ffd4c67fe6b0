import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { LiveValidator } from 'oav/dist/lib/liveValidation/liveValidator.js'
import { swaggerFolder } from '../requirements.ts'
import { type Exchange, type Problem, type Target, targetOf } from './exchange.ts'

/** The published descriptions of what we serve: of Microsoft.Billing both versions. */
const files = [
  ['subscription', 'Microsoft.Subscription', '2021-10-01', 'subscriptions'],
  ['resources', 'Microsoft.Resources', '2022-12-01', 'subscriptions'],
  ['resources', 'Microsoft.Resources', '2024-03-01', 'resources'],
  ['storage', 'Microsoft.Storage', '2023-05-01', 'storage'],
  ['authorization', 'Microsoft.Authorization', '2022-04-01', 'authorization-RoleAssignmentsCalls'],
  ['authorization', 'Microsoft.Authorization', '2022-04-01', 'authorization-RoleDefinitionsCalls'],
  ['billing', 'Microsoft.Billing', '2020-05-01', 'billing'],
  ['billing', 'Microsoft.Billing', '2024-04-01', 'billingAccount'],
  ['billing', 'Microsoft.Billing', '2024-04-01', 'billingProfile'],
  ['billing', 'Microsoft.Billing', '2024-04-01', 'billingSubscription'],
  ['billing', 'Microsoft.Billing', '2024-04-01', 'invoice'],
  ['billing', 'Microsoft.Billing', '2024-04-01', 'transaction'],
  ['consumption', 'Microsoft.Consumption', '2021-10-01', 'consumption'],
].map(([folder, namespace, version, name]) =>
  [folder, 'resource-manager', namespace, 'stable', version, `${name}.json`].join('/'),
)

const oneNamespace = /^((\/subscriptions\/[^/]+)?\/providers)\/[^/]+(\/(un)?register)?$/i

/** The version that each part of the API is judged by, whatever the client asked for. */
const versions: readonly { readonly path: RegExp; readonly version: string }[] = [
  { path: /\/providers\/Microsoft\.Consumption\//i, version: '2021-10-01' },
  { path: /\/providers\/Microsoft\.Subscription\//i, version: '2021-10-01' },
  { path: /\/providers\/Microsoft\.Authorization\/[^/]+(\/[^/]+)?$/i, version: '2022-04-01' },
  { path: oneNamespace, version: '2024-03-01' },
  { path: /\/providers\/Microsoft\.Resources\/tags\/default$/i, version: '2024-03-01' },
  { path: /\/providers\/Microsoft\.Storage\//i, version: '2023-05-01' },
  { path: /^\/(subscriptions|tenants)$/i, version: '2022-12-01' },
  { path: /^\/subscriptions\/[^/]+(\/locations)?$/i, version: '2022-12-01' },
  { path: /^\/providers\/Microsoft\.Resources\/checkResourceName$/i, version: '2022-12-01' },
  { path: /^\/(subscriptions|providers)\//i, version: '2024-03-01' },
]

/** The two forms of Microsoft.Billing differ: an answer is judged by the one that was asked for. */
const billing = /^\/providers\/Microsoft\.Billing\/billingAccounts/i

/** Addresses that we hand out, or serve for the sake of clients, and that no swagger describes. */
const undescribed: readonly RegExp[] = [
  /\/providers\/Reprieve\.Lifecycle(\/|$)/i,
  /\/operationStatuses\/[^/]+$/i,
  /\/operationResults\/[^/]+$/i,
  // Permissions are described at groups and resources only; clients ask for them elsewhere as well.
  /^(\/subscriptions\/[^/]+)?\/providers\/Microsoft\.Authorization\/permissions$/i,
  // Invoices of a subscription are described in `default` only; here its account has them too.
  /\/billingAccounts\/(?!default\/)[^/]+\/billingSubscriptions\/[^/]+\/invoices(\/|$)/i,
  // Where a download is polled.
  /\/invoices\/[^/]+\/downloadResult$/i,
  /^\/metadata\/endpoints$/i,
  /^\/(healthz|readyz)$/i,
  /\/oauth2\/|\/\.well-known\/|\/discovery\//i,
]

/** Judges by the published swagger. Answers nothing for what it does not describe. */
export type Swagger = { readonly check: (exchange: Exchange) => Promise<readonly Problem[]> }

/** Loads oav's live validator over the published files; some 300 ms. */
export async function openSwagger(): Promise<Swagger> {
  const directory = swaggerFolder()
  const missing = files.filter((file) => !existsSync(join(directory, file)))
  if (missing.length > 0) throw new Error(`${directory} lacks ${missing.join(', ')}`)
  const validator = new LiveValidator(
    {
      directory,
      git: { shouldClone: false },
      swaggerPathsPattern: [...files],
      excludedSwaggerPathsPattern: [],
      isPathCaseSensitive: false,
      isArmCall: true,
    },
    // It tells of every file that it reads.
    () => {},
  )
  await validator.initialize()
  return { check: async (exchange) => checkExchange(validator, exchange) }
}

async function checkExchange(
  validator: LiveValidator,
  exchange: Exchange,
): Promise<readonly Problem[]> {
  const target = targetOf(exchange)
  const version = versionOf(target)
  // HEAD answers have neither a body nor anything else that a description could be about.
  if (version === null || exchange.method === 'HEAD') return []
  // Nor can anything be said of a path that cannot be read, but that it must be refused.
  if (/%(?![\da-f]{2})/i.test(target.rawPath) && exchange.status >= 400) return []
  const { method, path, body } = asAttributable(exchange, target)
  const query = { ...target.query, 'api-version': version }
  const result = await validator.validateLiveRequestResponse({
    liveRequest: {
      method,
      url: `${path}?${new URLSearchParams(query).toString()}`,
      headers: jsonHeaders(exchange.requestBody),
      query,
      ...asBody(exchange.requestBody),
    },
    liveResponse: {
      statusCode: String(exchange.status),
      headers: { ...exchange.headers },
      ...asBody(body),
    },
  })
  const { requestValidationResult: asked, responseValidationResult: answered } = result
  const failure = result.runtimeException ?? asked.runtimeException ?? answered.runtimeException
  const operation = answered.operationInfo?.operationId ?? 'unknown'
  if (failure !== undefined) return unattributed(exchange, target, failure)
  // What a refused request looked like is its sender's matter.
  const requestErrors = exchange.status < 400 ? asked.errors : []
  return [
    ...requestErrors.map((error) => problemOf(operation, `REQUEST_${error.code}`, error)),
    ...answered.errors.map((error) => problemOf(operation, error.code, error)),
  ]
}

/** The version to judge by; null for what the swaggers do not describe. */
function versionOf({ path, query }: Target): string | null {
  if (undescribed.some((pattern) => pattern.test(path))) return null
  if (billing.test(path) && !/\/providers\/[^/]+\/.*\/providers\//i.test(path)) {
    const version = query['api-version'] === '2020-05-01' ? '2020-05-01' : '2024-04-01'
    // The newer description of invoice sections is not at hand.
    return /\/invoiceSections(\/[^/]+)?$/i.test(path) ? '2020-05-01' : version
  }
  return versions.find((entry) => entry.path.test(path))?.version ?? null
}

type Attributable = { readonly method: string; readonly path: string; readonly body: unknown }

/** In `default` an invoice is described twice, which oav takes for a fault; both are alike. */
const anyInvoice = /^(\/providers\/Microsoft\.Billing\/billingAccounts\/)default(\/invoices\/)/i
const atTenant = /^\/providers\/Microsoft\.Authorization\//i

/**
 * What oav cannot attribute, as what it can. It looks for calls about one namespace in that
 * namespace: the same object stands in the list of all, and there it can be judged. And it knows no
 * empty scope: what is said of the tenant is judged as if it were said of a subscription.
 */
function asAttributable(exchange: Exchange, { rawPath }: Target): Attributable {
  const { method, status, body } = exchange
  const list = oneNamespace.exec(rawPath)?.[1]
  if (list !== undefined) {
    return { method: 'GET', path: list, body: status === 200 ? { value: [body] } : body }
  }
  const anyAccount = rawPath.replace(anyInvoice, '$1some-account$2')
  if (!atTenant.test(rawPath)) return { method, path: anyAccount, body }
  return { method, path: `/subscriptions/00000000-0000-0000-0000-000000000000${rawPath}`, body }
}

/** A path that the swagger lacks is right to be refused, and wrong to be served. */
function unattributed(
  { method, status }: Exchange,
  { path }: Target,
  failure: { readonly code: string; readonly message: string },
): readonly Problem[] {
  const isUnknown = failure.code.startsWith('OPERATION_NOT_FOUND')
  if (isUnknown && status >= 400) return []
  const operation = `${method} ${path.replace(/[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}/gi, '{id}')}`
  return [{ operation, code: failure.code, where: '$', message: failure.message.slice(0, 300) }]
}

type OavError = {
  readonly code: string
  readonly message: string
  readonly jsonPathsInPayload?: readonly string[]
}

function problemOf(operation: string, code: string, error: OavError): Problem {
  const where = error.jsonPathsInPayload?.join(' ') ?? '$'
  return { operation, code, where, message: error.message.slice(0, 500) }
}

function jsonHeaders(body: unknown): Record<string, string> {
  return body === null ? {} : { 'content-type': 'application/json' }
}

function asBody(body: unknown): { body?: { [key: string]: unknown } } {
  return body === null || body === undefined ? {} : { body: body as { [key: string]: unknown } }
}
