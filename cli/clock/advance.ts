import type { Client } from '../../api/client.ts'
import { type Command, optionOf, wordOf } from '../command.ts'
import { count, dateText } from '../dates.ts'
import { UsageError } from '../failure.ts'
import type { ProgressLine } from '../terminal.ts'
import { clockPath, readClock } from './clock.ts'

/** What an advance answers in the end. */
export type Advanced = {
  readonly now: string
  readonly stuck: readonly StuckWork[]
}

export type StuckWork = {
  readonly kind: string
  readonly subject: string
  readonly attempts: number
  readonly cause: string | null
}

export const clockAdvance: Command = {
  name: 'clock advance',
  summary: 'Moves a test clock on, doing all that falls due on the way',
  words: [['<clock>', 'Its name']],
  options: [
    ['--by <duration>', 'For so long: P91D, PT12H'],
    ['--to <time>', 'To this time: 2026-12-01T00:00:00Z'],
  ],
  run: async (call) => {
    const name = wordOf(call, 0)
    const [by, to] = [optionOf(call, 'by'), optionOf(call, 'to')]
    if ((by === null) === (to === null)) {
      throw new UsageError('Say either --by <duration>, such as P91D, or --to <time>.')
    }
    const client = await call.client()
    const advanced = await advance(client, name, by === null ? { to } : { by }, call.progress)
    return {
      data: advanced,
      text: advancedText(name, advanced),
      failed: advanced.stuck.length > 0,
    }
  },
}

/** Moves a clock, and answers when no work is left due or what is left is stuck. */
export async function advance(
  client: Client,
  name: string,
  asked: { readonly by?: string | null; readonly to?: string | null },
  progress: ProgressLine,
): Promise<Advanced> {
  const accepted = await client.request('POST', `${clockPath(name)}/advance`, { body: asked })
  progress.show(`${name}: on its way`)
  const end = await client.accepted(accepted, ({ percentComplete }) => {
    const share = percentComplete === null ? '' : ` (${percentComplete} %)`
    progress.show(`${name}: on its way${share}`)
  })
  const body = end.body as Partial<Advanced> | null
  if (body?.now !== undefined) return { now: body.now, stuck: body.stuck ?? [] }
  const { properties } = await readClock(client, name)
  return { now: properties.now, stuck: [] }
}

export function advancedText(name: string, { now, stuck }: Advanced): string {
  const first = `${name} shows ${dateText(now)}.`
  if (stuck.length === 0) return `${first} Nothing is left due.`
  const lines = stuck.map(
    ({ kind, subject, attempts, cause }) =>
      `  ${kind} ${subject}, tried ${count(attempts, 'time')}: ${cause ?? 'no answer yet'}`,
  )
  return [`${first} Stuck (${count(stuck.length, 'step')}):`, ...lines].join('\n')
}
