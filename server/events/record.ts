import type { Transaction } from 'kysely'
import { genesisHash, hashOfData, hashOfEvent } from '../../api/event-chain.ts'
import { open, seal } from '../identity/sealing.ts'
import type { Schema } from '../database/schema.ts'
import { assert } from '../kernel/assert.ts'
import type { Random } from '../kernel/ids.ts'
import { type Instant, formatInstant } from '../kernel/instant.ts'

/** Where an event belongs. Streams: `tenant`, `account/<name>`, `subscription/<id>`. */
export type StreamName = { readonly tenantId: string; readonly stream: string }

export type EventDraft = {
  readonly type: string
  /** On the clock of the stream's billing account; never before the stream's last event. */
  readonly at: Instant
  /** A principal's object id, or `system`. */
  readonly actor: string
  /** Ids and dates; never names, addresses or secrets. */
  readonly data: object
}

/** Appends to the chains. Knows the key that seals the streams' own keys. */
export type EventRecorder = {
  readonly record: (
    tx: Transaction<Schema>,
    stream: StreamName,
    drafts: readonly EventDraft[],
    recordedAt: Instant,
  ) => Promise<void>
  /**
   * Destroys every key of a stream: its events can never be read again, its chain still verifies.
   * What is recorded after it is sealed with a new key.
   */
  readonly destroyKeys: (tx: Transaction<Schema>, stream: StreamName) => Promise<void>
}

export const eventSchemaVersion = 1

export function subscriptionStream(tenantId: string, subscriptionId: string): StreamName {
  return { tenantId, stream: `subscription/${subscriptionId}` }
}

export function accountStream(tenantId: string, nameKey: string): StreamName {
  return { tenantId, stream: `account/${nameKey}` }
}

export function tenantStream(tenantId: string): StreamName {
  return { tenantId, stream: 'tenant' }
}

export function createEventRecorder(options: {
  readonly masterKey: Uint8Array
  readonly random: Random
}): EventRecorder {
  const { masterKey, random } = options
  return {
    record: async (tx, stream, drafts, recordedAt) => {
      if (drafts.length === 0) return
      const head = await lockHead(tx, stream, masterKey, random)
      const key = await readKey(tx, stream, head.keyNumber, masterKey)
      assert(key !== null, 'the current key of a stream is never destroyed')
      const rows = []
      let previous = head
      for (const draft of drafts) {
        assert(draft.at >= previous.lastAt, `${stream.stream}: an event before the last one`)
        const row = chainEvent(stream, previous, draft, recordedAt, { key, random })
        rows.push(row)
        previous = {
          ...previous,
          sequence: row.sequence,
          head: row.hash,
          lastAt: draft.at,
        }
      }
      await tx.insertInto('events').values(rows).execute()
      await tx
        .updateTable('streams')
        .set({ sequence: previous.sequence, head: previous.head, last_at: previous.lastAt })
        .where('tenant_id', '=', stream.tenantId)
        .where('stream', '=', stream.stream)
        .execute()
    },
    destroyKeys: async (tx, stream) => {
      const head = await lockHead(tx, stream, masterKey, random)
      await tx
        .updateTable('stream_keys')
        .set({ sealed: null })
        .where('tenant_id', '=', stream.tenantId)
        .where('stream', '=', stream.stream)
        .execute()
      await tx
        .updateTable('events')
        .set({ sealed_data: null })
        .where('tenant_id', '=', stream.tenantId)
        .where('stream', '=', stream.stream)
        .execute()
      await insertKey(tx, stream, head.keyNumber + 1, masterKey, random)
      await tx
        .updateTable('streams')
        .set({ key_number: head.keyNumber + 1 })
        .where('tenant_id', '=', stream.tenantId)
        .where('stream', '=', stream.stream)
        .execute()
    },
  }
}

type Head = {
  readonly sequence: number
  readonly head: Uint8Array
  readonly lastAt: number
  readonly keyNumber: number
}

