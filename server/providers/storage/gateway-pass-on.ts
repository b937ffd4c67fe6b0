import { createHmac, timingSafeEqual } from 'node:crypto'
import {
  type Agent,
  type ClientRequest,
  type IncomingMessage,
  type OutgoingHttpHeaders,
  request as requestHttp,
  type ServerResponse,
} from 'node:http'
import { request as requestHttps } from 'node:https'
import { type Instant, minuteMs } from '../../kernel/instant.ts'
import { hasBody } from './gateway-errors.ts'
import { requestHeaders } from './gateway-headers.ts'
import { answerOf, sendAnswer } from './gateway-upstream.ts'

const passedOnHeader = 'x-reprieve-passed-on'

/** What a host says when it passes a request on: once only, and for which client. */
export type PassedOn = {
  /** The client's address, when the host that passed it on could be believed; else null. */
  readonly clientAddress: string | null
}

/** Reads the mark of another host. Null when the request comes from a client. */
export function readPassedOn(
  request: IncomingMessage,
  key: Uint8Array,
  now: Instant,
): PassedOn | null {
  const mark = request.headers[passedOnHeader]
  if (mark === undefined) return null
  const [address = '', sentAt = '', signature = ''] = String(mark).split(' ')
  const wanted = Buffer.from(sign(request, key, address, sentAt))
  const given = Buffer.from(signature)
  const genuine = given.length === wanted.length && timingSafeEqual(given, wanted)
  // A mark that is not genuine still stops a circle; it only says nothing about the client.
  const fresh = Math.abs(now - Number(sentAt)) < minuteMs
  return { clientAddress: genuine && fresh ? address : null }
}

type PassOn = {
  readonly request: IncomingMessage
  readonly response: ServerResponse
  readonly hostUrl: string
  readonly agent: Agent
  readonly key: Uint8Array
  readonly clientAddress: string
  readonly now: Instant
}

/** Passes a request on to the host that owns the account, untouched, and its answer back. */
export async function passOn(options: PassOn): Promise<void> {
  const { request, response, clientAddress, now } = options
  const sentAt = String(now)
  const mark = `${clientAddress} ${sentAt} ${sign(request, options.key, clientAddress, sentAt)}`
  const headers = { ...requestHeaders(request), [passedOnHeader]: mark }
  const upstream = openTo(options, headers)
  response.once('close', () => upstream.destroy())
  const answer = answerOf(upstream)
  if (!hasBody(request)) {
    upstream.end()
  } else if (request.headers.expect === undefined) {
    request.pipe(upstream)
  } else {
    // The owner says whether it wants the body at all; until then it stays with the client.
    upstream.once('continue', () => {
      response.writeContinue()
      request.pipe(upstream)
    })
    upstream.flushHeaders()
  }
  await sendAnswer(await answer, request, response)
}

function openTo({ request, hostUrl, agent }: PassOn, headers: OutgoingHttpHeaders): ClientRequest {
  const expect = request.headers.expect
  const send = hostUrl.startsWith('https:') ? requestHttps : requestHttp
  const { hostname, port, protocol } = new URL(hostUrl)
  return send({
    agent,
    protocol,
    hostname,
    port,
    method: request.method,
    path: request.url,
    headers: expect === undefined ? headers : { ...headers, expect },
  })
}

function sign(
  { method, url }: IncomingMessage,
  key: Uint8Array,
  address: string,
  sentAt: string,
): string {
  const text = JSON.stringify(['passed on', method, url, address, sentAt])
  return createHmac('sha256', key).update(text).digest('base64url')
}
