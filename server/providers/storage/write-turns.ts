/**
 * One writer at a time. A transaction of Sequelize spans many turns of the event loop, and SQLite
 * answers a second writer in the same thread with a wait that nothing could ever end; so writers
 * queue here instead, first come first served.
 */
export type WriteTurns<Holder extends object> = {
  /** Waits until nobody else holds the turn, then holds it. Rejects after `waitLimitMs`. */
  readonly take: (holder: Holder) => Promise<void>
  /** Gives the turn to the next in line. Does nothing when `holder` does not hold it. */
  readonly give: (holder: Holder) => void
  readonly isHeldBy: (holder: Holder) => boolean
}

type Waiting<Holder> = { readonly holder: Holder; readonly start: () => void }

export function createWriteTurns<Holder extends object>(waitLimitMs: number): WriteTurns<Holder> {
  const line: Waiting<Holder>[] = []
  let current: Holder | null = null

  const take = (holder: Holder): Promise<void> => {
    if (current === null) {
      current = holder
      return Promise.resolve()
    }
    return new Promise((resolve, reject) => {
      const waiting: Waiting<Holder> = {
        holder,
        start: () => {
          clearTimeout(timer)
          resolve()
        },
      }
      // A real timer: it bounds a wait on a colleague in this process, not a date of a customer.
      const timer = setTimeout(() => {
        line.splice(line.indexOf(waiting), 1)
        reject(new Error(`SQLITE_BUSY: another write held the database for ${waitLimitMs} ms`))
      }, waitLimitMs)
      line.push(waiting)
    })
  }

  const give = (holder: Holder): void => {
    if (current !== holder) return
    const next = line.shift()
    current = next?.holder ?? null
    next?.start()
  }

  return { take, give, isHeldBy: (holder) => current === holder }
}
