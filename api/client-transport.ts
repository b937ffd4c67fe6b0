import { Agent, request } from 'undici'
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
  readonly text: string
}

/** Carries requests. Throws an {@link ApiError} of status 0 when no answer comes. */
export type Transport = {
  readonly send: (request: TransportRequest) => Promise<TransportAnswer>
  readonly close: () => Promise<void>
}

/** Longer than any answer takes: work that lasts is polled for. */
const answerTimeoutMs = 60_000

/** Sends by Node. It trusts the authority that is given (PEM) alone; without one, Node's own. */
export function createTransport(options: { readonly ca?: string | undefined }): Transport {
  const dispatcher = new Agent({
    connect: { timeout: 10_000, ...(options.ca === undefined ? {} : { ca: options.ca }) },
    headersTimeout: answerTimeoutMs,
    bodyTimeout: answerTimeoutMs,
  })
  return {
    send: async ({ method, url, headers, body }) => {
      try {
        const answer = await request(url, { method, headers, body, dispatcher })
        return {
          status: answer.statusCode,
          headers: flatten(answer.headers),
          text: await answer.body.text(),
        }
      } catch (error) {
        throw unreachable(new URL(url).origin, error)
      }
    },
    close: () => dispatcher.close(),
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
