import { generateKeyPairSync, sign } from 'node:crypto'
import { expect, test } from 'vitest'
import { ApiError } from '../../api/client-error.ts'
import { genesisHash, hashOfData, hashOfEvent, type PublishedEvent } from '../../api/event-chain.ts'
import { type StreamHead, signedText } from '../../api/signed-heads.ts'
import type { Call } from '../command.ts'
import { eventsVerify } from './verify.ts'

/** The first event of a history. */
function first(stream: string, type: string, data: unknown): PublishedEvent {
  const at = '2026-11-01T00:00:00.000Z'
  const event = {
    tenant: 't',
    stream,
    sequence: 1,
    type,
    schemaVersion: 1,
    at,
    recordedAt: at,
    actor: 'system',
    dataHash: hashOfData('ab', data),
    previousHash: genesisHash,
  }
  return { ...event, hash: hashOfEvent(event), data, salt: 'ab' }
}

/** The history of a tenant in which `heads` are signed. */
function tenantHistory(heads: readonly StreamHead[]): PublishedEvent {
  const { publicKey, privateKey } = generateKeyPairSync('ed25519')
  return first('tenant', 'HeadsSigned', {
    tenant: 't',
    heads,
    publicKey: publicKey.export({ format: 'der', type: 'spki' }).toString('base64'),
    signature: sign(null, signedText({ tenant: 't', heads }), privateKey).toString('base64'),
  })
}

const eventsOf = (subscription: string): string =>
  `/subscriptions/${subscription}/providers/Reprieve.Lifecycle/events`

/** A server that has these histories, and lists nothing. */
async function verify(histories: Readonly<Record<string, readonly PublishedEvent[]>>) {
  const notFound = { status: 404, code: 'SubscriptionNotFound' }
  const client = {
    async *pages(path: string) {
      const events = histories[path]
      if (events !== undefined) yield events
      else if (path.endsWith('/events')) throw new ApiError(notFound, 'It is not there.')
      else yield []
    },
  }
  const call = { words: [], options: {}, note: () => {}, progress: { show: () => {} } }
  return eventsVerify.run({ ...call, client: async () => client } as unknown as Call)
}

test('a history that was signed and is in no list is checked, and told if it is lost', async () => {
  const purged = first('subscription/purged', 'SubscriptionCreated', {})
  const signed = tenantHistory([
    { stream: 'subscription/purged', sequence: 1, hash: purged.hash },
    { stream: 'subscription/lost', sequence: 1, hash: 'c'.repeat(64) },
  ])
  const tenant = { '/providers/Reprieve.Lifecycle/events': [signed] }
  const report = await verify({ ...tenant, [eventsOf('purged')]: [purged] })
  expect(report?.failed).toBe(true)
  expect(report?.data).toMatchObject([
    { stream: 'tenant', problems: [] },
    { stream: 'subscription/purged', events: 1, problems: [] },
    { stream: 'subscription/lost', events: 0, problems: [{ sequence: 1 }] },
  ])
  const emptied = await verify({ ...tenant, [eventsOf('purged')]: [], [eventsOf('lost')]: [] })
  expect(emptied?.failed).toBe(true)
})
