import { randomUUID } from 'node:crypto'

export function uuid(): string {
  return randomUUID()
}

/** Calls under way at once: enough to keep a server of two cores busy, and no more. */
const concurrency = 8

/** The results in the order of the items; never more than a few under way. */
export async function settled<Item, Result>(
  items: readonly Item[],
  work: (item: Item) => Promise<Result>,
): Promise<Result[]> {
  const results: Result[] = []
  let next = 0
  const run = async (): Promise<void> => {
    for (let at = next++; at < items.length; at = next++) {
      results[at] = await work(items[at] as Item)
    }
  }
  await Promise.all(Array.from({ length: concurrency }, run))
  return results
}
