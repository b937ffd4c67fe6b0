import { createHash } from 'node:crypto'
import type { Client } from '../../api/client.ts'
import { type BillingAccount, readAccount } from '../billing-account/account.ts'
import { readClock, type TestClock } from '../clock/clock.ts'
import { CommandRefused } from '../failure.ts'
import { orNull } from '../or-null.ts'

/** When the archive was made and cancelled, on the demonstration's clock. */
export const cancelledAt = '2026-09-02T09:00:00.000Z'
/** When the shop opened; what it stores is charged from here on. */
export const openedAt = '2026-10-15T09:00:00.000Z'
/** The demonstration's today: 60 days after the first cancel. */
export const today = '2026-11-01T09:00:00.000Z'

export const accountTitle = 'Demo'
/** How an account says that its demonstration was removed: accounts themselves stay. */
export const removedTitle = 'Demo (removed)'

export const titles = {
  archive: 'Demo archive',
  shop: 'Demo shop',
  trial: 'Demo trial',
} as const
export type Part = keyof typeof titles

/** The billing account and the clock have one name; the aliases begin with it. */
export function aliasName(demo: string, part: Part): string {
  return `${demo}-${part}`
}

/**
 * Names of storage accounts are unique on a whole server. This one follows from the subscription,
 * which is like no other; `attempt` for when it is taken all the same.
 */
export function storageName(part: Part, subscriptionId: string, attempt: number): string {
  const digest = createHash('sha256').update(`${subscriptionId} ${attempt}`).digest('hex')
  return `demo${part}${digest.slice(0, 6)}`
}

const demosMax = 1000

/** `demo`, `demo-2`, `demo-3`, ... */
function* candidates(): Generator<string> {
  for (let number = 1; number <= demosMax; number += 1) {
    yield number === 1 ? 'demo' : `demo-${number}`
  }
}

/** The demonstration that is there, or the first name that is free for one. */
export async function chooseDemo(client: Client): Promise<string> {
  for (const name of candidates()) {
    const account = await readDemoAccount(client, name)
    if (account !== null && isDemo(account)) return name
    if (account === null && (await isClockFree(client, name))) return name
  }
  throw new CommandRefused(`All names up to demo-${demosMax} are taken.`)
}

/** Every demonstration that was made and not yet removed. */
export async function findDemos(client: Client): Promise<string[]> {
  const found: string[] = []
  for (const name of candidates()) {
    const account = await readDemoAccount(client, name)
    if (account === null && (await isClockFree(client, name))) return found
    if (account !== null && isDemo(account)) found.push(name)
  }
  return found
}

function isDemo({ name, properties }: BillingAccount): boolean {
  return properties.displayName === accountTitle && properties.testClock === name
}

export async function readDemoAccount(
  client: Client,
  name: string,
): Promise<BillingAccount | null> {
  return orNull(readAccount(client, name))
}

export async function readDemoClock(client: Client, name: string): Promise<TestClock | null> {
  return orNull(readClock(client, name))
}

/** Missing, or made by a demonstration that was interrupted right after. */
async function isClockFree(client: Client, name: string): Promise<boolean> {
  const clock = await readDemoClock(client, name)
  return clock === null || Date.parse(clock.properties.now) === Date.parse(cancelledAt)
}
