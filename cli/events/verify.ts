import type { PublishedEvent } from '../../api/event-chain.ts'
import { ApiError } from '../../api/client-error.ts'
import type { Client } from '../../api/client.ts'
import type { Call, Command } from '../command.ts'
import { count } from '../dates.ts'
import { CommandRefused } from '../failure.ts'
import { type Check, checkHistory } from './check.ts'
import { allHistories, askedHistories, type History, historyOptions } from './history.ts'

export const eventsVerify: Command = {
  name: 'events verify',
  summary: 'Checks that no history was changed, cut out or put in; default: all you may read',
  words: [['[subscription]', 'Its id or its name; after its purge: its id']],
  options: historyOptions,
  run: async (call) => {
    const asked = await askedHistories(call)
    const client = await call.client()
    const checks =
      asked.length > 0 ? await checkEach(call, client, asked) : await checkAll(call, client)
    return {
      data: checks,
      text: checks.map(checkText).join('\n'),
      failed: checks.some(({ problems }) => problems.length > 0),
    }
  },
}

async function checkEach(call: Call, client: Client, histories: readonly History[]) {
  const checks: Check[] = []
  for (const history of histories) {
    const pages = client.pages<PublishedEvent>(history.path)
    const check = await checkHistory(history, pages, (events) =>
      call.progress.show(`${history.title}: ${count(events, 'event')}`),
    )
    if (check.events === 0) {
      throw new CommandRefused(
        `${history.title} has no events. A history begins when its subject is made, so there is ` +
          'none of that name, or its events are missing.',
      )
    }
    checks.push(check)
  }
  return checks
}

/** What may be listed may not always be read: that is said, and the others are checked. */
async function checkAll(call: Call, client: Client): Promise<Check[]> {
  const checks: Check[] = []
  for (const history of await allHistories(client)) {
    try {
      checks.push(...(await checkEach(call, client, [history])))
    } catch (error) {
      const isHidden = error instanceof ApiError && (error.status === 403 || error.status === 404)
      if (!isHidden) throw error
      call.note(`${history.title}: not checked. ${error.message}`)
    }
  }
  if (checks.length === 0) throw new CommandRefused('There is no history that you may read.')
  return checks
}

const shownProblemsMax = 20

export function checkText({ title, events, sealed, head, problems }: Check): string {
  const destroyed = sealed === 0 ? '' : `, the data of ${sealed} destroyed`
  const first = `${title}: ${count(events, 'event')}${destroyed}, head ${head}`
  if (problems.length === 0) return `${first}: whole and unchanged`
  const lines = problems
    .slice(0, shownProblemsMax)
    .map(({ sequence, problem }) => `  event ${sequence}: ${problem}`)
  const more = problems.length - lines.length
  return [
    `${first}: ${count(problems.length, 'problem').toUpperCase()}`,
    ...lines,
    ...(more > 0 ? [`  and ${more} more`] : []),
  ].join('\n')
}
