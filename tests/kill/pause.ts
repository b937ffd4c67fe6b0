/** Waits in real time: other processes are looked at, and nothing tells when they change. */
export function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms))
}

/** Looks again and again until `look` answers something other than null; null after `limitMs`. */
export async function waitFor<T>(
  look: () => Promise<T | null> | T | null,
  limitMs: number,
  everyMs = 50,
): Promise<T | null> {
  const deadline = performance.now() + limitMs
  for (;;) {
    const found = await look()
    if (found !== null) return found
    if (performance.now() > deadline) return null
    await pause(everyMs)
  }
}
