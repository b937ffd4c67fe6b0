import type { PublishedEvent } from '../../api/event-chain.ts'
import { ApiError } from '../../api/client-error.ts'
import type { Client } from '../../api/client.ts'
import type { Call, Command } from '../command.ts'
import { count } from '../dates.ts'
import { CommandRefused } from '../failure.ts'
import { type Check, checkHistory } from './check.ts'
import {
  allHistories,
  askedHistories,
  type History,
  historyOfStream,
  historyOfTenant,
  historyOptions,
} from './history.ts'
import { readSignedEnds, type SignedEnds } from './signed-ends.ts'

export const eventsVerify: Command = {
  name: 'events verify',
  summary: 'Checks that no history was changed, cut out or put in; default: all you may read',
  words: [['[subscription]', 'Its id or its name; after its purge: its id']],
  options: historyOptions,
  run: async (call) => {
    const asked = await askedHistories(call)
    const client = await call.client()
    const signed = await findSignedEnds(call, client)
    const checks =
      asked.length > 0
        ? await checkEach(call, client, asked, signed)
        : await checkAll(call, client, signed)
    return {
      data: checks,
      text: checks.map(checkText).join('\n'),
      failed: checks.some(({ problems }) => problems.length > 0),
    }
  },
}

/** The ends stand in the tenant's history, which not everybody may read: then that is said. */
async function findSignedEnds(call: Call, client: Client): Promise<SignedEnds> {
  try {
    return await readSignedEnds(client.pages<PublishedEvent>(historyOfTenant.path))
  } catch (error) {
    if (!isHidden(error)) throw error
    call.note(
      'Whether events are missing at the end is not checked: where histories end is signed in ' +
        "the tenant's own, which you may not read.",
    )
    return { ends: new Map(), problems: [] }
  }
}

function isHidden(error: unknown): error is ApiError {
  return error instanceof ApiError && (error.status === 403 || error.status === 404)
}

async function checkEach(
  call: Call,
  client: Client,
  histories: readonly History[],
  signed: SignedEnds,
): Promise<Check[]> {
  const checks: Check[] = []
  for (const history of histories) {
    const pages = client.pages<PublishedEvent>(history.path)
    const end = signed.ends.get(history.stream) ?? null
    const onPage = (events: number): void =>
      call.progress.show(`${history.title}: ${count(events, 'event')}`)
    const check = await checkHistory(history, pages, onPage, end)
    if (check.events === 0 && end === null) {
      throw new CommandRefused(
        `${history.title} has no events. A history begins when its subject is made, so there is ` +
          'none of that name, or its events are missing.',
      )
    }
    const own = history.stream === historyOfTenant.stream ? signed.problems : []
    checks.push({ ...check, problems: [...check.problems, ...own] })
  }
  return checks
}

/** What may be listed may not always be read: that is said, and the others are checked. */
async function checkAll(call: Call, client: Client, signed: SignedEnds): Promise<Check[]> {
  const checks: Check[] = []
  const listed = await allHistories(client)
  // One that no list names was signed all the same: a purged subscription's, or one that is lost.
  const unlisted = [...signed.ends.keys()]
    .filter((stream) => !listed.some((history) => history.stream === stream))
    .flatMap((stream) => historyOfStream(stream) ?? [])
  for (const history of [...listed, ...unlisted]) {
    try {
      checks.push(...(await checkEach(call, client, [history], signed)))
    } catch (error) {
      if (!isHidden(error)) throw error
      const end = signed.ends.get(history.stream)
      // Who reads the tenant's history sees all of the tenant: what is not there for him is lost.
      if (error.status === 404 && end !== undefined) {
        checks.push(await checkHistory(history, noPages(), () => {}, end))
        continue
      }
      call.note(`${history.title}: not checked. ${error.message}`)
    }
  }
  if (checks.length === 0) throw new CommandRefused('There is no history that you may read.')
  return checks
}

async function* noPages(): AsyncGenerator<readonly PublishedEvent[]> {}

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
