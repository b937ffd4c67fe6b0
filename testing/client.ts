import { type Answer, parseBody } from '../api/client-answer.ts'
import { type Credential, createTokenSource, type TokenSource } from '../api/client-token.ts'
import { createTransport } from '../api/client-transport.ts'
import { apiVersionOf } from '../api/client-versions.ts'

/** Who a request is made as; nobody: without a token. */
export type As = Omit<Credential, 'origin'> | 'nobody' | { readonly token: string }

export type RequestOptions = {
  readonly body?: unknown
  readonly query?: { readonly [name: string]: string }
  readonly headers?: { readonly [name: string]: string }
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

/** A client of the public API that hides nothing: no retries, no thrown errors. */
export function createTestClient(options: {
  readonly endpoint: string
  readonly ca: string
  readonly credential: Omit<Credential, 'origin'>
}): TestClient {
  const transport = createTransport({ ca: options.ca })
  const sources = new Map<string, TokenSource>()
  const witnesses: Witness[] = []
  const tokenOf = async (as: As): Promise<string | null> => {
    if (as === 'nobody') return null
    if ('token' in as) return as.token
    const key = `${as.clientId} ${as.clientSecret}`
    const credential = { ...as, origin: options.endpoint }
    const source =
      sources.get(key) ?? createTokenSource(credential, { transport, now: () => Date.now() })
    sources.set(key, source)
    return (await source.get('management')).token
  }

  const request: TestClient['request'] = async <Body>(
    method: string,
    path: string,
    { body, query = {}, headers = {}, as = options.credential }: RequestOptions = {},
  ) => {
    const url = new URL(path, options.endpoint)
    if (!url.searchParams.has('api-version') && query['api-version'] === undefined) {
      url.searchParams.set('api-version', apiVersionOf(url.pathname))
    }
    for (const [name, value] of Object.entries(query)) url.searchParams.set(name, value)
    const token = await tokenOf(as)
    const sent = {
      accept: 'application/json',
      ...(token === null ? {} : { authorization: `Bearer ${token}` }),
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      ...headers,
    }
    const text = body === undefined ? null : typeof body === 'string' ? body : JSON.stringify(body)
    const got = await transport.send({ method, url: url.href, headers: sent, body: text })
    const answer = { status: got.status, headers: got.headers, body: parseBody(got.text) as Body }
    for (const witness of witnesses) {
      witness({ method, url: url.href, requestHeaders: sent, requestBody: body, answer })
    }
    return answer
  }

  const follow = async (first: Answer, as?: As): Promise<Answer> => {
    let answer = first
    let location = first.headers['location']
    while (answer.status === 202 && location !== undefined) {
      answer = await request('GET', location, as === undefined ? {} : { as })
      location = answer.headers['location'] ?? location
      // Work is polled for: there is nothing else to wait on from outside.
      if (answer.status === 202) await new Promise((resolve) => setTimeout(resolve, 25))
    }
    return answer
  }

  return {
    request,
    follow,
    advance: async (clock, to) => {
      const path = `/providers/Reprieve.Lifecycle/testClocks/${clock}/advance`
      return follow(await request('POST', path, { body: to }))
    },
    onExchange: (witness) => witnesses.push(witness),
    close: () => transport.close(),
  }
}
