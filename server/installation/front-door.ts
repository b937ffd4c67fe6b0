import type { IncomingMessage, ServerResponse } from 'node:http'
import type { FastifyInstance } from 'fastify'
import { answerDownload } from '../billing/answer-download.ts'
import { type BarrierDependencies, answerBarrier } from '../hosts/barrier.ts'
import {
  cloudMetadata,
  cloudMetadataVersions,
  isCloudMetadataVersion,
} from '../identity/cloud-metadata.ts'
import type { Issuer } from '../identity/issuer.ts'
import { errorBody, messagesFor } from '../pipeline/answer.ts'
import { type Refusal, refusals } from '../../api/refusals.ts'
import type { Addresses } from './addresses.ts'
import type { Random } from '../kernel/ids.ts'
import { hostOf } from './host-header.ts'

export type FrontDoorDependencies = {
  readonly app: FastifyInstance
  readonly random: Random
  readonly issuer: Issuer
  readonly addresses: Addresses
  readonly hostNames: readonly string[]
  readonly barrier: Pick<BarrierDependencies, 'nodeKey' | 'clock' | 'letGo'>
  /** What the links to invoices open. */
  readonly downloads: Parameters<typeof answerDownload>[2]
  /** The published description of the API. */
  readonly openApi: object
  /** Rejects while the node cannot serve. */
  readonly ready: () => Promise<void>
}

/**
 * What both API listeners answer, in this order: health, other nodes, the issuer's own paths (whose
 * bodies it reads itself), the cloud's description, signed links to invoices, and everything else
 * by the request path.
 */
export function frontDoor(dependencies: FrontDoorDependencies) {
  const { app, issuer, barrier, hostNames, addresses, random } = dependencies
  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    if (await answerHealth(request, response, dependencies.ready)) return
    if (await answerBarrier(request, response, barrier)) return
    const host = hostOf(request.headers.host)
    if (host === null || !hostNames.includes(host)) {
      const facts = { host: host ?? '', publicUrl: addresses.publicUrl }
      sendRefusal(random, request, response, { name: 'unknownHost', facts })
      return
    }
    if (await issuer.handle(request, response)) return
    if (answerMetadata(random, request, response, addresses)) return
    if (request.url?.split('?')[0] === '/openapi.json') {
      sendJson(response, 200, dependencies.openApi)
      return
    }
    const download = await answerDownload(request, response, dependencies.downloads)
    if (download === 'answered') return
    if (download !== 'not a download') {
      sendRefusal(random, request, response, download)
      return
    }
    app.routing(request, response)
  }
  return (request: IncomingMessage, response: ServerResponse): void => {
    answer(request, response).catch((error: unknown) => {
      app.log.error({ error }, 'fault at the front door')
      response.destroy()
    })
  }
}

async function answerHealth(
  request: IncomingMessage,
  response: ServerResponse,
  ready: () => Promise<void>,
): Promise<boolean> {
  const path = request.url?.split('?')[0]
  if (path === '/healthz') {
    sendJson(response, 200, { status: 'ok' })
    return true
  }
  if (path !== '/readyz') return false
  try {
    await ready()
    sendJson(response, 200, { status: 'ready' })
  } catch {
    sendJson(response, 503, { status: 'not ready', reason: 'the database does not answer' })
  }
  return true
}

function answerMetadata(
  random: Random,
  request: IncomingMessage,
  response: ServerResponse,
  addresses: Addresses,
): boolean {
  const url = new URL((request.url ?? '/').replace(/^\/+/, '/'), addresses.publicUrl)
  if (url.pathname.toLowerCase() !== '/metadata/endpoints') return false
  const apiVersion = url.searchParams.get('api-version')
  if (apiVersion === null || !isCloudMetadataVersion(apiVersion)) {
    const refusal: Refusal =
      apiVersion === null
        ? { name: 'missingApiVersion', facts: {} }
        : {
            name: 'unsupportedApiVersion',
            facts: { type: 'metadata/endpoints', apiVersion, supported: cloudMetadataVersions },
          }
    sendRefusal(random, request, response, refusal)
    return true
  }
  const body = cloudMetadata(apiVersion, {
    cloudName: 'Reprieve',
    publicOrigin: addresses.publicUrl,
    portalOrigin: addresses.httpUrl,
    storageSuffix: new URL(addresses.publicBlobUrl).host,
  })
  sendJson(response, 200, body)
  return true
}

/** As the request path refuses: with an id to ask about, and the code beside the body. */
function sendRefusal(
  random: Random,
  request: IncomingMessage,
  response: ServerResponse,
  refusal: Refusal,
): void {
  const body = errorBody(refusal, messagesFor(request.headers['accept-language']))
  const requestId = random.uuid()
  response.setHeader('x-ms-request-id', requestId)
  response.setHeader('x-ms-correlation-request-id', requestId)
  response.setHeader('x-ms-error-code', body.error.code)
  response.setHeader('cache-control', 'no-store')
  sendJson(response, refusals[refusal.name].status, body)
}

function sendJson(response: ServerResponse, status: number, body: object): void {
  response
    .writeHead(status, { 'content-type': 'application/json; charset=utf-8' })
    .end(JSON.stringify(body))
}
