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

type Committing = { readonly ended: Promise<void>; readonly end: () => void }

export function createWriteGate({ readGate, commitLimitMs, settle }: GateOptions): WriteGate {
  const coming = new Set<Write>()
  const committing = new Map<Write, Committing>()
  // Accounts with a write that was abandoned after it was sent on: it may still be carried out.
  const unsettled = new Map<string, AccountView>()

  const look = async ({ uid }: AccountView): Promise<GateState> => {
    const state = await readGate(uid)
    if (state === null) return 'gone'
    return state.writable ? 'open' : 'closed'
  }

  const enter = async (write: Write): Promise<GateState> => {
    coming.delete(write)
    let end: () => void = () => undefined
    const ended = new Promise<void>((resolve) => {
      end = resolve
    })
    // Before the gate is read: a barrier that comes between the two must wait for this write. The
    // timer is monotonic and real, because it bounds what a client may be told.
    const timer = setTimeout(() => {
      unsettled.set(write.account.uid, write.account)
      write.abandon()
      leave(write)
      // The gate may have closed through another host, whose barrier is not ours.
      look(write.account).then(
        (state) =>
          state === 'open' ? undefined : settleDoubtful(({ uid }) => uid === write.account.uid),
        () => undefined,
      )
    }, commitLimitMs)
    committing.set(write, { ended: ended.then(() => clearTimeout(timer)), end })
    const state = await look(write.account)
    // Its time ran out while the gate was being read: it was never sent on, and must not be now.
    if (!committing.has(write)) return 'closed'
    return state
  }

  const leave = (write: Write): void => {
    coming.delete(write)
    committing.get(write)?.end()
    committing.delete(write)
  }

  const settleDoubtful = async (concerns: (account: AccountView) => boolean): Promise<void> => {
    const doubtful = [...unsettled.values()].filter(concerns)
    for (const { uid } of doubtful) unsettled.delete(uid)
    await Promise.all(doubtful.map(({ uid }) => settle(uid)))
  }

  const barrier = async (concerns: (account: AccountView) => boolean): Promise<void> => {
    const before = [...committing].filter(([write]) => concerns(write.account))
    for (const write of [...coming].filter(({ account }) => concerns(account))) {
      // Best effort: a write that is missed here meets the gate at its end.
      look(write.account).then(
        (state) => state !== 'open' && coming.has(write) && write.refuse(),
        () => undefined,
      )
    }
    await Promise.all(before.map(([, { ended }]) => ended))
    await settleDoubtful(concerns)
  }

  return { look, join: (write) => coming.add(write), enter, leave, barrier }
}
