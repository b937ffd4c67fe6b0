import {
  type ChainPosition,
  type ChainProblem,
  chainStart,
  type PublishedEvent,
  verifyEvents,
} from '../../api/event-chain.ts'
import type { History } from './history.ts'

/** What the check of a history found. */
export type Check = {
  readonly title: string
  readonly stream: string
  readonly events: number
  /** Events whose data was destroyed with a purge; their hashes still count. */
  readonly sealed: number
  readonly head: string
  readonly problems: readonly ChainProblem[]
}

/** Checks a history page by page, in flat memory. */
export async function checkHistory(
  history: History,
  pages: AsyncIterable<readonly PublishedEvent[]>,
  onPage: (events: number) => void,
): Promise<Check> {
  let position: ChainPosition = chainStart
  let events = 0
  let sealed = 0
  let tenant: string | null = null
  const problems: ChainProblem[] = []
  for await (const page of pages) {
    for (const event of page) {
      tenant ??= event.tenant
      // A chain that holds in itself proves nothing about this history if it is another's.
      if (event.stream !== history.stream || event.tenant !== tenant) {
        const problem = `belongs to ${event.stream} of tenant ${event.tenant}`
        problems.push({ sequence: event.sequence, problem })
      }
      if (event.data === null) sealed += 1
    }
    const checked = verifyEvents(position, page)
    position = checked.position
    problems.push(...checked.problems)
    events += page.length
    onPage(events)
  }
  const { title, stream } = history
  return { title, stream, events, sealed, head: position.hash, problems }
}
