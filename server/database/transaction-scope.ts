import { AsyncLocalStorage } from 'node:async_hooks'
import { Fault } from '../kernel/assert.ts'
import type { TransactionLimits } from './connection.ts'

/** What a piece of asynchronous work is inside of. */
export type TransactionScope = {
  readonly label: string
  readonly limits: TransactionLimits
  /** `working`: the caller's code runs; before and after it, only the transaction itself does. */
  phase: 'opening' | 'working' | 'ending'
  readonly channels: Set<string>
}

const scopes = new AsyncLocalStorage<TransactionScope>()

export function runInScope<T>(scope: TransactionScope, work: () => Promise<T>): Promise<T> {
  return scopes.run(scope, work)
}

/** Runs what belongs to nobody's transaction, even when a transaction's end is what called it. */
export function runOutsideScope(work: () => void): void {
  scopes.exit(work)
}

export function currentScope(): TransactionScope | undefined {
  return scopes.getStore()
}

/**
 * A transaction waits for the database and for nothing else. Waiting for anything else in it blocks
 * the whole process on the embedded engine; waiting there for the database's main handle blocks for
 * ever. So whatever does I/O can call this first, and the slip fails on its first run, on either
 * engine.
 *
 * @param what completes the sentence, for example `the blob server was called`.
 */
export function refuseInsideTransaction(what: string): void {
  const scope = scopes.getStore()
  if (scope?.phase !== 'working') return
  throw new Fault(
    `${what} inside the transaction "${scope.label}". ` +
      'Pass the transaction on to what belongs to it, and do the rest after it',
  )
}
