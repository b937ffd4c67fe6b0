import type { PublishedEvent } from '../../api/event-chain.ts'
import { collect } from '../../api/client.ts'
import type { Command } from '../command.ts'
import { dateText } from '../dates.ts'
import { UsageError } from '../failure.ts'
import { table } from '../table.ts'
import { askedHistories, historyOptions } from './history.ts'

export const eventsList: Command = {
  name: 'events list',
  summary: 'What happened, in order',
  words: [['[subscription]', 'Its id or its name; after its purge: its id']],
  options: historyOptions,
  run: async (call) => {
    const [history] = await askedHistories(call)
    if (history === undefined) {
      throw new UsageError('Whose history? Name a subscription, --billing-account or --tenant.')
    }
    const client = await call.client()
    const events = await collect(client.pages<PublishedEvent>(history.path))
    const rows = events.map(({ sequence, at, type, actor, hash }) => [
      String(sequence),
      dateText(at),
      type,
      actor,
      hash.slice(0, 12),
    ])
    return {
      data: events,
      text: table(['#', 'At', 'What', 'Who', 'Hash'], rows, `${history.title}: no events.`),
    }
  },
}
