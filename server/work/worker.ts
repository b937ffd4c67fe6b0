import type { Kysely } from 'kysely'
import type { Schema } from '../database/schema.ts'
import { type Clock, addMs } from '../kernel/instant.ts'
import {
  type ClaimedWork,
  type WorkOutcome,
  claimWork,
  releaseLeases,
  renewLease,
  settleWork,
} from './work.ts'

/**
 * Does one kind of work. At least once: it reads again, decides again and takes "already so" for
 * success. May throw: the work is then tried again, later each time.
 */
export type WorkHandler = (work: ClaimedWork) => Promise<WorkOutcome>

export type WorkerLog = {
  readonly error: (details: object, message: string) => void
}

export type WorkerOptions = {
  readonly db: Kysely<Schema>
  readonly clock: Clock
  readonly hostId: string
  readonly handlers: { readonly [kind: string]: WorkHandler }
  readonly log: WorkerLog
  /** How many orders are under way at once. Most of them wait for a provider. */
  readonly slots: number
  readonly leaseMs: number
  /** How often it looks without having been woken: for due dates and lost wakes. */
  readonly pollMs: number
}

export type Worker = {
  /** Something may be ready: look now. */
  readonly wake: () => void
  /** Takes no more work and waits for what is under way. */
  readonly stop: () => Promise<void>
}

const firstBackoffMs = 250
const longestBackoffMs = 60_000

/** Claims what is ready, loops while there is more, sleeps until woken. */
export function startWorker(options: WorkerOptions): Worker {
  const { db, hostId, log } = options
  const running = new Map<Promise<void>, string>()
  // What this host had when it ended last is nobody's now; so is what the database lost track of.
  let hasStrays = true
  let stopped = false
  let signal = Promise.withResolvers<void>()

  const wake = (): void => signal.resolve()

  const sweep = async (): Promise<void> => {
    const free = options.slots - running.size
    if (free <= 0) return
    if (hasStrays) {
      hasStrays = false
      await releaseLeases(db, hostId, [...running.values()])
    }
    const claimed = await claim(options, free)
    for (const work of claimed) {
      const done = carryOut(work, options, wake).then((isSettled) => {
        if (!isSettled) hasStrays = true
        running.delete(done)
        wake()
      })
      running.set(done, work.workId)
    }
    if (claimed.length === free) wake()
  }

  const loop = async (): Promise<void> => {
    while (!stopped) {
      signal = Promise.withResolvers<void>()
      await sweep().catch((error: unknown) => {
        // It may have claimed something all the same.
        hasStrays = true
        log.error({ error }, 'cannot look for work')
      })
      // A real timer: dates are rows, this only bounds how late one is seen.
      const timer = setTimeout(wake, options.pollMs)
      await signal.promise
      clearTimeout(timer)
    }
  }

  const finished = loop()
  return {
    wake,
    stop: async () => {
      stopped = true
      wake()
      await finished
      await Promise.allSettled(running.keys())
    },
  }
}

function claim(
  { db, clock, hostId, leaseMs }: WorkerOptions,
  limit: number,
): Promise<readonly ClaimedWork[]> {
  const realNow = clock.now()
  return claimWork(db, { hostId, realNow, leaseUntil: addMs(realNow, leaseMs), limit })
}

/** Answers whether the work was settled. If not, it is still leased, to nobody who is at it. */
async function carryOut(
  work: ClaimedWork,
  options: WorkerOptions,
  wake: () => void,
): Promise<boolean> {
  const { db, clock, log, leaseMs } = options
  const renewal = setInterval(() => {
    renewLease(db, work, addMs(clock.now(), leaseMs)).catch((error: unknown) =>
      log.error({ error, kind: work.kind }, 'cannot renew a lease'),
    )
  }, leaseMs / 3)
  try {
    const outcome = await doWork(work, options)
    if (!outcome.done) setTimeout(wake, Math.max(0, outcome.nextTryAt - clock.now())).unref()
    return true
  } catch (error) {
    log.error({ error, kind: work.kind, key: work.key }, 'cannot settle work')
    return false
  } finally {
    clearInterval(renewal)
  }
}

/** One try of claimed work, from its handler to its settlement. A failure is an outcome as well. */
export async function doWork(
  work: ClaimedWork,
  options: Pick<WorkerOptions, 'db' | 'clock' | 'log' | 'handlers'>,
): Promise<WorkOutcome> {
  const outcome = await outcomeOf(work, options)
  await settleWork(options.db, work, outcome, options.clock.now())
  return outcome
}

async function outcomeOf(
  work: ClaimedWork,
  { clock, log, handlers }: Pick<WorkerOptions, 'clock' | 'log' | 'handlers'>,
): Promise<WorkOutcome> {
  const handler = handlers[work.kind]
  try {
    if (handler === undefined) throw new Error(`no handler for work of kind ${work.kind}`)
    return await handler(work)
  } catch (error) {
    log.error({ error, kind: work.kind, key: work.key, attempts: work.attempts }, 'work failed')
    const backoffMs = Math.min(firstBackoffMs * 2 ** Math.min(work.attempts, 16), longestBackoffMs)
    return {
      done: false,
      nextTryAt: addMs(clock.now(), backoffMs),
      error: error instanceof Error ? error.message : String(error),
    }
  }
}
