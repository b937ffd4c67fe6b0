import { createHash } from 'node:crypto'
import canonicalize from 'canonicalize'

/**
 * An event as its hash covers it. `data` itself is not in it: only its salted hash is, so that the
 * data can be destroyed and the chain still verifies. Hashes are lower-case hexadecimal SHA-256,
 * instants ISO 8601 UTC.
 */
export type ChainedEvent = {
  readonly tenant: string
  readonly stream: string
  /** From 1, without gaps. */
  readonly sequence: number
  readonly type: string
  readonly schemaVersion: number
  /** On the account's clock. */
  readonly at: string
  /** Real time. */
  readonly recordedAt: string
  readonly actor: string
  readonly dataHash: string
  readonly previousHash: string
}

/** The `previousHash` of a stream's first event. */
export const genesisHash = '0'.repeat(64)

export function hashOfEvent(event: ChainedEvent): string {
  return sha256(
    canonicalJson({
      tenant: event.tenant,
      stream: event.stream,
      sequence: event.sequence,
      type: event.type,
      schemaVersion: event.schemaVersion,
      at: event.at,
      recordedAt: event.recordedAt,
      actor: event.actor,
      dataHash: event.dataHash,
      previousHash: event.previousHash,
    }),
  )
}

/** `salt` is lower-case hexadecimal. */
export function hashOfData(salt: string, data: unknown): string {
  return sha256(salt + canonicalJson(data))
}

/** RFC 8785. */
export function canonicalJson(value: unknown): string {
  const text = canonicalize(value)
  if (text === undefined) throw new TypeError('not a JSON value')
  return text
}

/** An event as the API hands it out; `data` and `salt` are null once their key was destroyed. */
export type PublishedEvent = ChainedEvent & {
  readonly hash: string
  readonly data: unknown
  readonly salt: string | null
}

export type ChainProblem = { readonly sequence: number; readonly problem: string }

/** Where the next event must join: the state of a verification that goes page by page. */
export type ChainPosition = { readonly sequence: number; readonly hash: string }

export const chainStart: ChainPosition = { sequence: 0, hash: genesisHash }

/** Checks a run of events against the position before it; answers the position after it. */
export function verifyEvents(
  from: ChainPosition,
  events: readonly PublishedEvent[],
): { readonly position: ChainPosition; readonly problems: readonly ChainProblem[] } {
  const problems: ChainProblem[] = []
  let position = from
  for (const event of events) {
    for (const problem of problemsOf(position, event)) {
      problems.push({ sequence: event.sequence, problem })
    }
    position = { sequence: event.sequence, hash: event.hash }
  }
  return { position, problems }
}

function problemsOf(before: ChainPosition, event: PublishedEvent): string[] {
  const problems: string[] = []
  if (event.sequence !== before.sequence + 1) {
    problems.push(`event ${before.sequence + 1} is missing`)
  }
  if (event.previousHash !== before.hash) problems.push('does not continue the event before it')
  if (event.hash !== hashOfEvent(event)) problems.push('was changed after it was recorded')
  if (event.salt !== null && event.dataHash !== hashOfData(event.salt, event.data)) {
    problems.push('its data was changed after it was recorded')
  }
  return problems
}

function sha256(text: string): string {
  return createHash('sha256').update(text, 'utf8').digest('hex')
}
