import type { PGlite, Results } from '@electric-sql/pglite'
import { DatabaseUnavailable } from './connection.ts'
import type { Answer, Session, Sessions } from './driver.ts'
import type { DurableFiles } from './durable-files.ts'
import { stopAfterCrash } from './engine-crash.ts'
import type { WireValue } from './values.ts'

/**
 * The embedded engine is one connection on this very thread: sessions queue for it. After a failure
 * of the disk or of the engine itself nothing more is sent to it: it holds locks that nobody will
 * free, and the next statement would stop the process for ever.
 */
export class PgliteSessions implements Sessions {
  readonly #engine: PGlite
  readonly #files: DurableFiles
  readonly #crash: () => unknown
  readonly #waiting: (() => void)[] = []
  #isTaken = false
  #failure: unknown

  constructor(engine: PGlite, files: DurableFiles) {
    this.#engine = engine
    this.#files = files
    this.#crash = stopAfterCrash(engine)
  }

  /** What broke the engine; undefined while it works. */
  get failure(): unknown {
    return this.#failure
  }

  async take(): Promise<Session> {
    if (this.#isTaken) await new Promise<void>((resolve) => this.#waiting.push(resolve))
    this.#isTaken = true
    return {
      run: (sql, values) => this.#run(sql, values),
      isBroken: () => this.#failure !== undefined,
    }
  }

  giveBack(): void {
    const next = this.#waiting.shift()
    // Handed on without a gap, so that nobody who comes now overtakes those who wait.
    if (next === undefined) this.#isTaken = false
    else next()
  }

  async #run(sql: string, values: readonly WireValue[]): Promise<Answer> {
    if (this.#failure !== undefined) throw unavailable(this.#failure)
    try {
      const result = await this.#send(sql, values)
      this.#failure = this.#files.failure ?? this.#crash()
      // Whatever else went wrong in there: without its completion, a command is not done.
      if (result?.command === undefined) this.#failure ??= new Error('the engine did not complete')
      if (result === undefined || this.#failure !== undefined) throw unavailable(this.#failure)
      const { command = '', rows, affectedRows = 0 } = result
      return { command, rows, affectedRows }
    } catch (error) {
      throw this.#explain(error)
    }
  }

  async #send(sql: string, values: readonly WireValue[]): Promise<Results | undefined> {
    if (values.length > 0) return this.#engine.query(sql, [...values])
    return (await this.#engine.exec(sql)).at(-1)
  }

  #explain(error: unknown): unknown {
    if (error instanceof DatabaseUnavailable) return error
    if (isRefusal(error) && this.#crash() === undefined) return withoutValues(error)
    this.#failure ??= this.#files.failure ?? error
    return unavailable(this.#failure)
  }
}

function unavailable(failure: unknown): DatabaseUnavailable {
  return new DatabaseUnavailable(
    new Error('the embedded database stopped after a failure; restart once its cause is gone', {
      cause: failure,
    }),
  )
}

/** An ordinary error, after which the engine works on; PANIC and FATAL, and any crash, are not. */
function isRefusal(error: unknown): error is Error {
  return error instanceof Error && 'severity' in error && error.severity === 'ERROR'
}

/** The engine attaches the statement's values to its errors; they could be secrets in a log. */
function withoutValues(error: Error): Error {
  for (const name of ['query', 'params', 'queryOptions']) Reflect.deleteProperty(error, name)
  return error
}
