import type { Kysely, Transaction } from 'kysely'
import { Fault, assert } from '../kernel/assert.ts'
import type { Random } from '../kernel/ids.ts'
import {
  type DatabaseLog,
  DatabaseUnavailable,
  type TransactionLimits,
  sqlStateOf,
} from './connection.ts'
import { type TransactionScope, refuseInsideTransaction, runInScope } from './transaction-scope.ts'

export type TransactionSettings = {
  readonly random: Random
  readonly log: DatabaseLog
  /** A transaction that is open for longer is logged with its label. */
  readonly transactionLimitMs?: number
  /** One that is open for longer is rolled back and fails. */
  readonly transactionAbandonMs?: number
  /** How often the work is tried when others are in its way, or the connection breaks. */
  readonly transactionAttempts?: number
}

type Settled = Required<TransactionSettings>

const defaults = {
  transactionLimitMs: 5_000,
  transactionAbandonMs: 60_000,
  transactionAttempts: 6,
}

/**
 * The wait before the second attempt is up to this long, and up to twice as long each time after.
 */
const firstPauseMs = 20

export type Transactions<Schema> = {
  readonly transaction: <T>(
    work: (tx: Transaction<Schema>) => Promise<T>,
    label?: string,
    limits?: TransactionLimits,
  ) => Promise<T>
  readonly wake: (tx: Transaction<Schema>, channel: string) => void
}

/** @param deliver is told the channels to wake once their transaction is committed. */
export function createTransactions<Schema>(
  db: Kysely<Schema>,
  settings: TransactionSettings,
  deliver: (channels: ReadonlySet<string>) => void,
): Transactions<Schema> {
  const settled: Settled = { ...defaults, ...settings }
  const scopes = new WeakMap<object, TransactionScope>()
  const once = async <T>(
    work: (tx: Transaction<Schema>) => Promise<T>,
    label: string,
    limits: TransactionLimits,
  ): Promise<T> => {
    const scope: TransactionScope = { label, limits, phase: 'opening', channels: new Set() }
    const builder = db.transaction().setIsolationLevel('read committed')
    const result = await runInScope(scope, () =>
      builder.execute(async (tx) => {
        scopes.set(tx, scope)
        scope.phase = 'working'
        try {
          return await watch(work(tx), scope, settled)
        } finally {
          scope.phase = 'ending'
        }
      }),
    )
    if (scope.channels.size > 0) deliver(scope.channels)
    return result
  }
  return {
    transaction: async (work, label = 'unnamed', limits = 'usual') => {
      refuseInsideTransaction(`a second transaction, "${label}", was begun`)
      return retry(() => once(work, label, limits), label, settled)
    },
    wake: (tx, channel) => {
      const scope = scopes.get(tx)
      assert(scope !== undefined, 'a wake is given the handle that transaction() handed out')
      scope.channels.add(channel)
    },
  }
}

async function retry<T>(attempt: () => Promise<T>, label: string, settled: Settled): Promise<T> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await attempt()
    } catch (error) {
      if (tries >= settled.transactionAttempts || !mayTryAgain(error)) throw error
      settled.log('transactionTriedAgain', { label, tries, sqlState: sqlStateOf(error) })
      await pause(firstPauseMs * 2 ** (tries - 1) * fraction(settled.random))
    }
  }
}

/** Nothing of the transaction was kept, and there is reason to hope for better next time. */
function mayTryAgain(error: unknown): boolean {
  const state = sqlStateOf(error)
  return state === '40001' || state === '40P01' || error instanceof DatabaseUnavailable
}

/** Evenly between 0 and 1, so that those who collided do not collide again. */
function fraction(random: Random): number {
  const [high = 0, low = 0] = random.bytes(2)
  return (high * 256 + low) / 65_536
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms))
}

async function watch<T>(work: Promise<T>, scope: TransactionScope, settled: Settled): Promise<T> {
  if (scope.limits === 'none') return work
  const { label } = scope
  const startedAt = performance.now()
  const openMs = (): number => Math.round(performance.now() - startedAt)
  let limit: NodeJS.Timeout | undefined
  let end: NodeJS.Timeout | undefined
  const abandoned = new Promise<never>((_resolve, reject) => {
    limit = setTimeout(() => {
      settled.log('transactionOpenTooLong', { label, openMs: openMs() })
    }, settled.transactionLimitMs)
    end = setTimeout(() => {
      reject(new Fault(`the transaction "${label}" was rolled back: open for ${openMs()} ms`))
    }, settled.transactionAbandonMs)
    // A timer alone is no reason to keep a process that has nothing else left to do.
    limit.unref()
    end.unref()
  })
  try {
    return await Promise.race([work, abandoned])
  } finally {
    clearTimeout(limit)
    clearTimeout(end)
  }
}
