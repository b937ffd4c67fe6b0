import { ProviderFailure } from '../providers/contract.ts'

export type CallLimits = {
  /** Aborts when a call's time is over; {@link AbortSignal.timeout} unless given. */
  readonly limitSignal?: (limitMs: number) => AbortSignal
}

/** One call of a provider. Past its limit it has failed, whatever it still does. */
export async function withLimit<T>(
  limitMs: number,
  { limitSignal }: CallLimits,
  call: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const signal = limitSignal?.(limitMs) ?? AbortSignal.timeout(limitMs)
  return Promise.race([
    call(signal),
    new Promise<never>((_, reject) => {
      signal.addEventListener('abort', () => {
        reject(
          new ProviderFailure(
            `It did not answer within ${limitMs} ms.`,
            'It is tried again; if it stays so, look at the host.',
          ),
        )
      })
    }),
  ])
}

export async function eachConcurrently<T>(
  items: readonly T[],
  concurrency: number,
  work: (item: T) => Promise<void>,
): Promise<void> {
  const queue = items.values()
  const takers = Array.from({ length: Math.min(concurrency, items.length) }, async () => {
    for (const item of queue) await work(item)
  })
  await Promise.all(takers)
}
