import type { PGlite } from '@electric-sql/pglite'
import { Fault, assert } from '../kernel/assert.ts'

/**
 * The engine's own functions that we watch. Kept honest by the tests that make the engine crash.
 */
type EngineModule = { _PostgresMainLoopOnce: () => void }

/** How the engine leaves a statement that failed in the ordinary way. */
const ordinaryExit = 100

/**
 * Keeps a crashed engine from being spoken to. The engine catches every exception out of its own
 * code, answers as if the statement had done nothing, and is then sent the next message, on which
 * it waits for a lock of its own for ever, and this whole process with it.
 *
 * @returns what tells the crash; undefined as long as there was none.
 */
export function stopAfterCrash(engine: PGlite): () => unknown {
  const module = engine.Module as unknown as EngineModule
  const step = module._PostgresMainLoopOnce
  assert(typeof step === 'function', 'this version of the embedded engine is not known to us')
  let crash: unknown
  module._PostgresMainLoopOnce = () => {
    try {
      step()
    } catch (error) {
      if (statusOf(error) !== ordinaryExit) crash ??= error
      throw error
    }
  }
  const send = engine.execProtocolRawSync.bind(engine)
  engine.execProtocolRawSync = (message) => {
    if (crash !== undefined) throw new Fault('the embedded engine crashed', { cause: crash })
    return send(message)
  }
  return () => crash
}

function statusOf(error: unknown): unknown {
  return typeof error === 'object' && error !== null && 'status' in error ? error.status : null
}
