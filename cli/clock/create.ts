import { type Command, optionOf, wordOf } from '../command.ts'
import { dateText } from '../dates.ts'
import { UsageError } from '../failure.ts'
import { clockPath, type TestClock } from './clock.ts'

export const clockCreate: Command = {
  name: 'clock create',
  summary: 'Makes a test clock; a billing account takes it when it is made',
  words: [['<clock>', 'Its name']],
  options: [['--now <time>', 'What it shows at first, such as 2026-11-01T00:00:00Z']],
  run: async (call) => {
    const name = wordOf(call, 0)
    const now = optionOf(call, 'now')
    if (now === null) throw new UsageError('Say what it shows at first: --now 2026-11-01T00:00:00Z')
    const client = await call.client()
    const { status, body } = await client.request<TestClock>('PUT', clockPath(name), {
      body: { properties: { now } },
    })
    const text = status === 201 ? 'Created' : 'It was there already:'
    return { data: body, text: `${text} ${body.name}, at ${dateText(body.properties.now)}.` }
  },
}