async function lockHead(
  tx: Transaction<Schema>,
  stream: StreamName,
  masterKey: Uint8Array,
  random: Random,
): Promise<Head> {
  const found = await tx
    .selectFrom('streams')
    .selectAll()
    .where('tenant_id', '=', stream.tenantId)
    .where('stream', '=', stream.stream)
    .forUpdate()
    .executeTakeFirst()
  if (found !== undefined) {
    return {
      sequence: Number(found.sequence),
      head: found.head,
      lastAt: Number(found.last_at),
      keyNumber: found.key_number,
    }
  }
  const head: Head = {
    sequence: 0,
    head: Buffer.from(genesisHash, 'hex'),
    lastAt: 0,
    keyNumber: 1,
  }
  await tx
    .insertInto('streams')
    .values({
      tenant_id: stream.tenantId,
      stream: stream.stream,
      sequence: 0,
      head: head.head,
      last_at: 0,
      key_number: 1,
      signed_sequence: 0,
    })
    .execute()
  await insertKey(tx, stream, 1, masterKey, random)
  return head
}

async function insertKey(
  tx: Transaction<Schema>,
  stream: StreamName,
  keyNumber: number,
  masterKey: Uint8Array,
  random: Random,
): Promise<void> {
  await tx
    .insertInto('stream_keys')
    .values({
      tenant_id: stream.tenantId,
      stream: stream.stream,
      key_number: keyNumber,
      sealed: seal(masterKey, labelOf(stream, keyNumber), random.bytes(32), random),
    })
    .execute()
}

/** The key that seals a stream's data; null once destroyed. */
export async function readKey(
  db: Pick<Transaction<Schema>, 'selectFrom'>,
  stream: StreamName,
  keyNumber: number,
  masterKey: Uint8Array,
): Promise<Uint8Array | null> {
  const row = await db
    .selectFrom('stream_keys')
    .select('sealed')
    .where('tenant_id', '=', stream.tenantId)
    .where('stream', '=', stream.stream)
    .where('key_number', '=', keyNumber)
    .executeTakeFirst()
  if (row === undefined || row.sealed === null) return null
  return open(masterKey, labelOf(stream, keyNumber), row.sealed)
}

function labelOf(stream: StreamName, keyNumber: number): string {
  return `stream-key ${stream.tenantId} ${stream.stream} ${keyNumber}`
}

/** What is sealed: the data and the salt of its hash, so that both go with the key. */
export type SealedData = { readonly salt: string; readonly data: unknown }

export function dataLabel(stream: StreamName, sequence: number): string {
  return `event ${stream.tenantId} ${stream.stream} ${sequence}`
}

function chainEvent(
  stream: StreamName,
  previous: Head,
  draft: EventDraft,
  recordedAt: Instant,
  sealing: { readonly key: Uint8Array; readonly random: Random },
) {
  const sequence = previous.sequence + 1
  const salt = Buffer.from(sealing.random.bytes(16)).toString('hex')
  const dataHash = hashOfData(salt, draft.data)
  const previousHash = Buffer.from(previous.head).toString('hex')
  const hash = hashOfEvent({
    tenant: stream.tenantId,
    stream: stream.stream,
    sequence,
    type: draft.type,
    schemaVersion: eventSchemaVersion,
    at: formatInstant(draft.at),
    recordedAt: formatInstant(recordedAt),
    actor: draft.actor,
    dataHash,
    previousHash,
  })
  const sealed: SealedData = { salt, data: draft.data }
  return {
    tenant_id: stream.tenantId,
    stream: stream.stream,
    sequence,
    type: draft.type,
    schema_version: eventSchemaVersion,
    at: draft.at,
    recorded_at: recordedAt,
    actor: draft.actor,
    key_number: previous.keyNumber,
    sealed_data: seal(
      sealing.key,
      dataLabel(stream, sequence),
      JSON.stringify(sealed),
      sealing.random,
    ),
    data_hash: Buffer.from(dataHash, 'hex'),
    previous_hash: previous.head,
    hash: Buffer.from(hash, 'hex'),
  }
}
