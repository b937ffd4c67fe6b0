import { type KeyObject, createPrivateKey, createPublicKey, sign } from 'node:crypto'
import { sql } from 'kysely'
import { type SignedHeads, type StreamHead, signedText } from '../../api/signed-heads.ts'
import type { Database } from '../database/connection.ts'
import type { Schema } from '../database/schema.ts'
import { type Clock, type Instant, addDays, later } from '../kernel/instant.ts'
import type { ClaimedWork, WorkOutcome } from '../work/work.ts'
import { type EventRecorder, tenantStream } from './record.ts'

export type SignHeadsDependencies = {
  readonly database: Database<Schema>
  readonly events: EventRecorder
  readonly clock: Clock
  /** Ed25519, PKCS#8 in PEM. */
  readonly historyKeyPem: string
}

/** One event names at most so many histories; more of them make more events. */
const headsMax = 500

/**
 * Once a day, on real time: writes down, signed, in the tenant's own history where each of its
 * other histories ends. Rewriting one of them from any point on, or dropping its end, then shows.
 */
export async function signHeads(
  work: ClaimedWork,
  dependencies: SignHeadsDependencies,
): Promise<WorkOutcome> {
  const key = createPrivateKey(dependencies.historyKeyPem)
  for (;;) {
    const signed = await signBatch(work.tenantId, key, dependencies)
    if (signed < headsMax) break
  }
  return { done: false, nextTryAt: addDays(dependencies.clock.now(), 1), error: null }
}

async function signBatch(
  tenantId: string,
  key: KeyObject,
  { database, events, clock }: SignHeadsDependencies,
): Promise<number> {
  const realNow = clock.now()
  return database.transaction(async (tx) => {
    const own = tenantStream(tenantId)
    const rows = await tx
      .selectFrom('streams')
      .select(['stream', 'sequence', 'head'])
      .where('tenant_id', '=', tenantId)
      .where('stream', '!=', own.stream)
      .where(sql<boolean>`sequence > signed_sequence`)
      .orderBy('stream')
      .limit(headsMax)
      .execute()
    if (rows.length === 0) return 0
    const heads = rows.map(({ stream, sequence, head }) => ({
      stream,
      sequence: Number(sequence),
      hash: Buffer.from(head).toString('hex'),
    }))
    const at = later(realNow, await lastAt(tx, tenantId, own.stream))
    const draft = { type: 'HeadsSigned', at, actor: 'system', data: signed(tenantId, heads, key) }
    await events.record(tx, own, [draft], realNow)
    for (const { stream, sequence } of heads) {
      await tx
        .updateTable('streams')
        .set({ signed_sequence: sequence })
        .where('tenant_id', '=', tenantId)
        .where('stream', '=', stream)
        .execute()
    }
    return heads.length
  }, 'sign heads')
}

async function lastAt(
  tx: Parameters<EventRecorder['record']>[0],
  tenantId: string,
  stream: string,
): Promise<Instant> {
  const row = await tx
    .selectFrom('streams')
    .select('last_at')
    .where('tenant_id', '=', tenantId)
    .where('stream', '=', stream)
    .forUpdate()
    .executeTakeFirst()
  return Number(row?.last_at ?? 0n) as Instant
}

function signed(tenant: string, heads: readonly StreamHead[], key: KeyObject): SignedHeads {
  const publicKey = createPublicKey(key).export({ format: 'der', type: 'spki' })
  return {
    tenant,
    heads,
    publicKey: publicKey.toString('base64'),
    signature: sign(null, signedText({ tenant, heads }), key).toString('base64'),
  }
}
