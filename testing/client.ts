import { type Answer, parseBody } from '../api/client-answer.ts'
import { type Credential, createTokenSource, type TokenSource } from '../api/client-token.ts'
import { type Transport, createTransport } from '../api/client-transport.ts'
import { apiVersionOf } from '../api/client-versions.ts'

/** Who a request is made as; nobody: without a token. */
export type As = Omit<Credential, 'origin'> | 'nobody' | { readonly token: string }

export type RequestOptions = {
  readonly body?: unknown
  readonly query?: { readonly [name: string]: string }
  readonly headers?: { readonly [name: string]: string }
  /** Null: none is sent. Default: what our own client sends. */
  readonly apiVersion?: string | null
  /** Default: the administrator of the first tenant. */
  readonly as?: As
}

/** Told of every request and its answer: for checks of a whole suite's traffic. */
export type Witness = (exchange: {
  readonly method: string
  readonly url: string
  readonly requestHeaders: { readonly [name: string]: string }
  readonly requestBody: unknown
  readonly answer: Answer
}) => void

export type TestClient = {
  /** One request, answered as it is: an error is an answer too. */
  readonly request: <Body = unknown>(
    method: string,
    path: string,
    options?: RequestOptions,
  ) => Promise<Answer<Body>>
  /** Moves a test clock and waits until no work is left due. */
  readonly advance: (clock: string, to: { to: string } | { by: string }) => Promise<Answer>
  /** Follows a 202 to its final answer. */
  readonly follow: (answer: Answer, as?: As) => Promise<Answer>
  readonly onExchange: (witness: Witness) => void
  readonly close: () => Promise<void>
}

type Connection = {
  readonly endpoint: string
  readonly ca: string
  readonly credential: Omit<Credential, 'origin'>
}

/** A client of the public API that hides nothing: no retries, no thrown errors. */
export function createTestClient(connection: Connection): TestClient {
  const transport = createTransport({ ca: connection.ca })
  const tokenOf = tokensOf(connection.endpoint, transport)
  const witnesses: Witness[] = []
  let closing: Promise<void> | undefined

  const request: TestClient['request'] = async <Body>(
    method: string,
    path: string,
    options: RequestOptions = {},
  ) => {
    const { body, as = connection.credential } = options
    const { url, headers } = asSent(addressOf(path, connection), options, await tokenOf(as))
    const text = body === undefined ? null : typeof body === 'string' ? body : JSON.stringify(body)
    const got = await transport.send({ method, url, headers, body: text })
    const answer = { status: got.status, headers: got.headers, body: parseBody(got.text) as Body }
    for (const witness of witnesses) {
      witness({ method, url, requestHeaders: headers, requestBody: body, answer })
    }
    return answer
  }

  return {
    request,
    follow: (first, as) => followAnswer(request, first, as),
    advance: async (clock, to) => {
      const path = `/providers/Reprieve.Lifecycle/testClocks/${clock}/advance`
      return followAnswer(request, await request('POST', path, { body: to }))
    },
    onExchange: (witness) => witnesses.push(witness),
    close: () => (closing ??= transport.close()),
  }
}

/** A path is taken as it is: clients send `//subscriptions/...`, which is no other host. */
function addressOf(path: string, { endpoint }: Connection): URL {
  return new URL(path.startsWith('/') ? endpoint + path : path)
}

/** A token for each who asks, kept until it is near its end. */
function tokensOf(origin: string, transport: Transport): (as: As) => Promise<string | null> {
  const sources = new Map<string, TokenSource>()
  return async (as) => {
    if (as === 'nobody') return null
    if ('token' in as) return as.token
    const key = `${as.clientId} ${as.clientSecret}`
    const source =
      sources.get(key) ?? createTokenSource({ ...as, origin }, { transport, now: () => Date.now() })
    sources.set(key, source)
    return (await source.get('management')).token
  }
}

/** The address and the headers that go out: what the options leave open is as clients send it. */
function asSent(url: URL, options: RequestOptions, token: string | null) {
  const { body, query = {}, headers = {} } = options
  const given = options.apiVersion ?? url.searchParams.get('api-version')
  const apiVersion = given ?? apiVersionOf(url.pathname)
  if (options.apiVersion !== null) url.searchParams.set('api-version', apiVersion)
  for (const [name, value] of Object.entries(query)) url.searchParams.set(name, value)
  return {
    url: url.href,
    headers: {
      accept: 'application/json',
      ...(token === null ? {} : { authorization: `Bearer ${token}` }),
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      ...headers,
    },
  }
}

const pollMs = 25

async function followAnswer(
  request: TestClient['request'],
  first: Answer,
  as?: As,
): Promise<Answer> {
  let answer = first
  let location = first.headers['location']
  while (answer.status === 202 && location !== undefined) {
    answer = await request('GET', location, as === undefined ? {} : { as })
    location = answer.headers['location'] ?? location
    // Work is polled for: there is nothing else to wait on from outside.
    if (answer.status === 202) await new Promise((resolve) => setTimeout(resolve, pollMs))
  }
  return answer
}
