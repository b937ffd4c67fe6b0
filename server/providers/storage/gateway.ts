import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import { Call } from './gateway-call.ts'
import { createWriteGate } from './gateway-gate.ts'
import type { AccountView, GatewayOptions } from './gateway-options.ts'

export type Gateway = {
  readonly handle: (request: IncomingMessage, response: ServerResponse) => void
  /** Serves all requests of a listener, and sets its limits for bodies of any length. */
  readonly attach: (server: Server) => void
  /**
   * Call after the account's gate has closed in the database, and before that is told to anybody:
   * resolves, within the commit limit, when no write that passed while it was open can still
   * succeed. Uploads still coming are refused meanwhile.
   */
  readonly barrier: (concerns: (account: AccountView) => boolean) => Promise<void>
}

/** A connection on which nothing moves for so long is closed. */
const stallLimitMs = 120_000
const defaultCommitLimitMs = 5_000

export function createGateway(options: GatewayOptions): Gateway {
  const gate = createWriteGate({
    readGate: options.readGate,
    commitLimitMs: options.commitLimitMs ?? defaultCommitLimitMs,
    settle: options.servers.kill,
  })
  const start =
    (expectsContinue: boolean) => (request: IncomingMessage, response: ServerResponse) => {
      const call = new Call(options, gate, { request, response, expectsContinue })
      // The handlers of `http` take no promises; `run` answers its own failures.
      void call.run()
    }
  return {
    handle: start(false),
    attach: (server) => {
      server.on('request', start(false))
      server.on('checkContinue', start(true))
      // Its default would end every upload that takes more than five minutes.
      server.requestTimeout = 0
      server.setTimeout(stallLimitMs)
    },
    barrier: gate.barrier,
  }
}
