import type { IncomingMessage } from 'node:http'
import { Readable } from 'node:stream'

/** A token request is a short form; nothing honest comes near this. */
export const formLimitBytes = 32 * 1024

/** The whole body of a request, or null when it is larger than {@link formLimitBytes}. */
export async function readBody(request: IncomingMessage): Promise<Buffer | null> {
  if (Number(request.headers['content-length'] ?? 0) > formLimitBytes) return null
  const chunks: Buffer[] = []
  let received = 0
  for await (const chunk of request.iterator({ destroyOnReturn: false })) {
    const bytes: Buffer = Buffer.isBuffer(chunk) ? chunk : Buffer.from(String(chunk))
    received += bytes.length
    if (received > formLimitBytes) return null
    chunks.push(bytes)
  }
  return Buffer.concat(chunks)
}

/**
 * The client id that a token request names, in the form or as the user of basic authentication;
 * null when there is none. It only finds the tenant and words a refusal: whether the request is
 * well-formed and the secret right is for the OpenID library to say.
 */
export function clientIdOf(body: Buffer, authorization: string | undefined): string | null {
  const inForm = new URLSearchParams(body.toString('utf8')).get('client_id')
  if (inForm !== null && inForm !== '') return inForm
  const basic = /^basic +(\S+)$/i.exec(authorization ?? '')?.[1]
  if (basic === undefined) return null
  const [user] = Buffer.from(basic, 'base64').toString('utf8').split(':')
  return user === undefined || user === '' ? null : user
}

/**
 * The request as the OpenID library is to see it: under the public origin, at the path that the
 * library knows, with the headers that it may act on and no others. So no link can ever be made
 * from what a caller wrote into `Host`, `X-Forwarded-*` or an absolute request target.
 */
export function libraryRequest(options: {
  readonly original: IncomingMessage
  readonly publicOrigin: string
  readonly method: 'GET' | 'POST'
  readonly mountPath: string
  readonly path: string
  readonly body: Buffer
}): IncomingMessage {
  const { original, body } = options
  const origin = new URL(options.publicOrigin)
  const headers: Record<string, string> = { host: origin.host, accept: 'application/json' }
  for (const name of ['authorization', 'content-type'] as const) {
    const value = original.headers[name]
    if (value !== undefined) headers[name] = value
  }
  if (options.method === 'POST') headers['content-length'] = String(body.length)

  const request = Object.assign(Readable.from(body.length === 0 ? [] : [body]), {
    method: options.method,
    url: options.path,
    originalUrl: options.mountPath + options.path,
    headers,
    httpVersion: original.httpVersion,
    httpVersionMajor: original.httpVersionMajor,
    httpVersionMinor: original.httpVersionMinor,
    socket: {
      encrypted: origin.protocol === 'https:',
      remoteAddress: original.socket.remoteAddress,
    },
  })
  // The library reads nothing of a request but these fields and the stream.
  return request as unknown as IncomingMessage
}
