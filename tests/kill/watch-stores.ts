import { pause } from './pause.ts'
import { holdersOf, isRunning } from './processes.ts'
import { Violation } from './uncertain.ts'

export type StoreWatch = {
  /** @throws Violation when two processes ever had one account's folder open at once. */
  readonly check: () => void
  readonly stop: () => Promise<void>
}

const everyMs = 50

/** Looks at who has which account's metadata open, all the time: in each folder at most one. */
export function watchStores(stores: string): StoreWatch {
  let stopped = false
  let found: string | null = null
  const watching = (async () => {
    while (!stopped) {
      for (const [uid, holders] of holdersOf(stores)) {
        if (holders.length < 2) continue
        // One of them may be on its way out, its files closed one after the other: look once more.
        await pause(1)
        const still = (holdersOf(stores).get(uid) ?? []).filter(isRunning)
        if (still.length > 1) found ??= `account ${uid} is open in processes ${still.join(' and ')}`
      }
      await pause(everyMs)
    }
  })()
  return {
    check: () => {
      if (found !== null) throw new Violation(found)
    },
    stop: async () => {
      stopped = true
      await watching
    },
  }
}
