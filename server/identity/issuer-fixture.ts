import { randomBytes, randomUUID } from 'node:crypto'
import { createServer, request as httpsRequest } from 'node:https'
import type { AddressInfo } from 'node:net'
import { expect } from 'vitest'
import { type Instant, instant } from '../kernel/instant.ts'
import { createCertificateAuthority, issueServerCertificate } from '../tls/certificates.ts'
import type { SignInClient } from './clients.ts'
import { createIssuer, type Issuer, type IssuerOptions } from './issuer.ts'
import { hashClientSecret, makeClientSecret } from './secrets.ts'
import type { SigningKey } from './signing-keys.ts'

/** Real randomness, for tests that do not repeat a history. */
export const random = { uuid: randomUUID, bytes: (length: number) => randomBytes(length) }

/** Real time: the OpenID library reads nothing else. */
export const realClock = { now: (): Instant => instant(Date.now()) }

/** A directory in memory, whose clients a test adds and changes. */
export type TestDirectory = {
  readonly clients: Map<string, { readonly tenantId: string; client: SignInClient }>
  /**
   * A client with one secret that is valid for a day; answers what is needed to sign in with it.
   */
  readonly add: (tenantId: string) => {
    readonly clientId: string
    readonly objectId: string
    readonly secret: string
  }
  /** While set, every look-up fails. */
  failure: Error | null
}

export type Running = {
  readonly issuer: Issuer
  readonly origin: string
  readonly authorityPem: string
  readonly directory: TestDirectory
  readonly faults: unknown[]
  readonly ask: (path: string, options?: Asking) => Promise<Answer>
  readonly close: () => Promise<void>
}

export type Asking = {
  readonly method?: string
  readonly form?: Readonly<Record<string, string>>
  readonly body?: string
  readonly headers?: Readonly<Record<string, string>>
}

export type Answer = {
  readonly status: number
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
  readonly text: string
  /** The body of a JSON answer; of any other, the empty object. */
  readonly json: Body
}

/** Every field that some answer of the issuer has; a test reads those that it expects. */
type Body = {
  readonly [field in
    | 'access_token'
    | 'issuer'
    | 'token_endpoint'
    | 'jwks_uri'
    | 'error'
    | 'error_description'
    | 'trace_id'
    | 'correlation_id'
    | 'tenant_discovery_endpoint']: string
} & {
  readonly error_codes: readonly number[]
  readonly keys: readonly { readonly kid: string }[]
  readonly [field: string]: unknown
}

/**
 * An issuer behind a real https server with a certificate of a private authority, on a free port.
 */
export async function startIssuer(
  signingKeys: readonly SigningKey[],
  options: Partial<IssuerOptions> = {},
): Promise<Running> {
  const now = realClock.now()
  const authority = await createCertificateAuthority({ commonName: 'Test', now, random })
  const hosts = ['localhost', '127.0.0.1']
  const pair = await issueServerCertificate({ authority, hosts, now, random })
  const listener = createServer({ cert: pair.certificatePem, key: pair.privateKeyPem })
  await new Promise<void>((resolve) => listener.listen(0, '127.0.0.1', resolve))
  const origin = `https://localhost:${(listener.address() as AddressInfo).port}`

  const directory = createDirectory()
  const faults: unknown[] = []
  const issuer = createIssuer({
    publicOrigin: origin,
    signingKeys,
    clock: realClock,
    random,
    findClient: find(directory),
    findTenantOfClient: findTenant(directory),
    onFault: (error) => faults.push(error),
    ...options,
  })
  listener.on('request', (request, response) => {
    void issuer.handle(request, response).then((isHandled) => {
      if (!isHandled) response.writeHead(418).end('not the issuer')
    })
  })
  return {
    issuer,
    origin,
    directory,
    faults,
    authorityPem: authority.certificatePem,
    ask: (path, asking = {}) => ask({ origin, path, asking, ca: authority.certificatePem }),
    close: async () => {
      issuer.close()
      listener.closeAllConnections()
      await new Promise((resolve) => listener.close(resolve))
    },
  }
}

function createDirectory(): TestDirectory {
  const clients: TestDirectory['clients'] = new Map()
  return {
    clients,
    failure: null,
    add: (tenantId) => {
      const [clientId, objectId, secret] = [randomUUID(), randomUUID(), makeClientSecret(random)]
      const expiresAt = instant(Date.now() + 86_400_000)
      const secrets = [{ hash: hashClientSecret(secret, random), expiresAt }]
      clients.set(clientId, { tenantId, client: { objectId, secrets, disabled: false } })
      return { clientId, objectId, secret }
    },
  }
}

function find(directory: TestDirectory): IssuerOptions['findClient'] {
  return async (tenantId, clientId) => {
    if (directory.failure !== null) throw directory.failure
    const found = directory.clients.get(clientId)
    return found?.tenantId === tenantId ? found.client : null
  }
}

function findTenant(directory: TestDirectory): IssuerOptions['findTenantOfClient'] {
  return async (clientId) => {
    if (directory.failure !== null) throw directory.failure
    return directory.clients.get(clientId)?.tenantId ?? null
  }
}

function ask(options: {
  readonly origin: string
  readonly path: string
  readonly asking: Asking
  readonly ca: string
}): Promise<Answer> {
  const { form, headers } = options.asking
  const body = form === undefined ? options.asking.body : new URLSearchParams(form).toString()
  const method = options.asking.method ?? (body === undefined ? 'GET' : 'POST')
  const { hostname, port } = new URL(options.origin)
  return new Promise((resolve, reject) => {
    const asked = httpsRequest({
      hostname,
      port,
      path: options.path,
      method,
      ca: options.ca,
      agent: false,
      // Not the Host header, which tests forge.
      servername: hostname,
      headers: {
        ...(body === undefined ? {} : { 'content-type': 'application/x-www-form-urlencoded' }),
        ...headers,
      },
    })
    asked.on('error', reject)
    asked.on('response', (answer) => {
      let text = ''
      answer.setEncoding('utf8')
      answer.on('data', (chunk: string) => {
        text += chunk
      })
      answer.on('end', () => {
        const isJson = String(answer.headers['content-type']).includes('json') && text !== ''
        const json = (isJson ? JSON.parse(text) : {}) as Body
        resolve({ status: answer.statusCode ?? 0, headers: answer.headers, text, json })
      })
    })
    asked.end(body)
  })
}

/** The refusal that an answer carries, after a look that all parts of it agree with each other. */
export function refusalIn(answer: Answer): object {
  const { status, json, headers } = answer
  const code = json.error_codes[0]
  expect(json.error_codes).toHaveLength(1)
  expect(json.error_description).toMatch(new RegExp(`^AADSTS${code}: .+\\. .+ Trace ID: `))
  expect(json.error_description).toContain(`Correlation ID: ${json.correlation_id}`)
  expect(json['timestamp']).toMatch(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\dZ$/)
  expect(headers['x-ms-request-id']).toBe(json.trace_id)
  expect(headers['cache-control']).toContain('no-store')
  return { status, error: json.error, code }
}
