import {
  type ChainPosition,
  type ChainProblem,
  chainStart,
  type PublishedEvent,
  verifyEvents,
} from '../../api/event-chain.ts'
import type { StreamHead } from '../../api/signed-heads.ts'
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

/**
 * Checks a history page by page, in flat memory.
 *
 * @param signed where it ended when that was signed: a chain that was cut off at its end, or
 * written anew as a whole, holds in itself, and only this shows it.
 */
export async function checkHistory(
  history: History,
  pages: AsyncIterable<readonly PublishedEvent[]>,
  onPage: (events: number) => void,
  signed: StreamHead | null = null,
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
      if (event.sequence === signed?.sequence && event.hash !== signed.hash) {
        problems.push({ sequence: event.sequence, problem: 'is not the one that was signed' })
      }
    }
    const checked = verifyEvents(position, page)
    position = checked.position
    problems.push(...checked.problems)
    events += page.length
    onPage(events)
  }
  if (signed !== null && position.sequence < signed.sequence) {
    const { sequence } = signed
    problems.push({ sequence, problem: 'is missing: the history was signed up to it' })
  }
  const { title, stream } = history
  return { title, stream, events, sealed, head: position.hash, problems }
}
