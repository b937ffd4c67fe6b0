import type { Kysely, Transaction } from 'kysely'
import { type Instant, instant } from '../kernel/instant.ts'

/** One database, embedded or a server. What it promises is the same on both engines. */
export type Database<Schema> = {
  readonly engine: 'pglite' | 'postgres'
  /** Reads, and single statements that are a change of their own, outside of a transaction. */
  readonly db: Kysely<Schema>
  /**
   * Runs `work` in one READ COMMITTED transaction. `work` may run several times (a conflict with
   * another transaction, a connection lost before the commit), so it changes nothing but the
   * database, and waits for nothing else: on the embedded engine everybody waits with it.
   *
   * @throws CommitUnknown when nobody can say whether the transaction was committed.
   * @throws DatabaseUnavailable when it surely was not, because the database could not be reached.
   */
  readonly transaction: <T>(
    work: (tx: Transaction<Schema>) => Promise<T>,
    label?: string,
    limits?: TransactionLimits,
  ) => Promise<T>
  /**
   * Tells the listeners of a channel, on every node, once the transaction has been committed. A
   * wake can be lost (a crash, a dropped connection): whoever listens also looks from time to time.
   */
  readonly wake: (tx: Transaction<Schema>, channel: string) => void
  /** Returns what ends the listening. */
  readonly onWake: (channel: string, listener: () => void) => () => void
  /** Rejects when the database cannot answer. */
  readonly ping: () => Promise<void>
  readonly close: () => Promise<void>
}

/** `none` is for work that takes as long as it takes, such as a migration. */
export type TransactionLimits = 'usual' | 'none'

/** Where warnings go: an event's name and its facts. Never given a statement's parameters. */
export type DatabaseLog = (event: string, facts: Readonly<Record<string, unknown>>) => void

/**
 * The connection broke between sending COMMIT and hearing of it, so the change may or may not be
 * there. The caller is told that it failed and may repeat it: a repeat of ours is answered, not
 * done twice.
 */
export class CommitUnknown extends Error {
  override readonly name = 'CommitUnknown'

  constructor(cause: unknown) {
    super('the database did not say whether the change was committed; ask again', { cause })
  }
}

/** The database cannot be reached, and what was asked of it was not done. */
export class DatabaseUnavailable extends Error {
  override readonly name = 'DatabaseUnavailable'

  constructor(cause: unknown) {
    super(`the database cannot be reached: ${messageOf(cause)}`, { cause })
  }
}

/** Why this process cannot start here. The text is for the operator: cause, then remedy. */
export class StartRefused extends Error {
  override readonly name = 'StartRefused'
}

/** An int8 column that holds epoch milliseconds. */
export function instantOf(value: bigint): Instant {
  return instant(Number(value))
}

export function instantOrNull(value: bigint | null): Instant | null {
  return value === null ? null : instantOf(value)
}

/** The SQLSTATE of an error of the database, for example `23505`; null for any other error. */
export function sqlStateOf(error: unknown): string | null {
  if (!(error instanceof Error) || !('code' in error)) return null
  // Node's own errors have a code as well (`EPIPE`, five characters too), but no severity.
  const isOfDatabase = 'severity' in error && typeof error.code === 'string'
  return isOfDatabase ? (error.code as string) : null
}

export function messageOf(error: unknown): string {
  if (error instanceof AggregateError && error.message === '') {
    return error.errors.map(messageOf).join('; ')
  }
  return error instanceof Error ? error.message : String(error)
}
