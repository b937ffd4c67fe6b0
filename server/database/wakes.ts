import { type DatabaseLog, messageOf } from './connection.ts'
import { runOutsideScope } from './transaction-scope.ts'

export type Wakes = {
  /** Calls the listeners of these channels soon, each once. */
  readonly deliver: (channels: ReadonlySet<string>) => void
  /** Calls every listener: wakes may have been missed. */
  readonly deliverAll: () => void
  readonly onWake: (channel: string, listener: () => void) => () => void
}

/** The listeners of this process. One that throws is logged and disturbs no other. */
export function createWakes(log: DatabaseLog): Wakes {
  const listeners = new Map<string, Set<() => void>>()
  const call = (channel: string): void => {
    for (const listener of listeners.get(channel) ?? []) {
      queueMicrotask(() => {
        try {
          listener()
        } catch (error) {
          log('wakeListenerFailed', { channel, error: messageOf(error) })
        }
      })
    }
  }
  const deliver = (channels: Iterable<string>): void => {
    // A listener starts work of its own; it must not count as part of what woke it.
    runOutsideScope(() => {
      for (const channel of channels) call(channel)
    })
  }
  return {
    deliver,
    deliverAll: () => deliver(listeners.keys()),
    onWake: (channel, listener) => {
      const ofChannel = listeners.get(channel) ?? new Set()
      listeners.set(channel, ofChannel.add(listener))
      return () => {
        ofChannel.delete(listener)
      }
    },
  }
}
