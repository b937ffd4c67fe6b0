import type { Kysely } from 'kysely'
import type { PublishedEvent } from '../../api/event-chain.ts'
import { instantOf } from '../database/connection.ts'
import type { Schema } from '../database/schema.ts'
import { openText } from '../identity/sealing.ts'
import { formatInstant } from '../kernel/instant.ts'
import { type SealedData, type StreamName, dataLabel, readKey } from './record.ts'

/** The events of a stream after `after`, in order; at most `limit`. */
export async function readEvents(
  db: Kysely<Schema>,
  stream: StreamName,
  page: { readonly after: number; readonly limit: number },
  masterKey: Uint8Array,
): Promise<readonly PublishedEvent[]> {
  const rows = await db
    .selectFrom('events')
    .selectAll()
    .where('tenant_id', '=', stream.tenantId)
    .where('stream', '=', stream.stream)
    .where('sequence', '>', BigInt(page.after))
    .orderBy('sequence')
    .limit(page.limit)
    .execute()
  const keys = new Map<number, Uint8Array | null>()
  for (const keyNumber of new Set(rows.map((row) => row.key_number))) {
    keys.set(keyNumber, await readKey(db, stream, keyNumber, masterKey))
  }
  return rows.map((row) => {
    const sequence = Number(row.sequence)
    const key = keys.get(row.key_number) ?? null
    const sealed =
      key === null || row.sealed_data === null
        ? null
        : unseal(key, dataLabel(stream, sequence), row.sealed_data)
    return {
      tenant: row.tenant_id,
      stream: row.stream,
      sequence,
      type: row.type,
      schemaVersion: row.schema_version,
      at: formatInstant(instantOf(row.at)),
      recordedAt: formatInstant(instantOf(row.recorded_at)),
      actor: row.actor,
      dataHash: hex(row.data_hash),
      previousHash: hex(row.previous_hash),
      hash: hex(row.hash),
      data: sealed?.data ?? null,
      salt: sealed?.salt ?? null,
    }
  })
}

function unseal(key: Uint8Array, label: string, sealed: string): SealedData {
  return JSON.parse(openText(key, label, sealed)) as SealedData
}

function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex')
}
