import { type Answer, parseBody, retryAfterMs } from './client-answer.ts'
import { ApiError, errorOf } from './client-error.ts'
import { followAccepted, type Progress } from './client-polling.ts'
import {
  type AccessToken,
  type Audience,
  type Credential,
  createTokenSource,
  type TokenSource,
} from './client-token.ts'
import type { Transport, TransportAnswer } from './client-transport.ts'
import { apiVersionOf } from './client-versions.ts'

export type RequestOptions = {
  /** Beside `api-version`, which follows from the path unless it is given. */
  readonly query?: { readonly [name: string]: string }
  readonly body?: unknown
}

export type Client = {
  readonly origin: string
  /**
   * One call. `path` may be a link of the server (absolute): it is asked at this client's origin.
   * Waits out 429 and 503, a bounded number of times. @throws ApiError for every other error.
   */
  readonly request: <Body = unknown>(
    method: 'GET' | 'HEAD' | 'PUT' | 'PATCH' | 'POST' | 'DELETE',
    path: string,
    options?: RequestOptions,
  ) => Promise<Answer<Body>>
  /** What a GET answers, as it is: for what is no JSON. @throws ApiError as `request` does. */
  readonly bytes: (path: string) => Promise<Uint8Array>
  /** The items of a list, page by page, to its end. */
  readonly pages: <Item>(path: string, options?: RequestOptions) => AsyncIterable<readonly Item[]>
  /** Follows a 202 to its end. */
  readonly accepted: (answer: Answer, onProgress?: (progress: Progress) => void) => Promise<Answer>
  readonly token: (audience: Audience) => Promise<AccessToken>
  /** Real time and real waiting, for those that poll with this client. */
  readonly now: () => number
  readonly wait: (ms: number) => Promise<void>
  readonly close: () => Promise<void>
}

export type ClientSettings = {
  readonly credential: Credential
  readonly transport: Transport
  /** What people are to read: `en`, `fr`, `zh`. */
  readonly language: string
  /** Real time, milliseconds since 1970. */
  readonly now: () => number
  readonly wait: (ms: number) => Promise<void>
  /** Names a request; a repeat of it keeps its name. */
  readonly newId: () => string
}

/** A client of the public API, signed in as one service principal. */
export function createClient(settings: ClientSettings): Client {
  const { credential, transport, now, wait } = settings
  const tokens = createTokenSource(credential, settings)
  const request: Client['request'] = async <Body>(
    method: string,
    path: string,
    options: RequestOptions = {},
  ) => {
    const url = addressOf(credential.origin, path, options.query ?? {})
    const sent = await sendPatiently(settings, tokens, { method, url, body: options.body })
    const { status, headers, body } = sent
    return { status, headers, body: body as Body }
  }
  const bytes: Client['bytes'] = async (path) => {
    const url = addressOf(credential.origin, path, {})
    return (await sendPatiently(settings, tokens, { method: 'GET', url, body: undefined })).bytes
  }
  const client: Client = {
    origin: credential.origin,
    request,
    bytes,
    pages: (path, options) => readPages(request, path, options),
    accepted: (answer, onProgress) =>
      followAccepted({ get: (url) => request('GET', url), now, wait }, answer, onProgress),
    token: tokens.get,
    now,
    wait,
    close: transport.close,
  }
  return client
}

/**
 * Links of the server lead to its public address. They are asked at the address that this client
 * was given: it may reach the server by another one, and its token goes to nobody else.
 */
function addressOf(
  origin: string,
  path: string,
  query: { readonly [name: string]: string },
): string {
  const { pathname, search } = new URL(path, origin)
  const url = new URL(`${pathname}${search}`, origin)
  for (const [name, value] of Object.entries(query)) url.searchParams.set(name, value)
  if (!url.searchParams.has('api-version')) {
    url.searchParams.set('api-version', apiVersionOf(url.pathname))
  }
  return url.href
}

/** How often a request is sent, at most. */
const attemptsMax = 6
/** Longer than this is not waited for one attempt, whatever the server asks. */
const waitMaxMs = 30_000

type Call = { readonly method: string; readonly url: string; readonly body: unknown }

async function sendPatiently(
  settings: ClientSettings,
  tokens: TokenSource,
  call: Call,
): Promise<Answer & TransportAnswer> {
  const requestId = settings.newId()
  let signedInAgain = false
  for (let attempt = 1; ; attempt += 1) {
    const sent = await sendOnce(settings, tokens, call, requestId)
    const answer = { ...sent, body: parseBody(sent.text) }
    if (answer.status < 400) return answer
    const expired = answer.status === 401 && !signedInAgain
    if (expired) {
      // The server's clock may be ahead of ours, or its keys may be new.
      signedInAgain = true
      tokens.forget('management')
      continue
    }
    const busy = answer.status === 429 || answer.status === 503
    if (!busy || attempt >= attemptsMax) throw errorOf(answer)
    const asked = retryAfterMs(answer.headers, 500 * 2 ** attempt, settings.now())
    await settings.wait(Math.min(asked, waitMaxMs))
  }
}

async function sendOnce(
  { transport, language }: ClientSettings,
  tokens: TokenSource,
  call: Call,
  requestId: string,
): Promise<TransportAnswer> {
  const { token } = await tokens.get('management')
  const hasBody = call.body !== undefined
  return transport.send({
    method: call.method,
    url: call.url,
    headers: {
      accept: 'application/json',
      'accept-language': language,
      authorization: `Bearer ${token}`,
      'x-ms-client-request-id': requestId,
      ...(hasBody ? { 'content-type': 'application/json' } : {}),
    },
    body: hasBody ? JSON.stringify(call.body) : null,
  })
}

async function* readPages<Item>(
  request: Client['request'],
  path: string,
  options?: RequestOptions,
): AsyncGenerator<readonly Item[]> {
  type Page = { readonly value?: readonly Item[]; readonly nextLink?: string | null }
  let next: string | null = path
  let query = options
  const seen = new Set<string>()
  while (next !== null && next !== '') {
    if (seen.has(next)) {
      const text = 'A list of the server leads back to a page of its own. Report it.'
      throw new ApiError({ status: 200, code: 'EndlessList' }, text)
    }
    seen.add(next)
    const { body }: Answer<Page> = await request<Page>('GET', next, query)
    yield body.value ?? []
    // A link holds its whole query.
    query = undefined
    next = body.nextLink ?? null
  }
}

/** All items of a list, for lists that a person reads at once. */
export async function collect<Item>(pages: AsyncIterable<readonly Item[]>): Promise<Item[]> {
  const items: Item[] = []
  for await (const page of pages) items.push(...page)
  return items
}
