import type { Command } from '../command.ts'
import { findSession } from '../session/session.ts'
import { listSubscriptions } from '../subscription/find.ts'
import { buildDemo } from './build.ts'
import { chooseDemo, titles } from './names.ts'
import { demoText, nextCommands } from './next.ts'

export const demo: Command = {
  name: 'demo',
  summary: 'Makes a demonstration on a test clock: a shop, an archive 60 days cancelled, a trial',
  run: async (call) => {
    const client = await call.client()
    const { ca } = findSession(call.surroundings)
    const made: string[] = []
    const built = await buildDemo(await chooseDemo(client), {
      client,
      ca,
      progress: call.progress,
      made: (what) => {
        made.push(what)
        call.note(`  ${what}`)
      },
    })
    const named = (await listSubscriptions(client)).filter(
      ({ displayName }) => displayName.toLowerCase() === titles.shop.toLowerCase(),
    )
    const shop = named.length === 1 ? titles.shop : (built.shop ?? titles.shop)
    const next = built.shop === null ? [] : nextCommands(built, shop)
    return {
      data: { ...built, made, next: next.map(({ command }) => command) },
      text: demoText(built, made.length > 0, next),
    }
  },
}
