import type { IncomingMessage, ServerResponse } from 'node:http'
import { formatInstant, type Instant } from '../../kernel/instant.ts'

/** An answer that is an error of the blob service, in its own words and codes. */
export type StorageError = {
  readonly status: number
  readonly code: string
  readonly message: string
  readonly headers?: Readonly<Record<string, string>>
}

const retrySoon = { 'retry-after': '2' }

export const storageErrors = {
  notFound: {
    status: 404,
    code: 'ResourceNotFound',
    message: 'The specified resource does not exist.',
  },
  invalidUri: {
    status: 400,
    code: 'InvalidUri',
    message:
      'The requested URI does not represent any resource on the server. Use ' +
      'https://{host}/{account}/{container}/{blob}, each query parameter once.',
  },
  readOnly: {
    status: 403,
    code: 'InsufficientAccountPermissions',
    message:
      'The storage account is read-only because its subscription is disabled. Reads work as ' +
      'before. Writes work again once the owner of the subscription has reactivated it.',
  },
  lengthRequired: {
    status: 411,
    code: 'MissingContentLengthHeader',
    message: 'A request that writes needs the Content-Length header; chunked bodies are not taken.',
  },
  bodyTooLarge: {
    status: 413,
    code: 'RequestBodyTooLarge',
    message: 'The request body is larger than this operation takes.',
  },
  serverBusy: {
    status: 503,
    code: 'ServerBusy',
    message: 'The server is currently unable to receive requests. Please retry your request.',
    headers: retrySoon,
  },
  timedOut: {
    status: 500,
    code: 'OperationTimedOut',
    message: 'The operation could not be completed within the permitted time.',
  },
  internal: {
    status: 500,
    code: 'InternalError',
    message: 'The server encountered an internal error. Please retry the request.',
  },
  invalidToken: {
    status: 401,
    code: 'InvalidAuthenticationInfo',
    message: 'The token was not accepted. Sign in again and repeat the request with a new token.',
  },
  notPermitted: {
    status: 403,
    code: 'AuthorizationPermissionMismatch',
    message:
      'This request is not authorized to perform this operation using this permission. Ask ' +
      'an owner of the storage account for a role that allows it.',
  },
  notByToken: {
    status: 403,
    code: 'AuthorizationFailure',
    message:
      'This operation cannot be authorized with a token here. Use an account key, or a ' +
      'shared access signature.',
  },
  mixedCredentials: {
    status: 400,
    code: 'InvalidAuthenticationInfo',
    message: 'Give either an Authorization header or a shared access signature, not both.',
  },
  wrongAddress: {
    status: 403,
    code: 'AuthorizationSourceIPMismatch',
    message: 'This request is not authorized from this source IP address.',
  },
  noPublicAccess: {
    status: 409,
    code: 'PublicAccessNotPermitted',
    message: 'Public access is not permitted on this storage account.',
  },
  copySourceUnsigned: {
    status: 403,
    code: 'CannotVerifyCopySource',
    message:
      'The copy source may not be read with this shared access signature. Add a shared ' +
      'access signature to its URL too.',
  },
} as const satisfies Readonly<Record<string, StorageError>>

type Answering = {
  readonly request: IncomingMessage
  readonly response: ServerResponse
  readonly requestId: string
  readonly now: Instant
}

/**
 * How long, and how much of, a refused body is still taken in so that its sender reads the answer.
 */
const lingerMs = 2_000
const lingerBytes = 4 * 1024 * 1024

/**
 * Answers with an error. When the request's body has not all come, the rest is thrown away for a
 * moment and the connection closed: one that is reset at once takes the answer with it.
 */
export function answerError(answering: Answering, error: StorageError): void {
  const { request, response, requestId } = answering
  if (response.headersSent || response.destroyed) {
    response.destroy()
    return
  }
  const body = request.method === 'HEAD' ? '' : errorBody(error, answering)
  const partial = !request.complete && hasBody(request)
  response.writeHead(error.status, {
    ...('headers' in error ? error.headers : {}),
    'content-type': 'application/xml',
    'content-length': Buffer.byteLength(body),
    'x-ms-error-code': error.code,
    'x-ms-request-id': requestId,
    'x-ms-version': versionFor(request),
    ...(partial ? { connection: 'close' } : {}),
  })
  if (!partial) {
    response.end(body)
    return
  }
  response.write(body)
  linger(request, response)
}

/** Takes in what is left of the request, within bounds, then ends the answer. */
export function linger(request: IncomingMessage, response: ServerResponse): void {
  if (request.complete || request.destroyed) {
    response.end()
    return
  }
  let left = lingerBytes
  // A real timer: it bounds a connection, not a date of a customer.
  const timer = setTimeout(() => response.end(), lingerMs)
  request.on('data', (chunk: Buffer) => {
    left -= chunk.length
    if (left <= 0) response.end()
  })
  request.once('end', () => response.end())
  request.once('error', () => response.destroy())
  response.once('close', () => clearTimeout(timer))
  request.resume()
}

export function hasBody({ headers }: IncomingMessage): boolean {
  return 'transfer-encoding' in headers || Number(headers['content-length'] ?? 0) > 0
}

function errorBody(error: StorageError, { requestId, now }: Answering): string {
  const message = `${error.message}\nRequestId:${requestId}\nTime:${formatInstant(now)}`
  const text = `<Code>${error.code}</Code><Message>${message}</Message>`
  return `<?xml version="1.0" encoding="utf-8"?><Error>${text}</Error>`
}

const latestVersion = '2025-11-05'

function versionFor({ headers }: IncomingMessage): string {
  const asked = headers['x-ms-version']
  return typeof asked === 'string' && /^\d{4}-\d\d-\d\d$/.test(asked) ? asked : latestVersion
}
