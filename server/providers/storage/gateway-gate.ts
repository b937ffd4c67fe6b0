import type { AccountView } from './gateway-options.ts'

/** A write on its way through the gateway, as the gate sees it. */
export type Write = {
  readonly account: AccountView
  /** Ends it without an answer: its time is over. Must not let any success out afterwards. */
  readonly abandon: () => void
  /** The gate has closed while its body was still coming: refuse it now. */
  readonly refuse: () => void
}

/** What the gate read: open, closed, or no such account any more. */
export type GateState = 'open' | 'closed' | 'gone'

export type WriteGate = {
  /** Reads the gate once, so that nothing is streamed for a write that will be refused. */
  readonly look: (account: AccountView) => Promise<GateState>
  /** Notes a write whose body is coming. It stays known until `leave`. */
  readonly join: (write: Write) => void
  /**
   * The write is whole but for its last bytes: reads the gate now. When it answers `open`, the
   * write may be sent on, and must be answered or abandoned before its time is over.
   */
  readonly enter: (write: Write) => Promise<GateState>
  /** The write has been answered to the socket, refused, or given up. */
  readonly leave: (write: Write) => void
  /** See `Gateway.barrier`. */
  readonly barrier: (concerns: (account: AccountView) => boolean) => Promise<void>
}

type GateOptions = {
  readonly readGate: (uid: string) => Promise<{ readonly writable: boolean } | null>
  /** The longest time between reading the gate and handing the answer to the socket. */
  readonly commitLimitMs: number
  /** Ends the account's storage server; when it resolves, nothing more is written. */
  readonly settle: (uid: string) => Promise<void>
}

export function createWriteGate(options: GateOptions): WriteGate {
  const gate = new Gate(options)
  return {
    look: (account) => gate.look(account),
    join: (write) => gate.join(write),
    enter: (write) => gate.enter(write),
    leave: (write) => gate.leave(write),
    barrier: (concerns) => gate.barrier(concerns),
  }
}

type Concerns = (account: AccountView) => boolean

class Gate {
  readonly #options: GateOptions
  /** Writes whose body is still on its way. */
  readonly #coming = new Set<Write>()
  /** Writes that the gate was, or is being, read for, and how to tell those who wait for them. */
  readonly #committing = new Map<Write, PromiseWithResolvers<void>>()
  /** Accounts with a write that was abandoned after it was sent on: it may still be carried out. */
  readonly #unsettled = new Map<string, AccountView>()

  constructor(options: GateOptions) {
    this.#options = options
  }

  async look({ uid }: AccountView): Promise<GateState> {
    const state = await this.#options.readGate(uid)
    if (state === null) return 'gone'
    return state.writable ? 'open' : 'closed'
  }

  join(write: Write): void {
    this.#coming.add(write)
  }

  async enter(write: Write): Promise<GateState> {
    this.#coming.delete(write)
    // Before the gate is read: a barrier that comes between the two must wait for this write. The
    // timer is monotonic and real, because it bounds what a client may be told.
    const ended = Promise.withResolvers<void>()
    const timer = setTimeout(() => this.#timeOut(write), this.#options.commitLimitMs)
    void ended.promise.then(() => clearTimeout(timer))
    this.#committing.set(write, ended)
    const state = await this.look(write.account)
    // Its time ran out while the gate was being read: it was never sent on, and must not be now.
    return this.#committing.has(write) ? state : 'closed'
  }

  leave(write: Write): void {
    this.#coming.delete(write)
    this.#committing.get(write)?.resolve()
    this.#committing.delete(write)
  }

  async barrier(concerns: Concerns): Promise<void> {
    const before = [...this.#committing].filter(([{ account }]) => concerns(account))
    for (const write of this.#coming) if (concerns(write.account)) this.#lookAgain(write)
    await Promise.all(before.map(([, ended]) => ended.promise))
    await this.#settle(concerns)
  }

  /** Best effort: a write that is missed here meets the gate at its end. */
  #lookAgain(write: Write): void {
    this.look(write.account).then(
      (state) => {
        if (state !== 'open' && this.#coming.has(write)) write.refuse()
      },
      () => undefined,
    )
  }

  #timeOut(write: Write): void {
    const { uid } = write.account
    this.#unsettled.set(uid, write.account)
    write.abandon()
    this.leave(write)
    // The gate may have closed through another host, whose barrier is not ours.
    this.look(write.account).then(
      (state) => (state === 'open' ? undefined : this.#settle((account) => account.uid === uid)),
      () => undefined,
    )
  }

  async #settle(concerns: Concerns): Promise<void> {
    const doubtful = [...this.#unsettled.values()].filter(concerns)
    for (const { uid } of doubtful) this.#unsettled.delete(uid)
    await Promise.all(doubtful.map(({ uid }) => this.#options.settle(uid)))
  }
}
