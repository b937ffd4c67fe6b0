import type { ClientRequest, IncomingMessage, ServerResponse } from 'node:http'
import { pipeline } from 'node:stream/promises'
import { hasBody, linger } from './gateway-errors.ts'
import { responseHeaders } from './gateway-headers.ts'

/** The server behind did not answer, or broke off. Whether it did the work is not known. */
export class UpstreamError extends Error {
  override readonly name = 'UpstreamError'
}

/** The client has gone: there is nobody to answer. */
export class ClientGone extends Error {
  override readonly name = 'ClientGone'
}

/** The answer of the server behind; rejects with {@link UpstreamError}. */
export function answerOf(upstream: ClientRequest): Promise<IncomingMessage> {
  const answer = new Promise<IncomingMessage>((resolve, reject) => {
    upstream.once('response', resolve)
    upstream.once('close', () => reject(new UpstreamError('the connection closed')))
    // For good: an error may follow the answer, when the body it refused was still being sent.
    upstream.on('error', (error) => reject(new UpstreamError(error.message)))
  })
  // Its user may look only once the body has been sent.
  answer.catch(() => undefined)
  return answer
}

/**
 * Hands an answer on as it is; resolves when all of it has been given to the socket. Breaks the
 * client's connection when the server behind breaks off, so that half an answer is seen as half.
 */
export async function sendAnswer(
  answer: IncomingMessage,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  if (response.destroyed) throw new ClientGone()
  const partial = !request.complete && hasBody(request)
  const headers = responseHeaders(answer)
  if (partial) headers['connection'] = 'close'
  response.writeHead(answer.statusCode ?? 502, headers)
  try {
    if (!partial) return await pipeline(answer, response)
    await pipeline(answer, response, { end: false })
    linger(request, response)
  } catch (error) {
    response.destroy()
    throw new UpstreamError(String(error))
  }
}

/** Sends a request that passes no gate, body and all, and hands its answer on. */
export async function relayRead(
  request: IncomingMessage,
  response: ServerResponse,
  upstream: ClientRequest,
): Promise<void> {
  response.once('close', () => upstream.destroy())
  const answer = answerOf(upstream)
  if (hasBody(request)) request.pipe(upstream)
  else upstream.end()
  await sendAnswer(await answer, request, response)
}
