import type { PipelinePolicy } from '@azure/core-rest-pipeline'
import { afterAll, afterEach, beforeAll, expect, inject, test } from 'vitest'
import { parseBody } from '../../api/client-answer.ts'
import { type StartOptions, type TestClient, type TestServer, start } from '../../testing/index.ts'
import { type RequirementName, requires } from '../requirements.ts'
import { type Exception, exceptions, findException } from './exceptions.ts'
import type { Exchange, Problem } from './exchange.ts'
import { checkOwn } from './own-assertions.ts'
import { type ServerDatabase, makeServerDatabase } from './server-database.ts'
import { type Served, servedBy } from './served.ts'
import { openSwagger } from './swagger.ts'
import { writeTestimony } from './testimonies.ts'

/** A server of one test file's own, all of whose traffic is judged. */
export type WatchedServer = {
  readonly server: TestServer
  readonly client: TestClient
  /** Where its database is; null for the embedded one. */
  readonly databaseUrl: string | null
  readonly traffic: readonly Recorded[]
  /** For the option `additionalPolicies` of an SDK's client, so that its traffic is judged too. */
  readonly recorder: { readonly policy: PipelinePolicy; readonly position: 'perRetry' }
  /** A text that no answer may show from now on. */
  readonly keepSecret: (text: string) => void
  /** To be called for a server that is started again or beside the first one. */
  readonly watch: (server: Pick<TestServer, 'client' | 'credential'>) => void
}

type Recorded = Exchange & { readonly test: string }

/**
 * Starts a server for a test file and judges every exchange with it by ARM's rules after each test;
 * {@link testTraffic} judges them by the published swagger.
 */
export function useWatchedServer(
  options: StartOptions = {},
  engine: 'embedded' | 'tested' = 'tested',
): WatchedServer {
  const traffic: Recorded[] = []
  const secrets = new Set<string>()
  let server: TestServer | null = null
  let database: ServerDatabase | null = null
  let judged = 0

  const witness = witnessInto(traffic, secrets)
  const watch: WatchedServer['watch'] = (started) => {
    secrets.add(started.credential.clientSecret)
    started.client.onExchange(({ answer, requestBody, ...asked }) => {
      const { status, headers, body } = answer
      witness({ ...asked, requestBody: requestBody ?? null, status, headers, body })
    })
  }
  const running = (): TestServer => {
    if (server === null) throw new Error('the server is started before the first test, not earlier')
    return server
  }

  beforeAll(async () => {
    database = engine === 'embedded' ? null : await makeServerDatabase()
    server = await start(database === null ? options : { database: database.url, ...options })
    watch(server)
  })
  afterEach(() => {
    const { endpoint } = running()
    const unjudged = traffic.slice(judged)
    judged = traffic.length
    expect(unjudged.flatMap((exchange) => checkOwn(exchange, { endpoint, secrets }))).toEqual([])
  })
  afterAll(async () => {
    testify(traffic.map(servedBy))
    await server?.close()
    await database?.remove()
  })

  return {
    get server() {
      return running()
    },
    get client() {
      return running().client
    },
    get databaseUrl() {
      return database?.url ?? null
    },
    traffic,
    recorder: { policy: recordingPolicy(witness), position: 'perRetry' },
    keepSecret: (text) => secrets.add(text),
    watch,
  }
}

function witnessInto(traffic: Recorded[], secrets: Set<string>): (exchange: Exchange) => void {
  return (exchange) => {
    // The issuer speaks OpenID Connect, and its answers are secrets.
    if (/\/oauth2\//.test(exchange.url)) return
    learnSecrets(exchange, secrets)
    traffic.push({ ...exchange, test: expect.getState().currentTestName ?? 'before all tests' })
  }
}

/** To be called at the end of a test file: all of its traffic against the published swagger. */
export function testTraffic(
  { traffic }: Pick<WatchedServer, 'traffic'>,
  ...needed: readonly RequirementName[]
): void {
  const options = requires('swagger', ...needed)
  test('all traffic of this file is as the swagger says', options, async () => {
    const swagger = await openSwagger()
    const problems: (Problem & { readonly test: string })[] = []
    const used = new Set<Exception>()
    for (const exchange of withoutRepeats(traffic)) {
      for (const problem of await swagger.check(exchange)) {
        const exception = findException(problem)
        if (exception === null) problems.push({ ...problem, test: exchange.test })
        else used.add(exception)
      }
    }
    testify(
      [],
      [...used].map((exception) => exceptions.indexOf(exception)),
    )
    expect(problems).toEqual([])
  })
}

/** One refusal of an operation is as the other; answers are all looked at. */
function withoutRepeats(traffic: readonly Recorded[]): readonly Recorded[] {
  const seen = new Set<string>()
  return traffic.filter((exchange) => {
    if (exchange.status < 400) return true
    const { error } = (exchange.body ?? {}) as { readonly error?: { readonly code?: string } }
    const key = `${servedBy(exchange).operation} ${exchange.status} ${error?.code}`
    if (seen.has(key)) return false
    seen.add(key)
    return true
  })
}

function testify(served: readonly Served[], used: readonly number[] = []): void {
  const { testPath: file = '' } = expect.getState()
  writeTestimony(inject('testimonies'), { file, served, exceptions: used })
}

/** Sees each request as it leaves an SDK, and its answer before the SDK has read it. */
function recordingPolicy(witness: (exchange: Exchange) => void): PipelinePolicy {
  return {
    name: 'recordingPolicy',
    sendRequest: async (request, next) => {
      const response = await next(request)
      const { method, url, headers, body } = request
      witness({
        method,
        url,
        requestHeaders: headers.toJSON(),
        requestBody: typeof body === 'string' ? parseBody(body) : null,
        status: response.status,
        headers: response.headers.toJSON(),
        body: parseBody(response.bodyAsText ?? ''),
      })
      return response
    },
  }
}

/** What a client holds or was handed belongs to nobody else. */
function learnSecrets({ requestHeaders, status, body }: Exchange, secrets: Set<string>): void {
  const token = /^Bearer (.{40,})$/.exec(requestHeaders['authorization'] ?? '')?.[1]
  if (token !== undefined) secrets.add(token)
  if (status !== 200 && status !== 201) return
  for (const secret of secretsIn(body)) secrets.add(secret)
}

type Handing = {
  readonly clientSecret?: string
  readonly keys?: readonly { readonly value?: string }[]
  readonly properties?: { readonly firstServicePrincipal?: { readonly clientSecret?: string } }
}

function secretsIn(body: unknown): string[] {
  const { clientSecret, keys = [], properties } = (body ?? {}) as Handing
  const first = properties?.firstServicePrincipal?.clientSecret
  const handed = [clientSecret, first, ...keys.map(({ value }) => value)]
  return handed.filter((secret) => secret !== undefined)
}
