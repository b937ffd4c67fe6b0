import { Agent as HttpAgent, type IncomingMessage, request as plainRequest } from 'node:http'
import { Agent as HttpsAgent, request as secureRequest } from 'node:https'
import { buffer as bytesOf } from 'node:stream/consumers'
import { ApiError } from './client-error.ts'

/** One request, as it goes over the wire. */
export type TransportRequest = {
  readonly method: string
  /** Absolute. */
  readonly url: string
  readonly headers: { readonly [name: string]: string }
  readonly body: string | null
}

export type TransportAnswer = {
  readonly status: number
  /** Names in lower case. */
  readonly headers: { readonly [name: string]: string }
  readonly bytes: Uint8Array
  /** The bytes read as UTF-8. */
  readonly text: string
}

/** Carries requests. Throws an {@link ApiError} of status 0 when no answer comes. */
export type Transport = {
  readonly send: (request: TransportRequest) => Promise<TransportAnswer>
  readonly close: () => Promise<void>
}

/** Longer than any answer takes: work that lasts is polled for. */
const answerTimeoutMs = 60_000

/**
 * Sends by Node's own client: a suite that uses it runs on older Nodes than the server does. It
 * trusts the authority that is given (PEM) alone; without one, Node's own.
 */
export function createTransport(options: { readonly ca?: string | undefined }): Transport {
  const plain = new HttpAgent({ keepAlive: true })
  const secure = new HttpsAgent({
    keepAlive: true,
    ...(options.ca === undefined ? {} : { ca: options.ca }),
  })
  return {
    send: async (request) => {
      try {
        return await exchange(request, { plain, secure })
      } catch (error) {
        throw unreachable(new URL(request.url).origin, error)
      }
    },
    close: async () => {
      plain.destroy()
      secure.destroy()
    },
  }
}

type Agents = { readonly plain: HttpAgent; readonly secure: HttpsAgent }

async function exchange(request: TransportRequest, agents: Agents): Promise<TransportAnswer> {
  const { method, url, headers, body } = request
  const signal = AbortSignal.timeout(answerTimeoutMs)
  const answer = await new Promise<IncomingMessage>((resolve, reject) => {
    const sent = url.startsWith('http:')
      ? plainRequest(url, { method, headers, agent: agents.plain, signal })
      : secureRequest(url, { method, headers, agent: agents.secure, signal })
    sent.once('response', resolve)
    sent.on('error', reject)
    // Whole and in one: Node then says how long it is, as every server understands.
    sent.end(body ?? undefined)
  })
  const bytes = await bytesOf(answer)
  return {
    status: answer.statusCode ?? 0,
    headers: flatten(answer.headers),
    bytes,
    text: bytes.toString('utf8'),
  }
}

function flatten(headers: { readonly [name: string]: string | string[] | undefined }) {
  const flat: Record<string, string> = {}
  for (const [name, value] of Object.entries(headers)) {
    if (value !== undefined) flat[name] = Array.isArray(value) ? value.join(', ') : value
  }
  return flat
}

/** What went wrong on the way, with what to do about it. */
function unreachable(origin: string, error: unknown): ApiError {
  const cause = causeOf(error)
  const code = (cause as { readonly code?: string } | null)?.code ?? ''
  const facts = { status: 0, code: 'ServerUnreachable' }
  if (/CERT|SIGNATURE|SELF_SIGNED|ISSUER/.test(code) && code !== 'ERR_TLS_CERT_ALTNAME_INVALID') {
    const text =
      `The certificate of ${origin} is signed by an authority that is not trusted here ` +
      `(${code}). Name the file ca.pem from the data folder of the server: --ca <file>.`
    return new ApiError({ ...facts, code: 'CertificateNotTrusted' }, text, { cause: error })
  }
  if (code === 'ERR_TLS_CERT_ALTNAME_INVALID') {
    const text =
      `The certificate of ${origin} is for another name. Use the address that the server printed ` +
      'when it started.'
    return new ApiError({ ...facts, code: 'CertificateNotTrusted' }, text, { cause: error })
  }
  const why = cause instanceof Error && cause.message !== '' ? cause.message : code
  const text =
    `Nothing answers at ${origin} (${why}). Start the server there, or check the address and ` +
    'that no firewall lies between.'
  return new ApiError(facts, text, { cause: error })
}

/** Node wraps what happened when it tried several addresses of one name. */
function causeOf(error: unknown): unknown {
  if (error instanceof AggregateError && error.errors.length > 0) return error.errors[0]
  return error
}
