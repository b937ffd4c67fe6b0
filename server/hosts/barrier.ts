import { createHmac, timingSafeEqual } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { type Agent, request as requestHttps } from 'node:https'
import type { Kysely } from 'kysely'
import type { Schema } from '../database/schema.ts'
import { hostsOf } from '../effects/store.ts'
import { isUuid } from '../kernel/ids.ts'
import { type Clock, minuteMs } from '../kernel/instant.ts'
import { readHost } from './hosts.ts'

export type BarrierDependencies = {
  readonly db: Kysely<Schema>
  readonly clock: Clock
  readonly hostId: string
  readonly nodeKey: Uint8Array
  readonly agent: Agent
  /** Lets go of the writes that are under way on this host. */
  readonly letGo: (subscriptionId: string) => Promise<void>
  /** The longest that any host goes on acknowledging a write after it has read the state. */
  readonly commitLimitMs: number
  readonly log: (event: string, facts: Readonly<Record<string, unknown>>) => void
}

/**
 * Called after a suspension was committed and before that is told to anybody: resolves when no host
 * that holds something of the subscription can still acknowledge a write that began before. A host
 * that does not answer is waited out: past the commit limit it acknowledges nothing by itself.
 */
export async function passBarrier(
  subscriptionId: string,
  dependencies: BarrierDependencies,
): Promise<void> {
  const { db, hostId, letGo, commitLimitMs, log } = dependencies
  const hosts = await hostsOf(db, subscriptionId)
  await Promise.all(
    hosts.map(async (host) => {
      if (host === hostId) return letGo(subscriptionId)
      const waitedOut = new Promise<void>((resolve) => setTimeout(resolve, commitLimitMs))
      const told = tellHost(host, subscriptionId, dependencies).catch(async (error: unknown) => {
        log('a host did not confirm a suspension', { host, subscriptionId, error })
        await waitedOut
      })
      return Promise.race([told, waitedOut])
    }),
  )
}

const pathShape = /^\/internal\/barriers\/([0-9a-f-]{36})$/

async function tellHost(
  hostId: string,
  subscriptionId: string,
  { db, clock, nodeKey, agent, commitLimitMs }: BarrierDependencies,
): Promise<void> {
  const host = await readHost(db, hostId)
  if (host === null) throw new Error(`host ${hostId} is not registered`)
  const path = `/internal/barriers/${subscriptionId}`
  const sentAt = String(clock.now())
  const mark = `${sentAt} ${sign(nodeKey, path, sentAt)}`
  await new Promise<void>((resolve, reject) => {
    const request = requestHttps(
      new URL(path, host.controlUrl),
      { method: 'POST', agent, headers: { [markHeader]: mark }, timeout: commitLimitMs },
      (response) => {
        response.resume()
        if (response.statusCode === 204) resolve()
        else reject(new Error(`host ${hostId} answered ${response.statusCode}`))
      },
    )
    request.on('timeout', () => request.destroy(new Error('no answer in time')))
    request.on('error', reject)
    request.end()
  })
}

const markHeader = 'x-reprieve-node'

function sign(key: Uint8Array, path: string, sentAt: string): string {
  return createHmac('sha256', key).update(`${path} ${sentAt}`).digest('hex')
}

/** Answers another node's barrier. False: the request is for somebody else, and untouched. */
export async function answerBarrier(
  request: IncomingMessage,
  response: ServerResponse,
  { nodeKey, clock, letGo }: Pick<BarrierDependencies, 'nodeKey' | 'clock' | 'letGo'>,
): Promise<boolean> {
  const subscriptionId = pathShape.exec(request.url ?? '')?.[1]
  if (subscriptionId === undefined || request.method !== 'POST') return false
  const [sentAt = '', signature = ''] = String(request.headers[markHeader] ?? '').split(' ')
  const wanted = Buffer.from(sign(nodeKey, request.url ?? '', sentAt))
  const given = Buffer.from(signature)
  const genuine = given.length === wanted.length && timingSafeEqual(given, wanted)
  const fresh = Math.abs(clock.now() - Number(sentAt)) < minuteMs
  if (!genuine || !fresh || !isUuid(subscriptionId)) return false
  await letGo(subscriptionId)
  response.writeHead(204).end()
  return true
}
