/** Lets a request wait for a resource that a worker of this node is making. */
export type EffectWatch = {
  readonly observed: (uid: string) => void
  /**
   * Resolves when the resource was next observed here, or after `timeoutMs`: then look yourself.
   */
  readonly wait: (uid: string, timeoutMs: number) => Promise<void>
}

export function createEffectWatch(): EffectWatch {
  const waiting = new Map<string, Set<() => void>>()
  return {
    observed: (uid) => {
      for (const resolve of waiting.get(uid) ?? []) resolve()
      waiting.delete(uid)
    },
    wait: (uid, timeoutMs) =>
      new Promise((resolve) => {
        const timer = setTimeout(done, timeoutMs)
        function done(): void {
          clearTimeout(timer)
          waiting.get(uid)?.delete(done)
          resolve()
        }
        const others = waiting.get(uid) ?? new Set()
        others.add(done)
        waiting.set(uid, others)
      }),
  }
}
