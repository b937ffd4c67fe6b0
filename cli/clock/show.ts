import { collect } from '../../api/client.ts'
import type { Command } from '../command.ts'
import { dateText } from '../dates.ts'
import { table } from '../table.ts'
import { clocksPath, readClock, type TestClock } from './clock.ts'

export const clockShow: Command = {
  name: 'clock show',
  summary: 'What test clocks show',
  words: [['[clock]', 'Its name (default: all)']],
  run: async (call) => {
    const client = await call.client()
    const name = call.words[0]
    const clocks =
      name === undefined
        ? await collect(client.pages<TestClock>(clocksPath))
        : [await readClock(client, name)]
    const rows = clocks.map(({ name: one, properties }) => [
      one,
      dateText(properties.now),
      properties.target === undefined ? properties.status : `to ${dateText(properties.target)}`,
    ])
    return {
      data: name === undefined ? clocks : clocks[0],
      text: table(['Clock', 'Now', 'Status'], rows, 'No test clocks.'),
    }
  },
}
