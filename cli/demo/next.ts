import { dateText } from '../dates.ts'
import type { Demo } from './build.ts'
import { titles } from './names.ts'
import { container } from './part.ts'

/** A command to be copied, and what it shows. */
export type NextCommand = { readonly why: string; readonly command: string }

/** The walk: from the plan to the proof that all is gone. `shop`: how to name it, id or title. */
export function nextCommands(demo: Demo, shop: string): NextCommand[] {
  const id = demo.shop ?? shop
  const blobs = `${demo.storage ?? 'demoshop'}/${container}`
  const name = shop.includes(' ') ? `"${shop}"` : shop
  return [
    {
      why: 'what a cancel would stop, keep and lose, and what is left to pay',
      command: `subscription plan ${name}`,
    },
    { why: 'cancel exactly that', command: `subscription cancel ${name}` },
    { why: 'what is stored can still be read', command: `storage read ${blobs}/readme.txt` },
    {
      why: 'and nothing can be written: this is refused',
      command: `storage write ${blobs}/new.txt --text "one more"`,
    },
    { why: '91 days later', command: `clock advance ${demo.name} --by P91D` },
    { why: 'it is gone, on its day', command: `subscription show ${id}` },
    {
      why: 'charged up to the cancel, and for nothing after it',
      command: `invoice list --billing-account ${demo.name}`,
    },
    { why: 'as PDF', command: `invoice download --billing-account ${demo.name}` },
    { why: 'and its history is whole', command: `events verify ${id}` },
  ].map(({ why, command }) => ({ why, command: `npx reprieve ${command}` }))
}

export function demoText(demo: Demo, isNew: boolean, next: readonly NextCommand[]): string {
  const first = isNew
    ? `The demonstration is ready. Its clock "${demo.name}" shows ${dateText(demo.now)}.`
    : `The demonstration is there already. Its clock "${demo.name}" shows ${dateText(demo.now)}.`
  const ending = 'To remove all of it: npx reprieve demo remove'
  if (demo.shop === null) {
    return [
      first,
      `"${titles.shop}" is gone: its retention is over. To begin anew: npx reprieve demo remove, ` +
        'then npx reprieve demo',
    ].join('\n')
  }
  const steps = next.flatMap(({ why, command }) => [`  # ${why}`, `  ${command}`])
  return [first, '', 'Next, one at a time:', '', ...steps, '', ending].join('\n')
}
