import type { Client } from '../../api/client.ts'
import { accountPath, type BillingAccount } from '../billing-account/account.ts'
import { advance, advancedText } from '../clock/advance.ts'
import { clockPath, readClock } from '../clock/clock.ts'
import { count, daysBetween, dayText } from '../dates.ts'
import { CommandRefused } from '../failure.ts'
import { openBlobs } from '../storage/blobs.ts'
import { follow, isDisabled, stuckText } from '../subscription/follow.ts'
import { readLifecycle } from '../subscription/lifecycle.ts'
import type { ProgressLine } from '../terminal.ts'
import { archiveFiles, shopFiles } from './files.ts'
import { ensureImage, imageBytes, imageName } from './image.ts'
import {
  accountTitle,
  cancelledAt,
  openedAt,
  readDemoAccount,
  readDemoClock,
  titles,
  today,
} from './names.ts'
import { type Building, container, ensureFiles, ensureSubscription, findStorage } from './part.ts'

/** The demonstration as it stands. Ids are null for what was purged since. */
export type Demo = {
  readonly name: string
  readonly now: string
  readonly archive: string | null
  readonly shop: string | null
  readonly trial: string | null
  /** The storage account of the shop. */
  readonly storage: string | null
}

export type DemoTools = {
  readonly client: Client
  readonly ca: string | null
  readonly progress: ProgressLine
  readonly made: (what: string) => void
}

/**
 * Makes what is missing of the demonstration, step by step in the order of its story. Each step
 * looks before it acts, so that an interrupted run is taken up where it was.
 */
export async function buildDemo(name: string, tools: DemoTools): Promise<Demo> {
  const { client, ca, progress, made } = tools
  await ensureClock(name, tools)
  const billingScope = await ensureAccount(name, tools)
  const building: Building = { client, ca, demo: name, billingScope, made }
  const archive = await buildArchive(building, await readNow(tools, name), progress)
  await moveTo(openedAt, name, tools)
  const isOpening = isAt(openedAt, await readNow(tools, name))
  const shop = await ensureSubscription(building, 'shop', 'PayAsYouGo', isOpening)
  const storage = shop === null ? null : await buildShop(building, shop)
  await moveTo(today, name, tools)
  const now = await readNow(tools, name)
  const trial = await ensureSubscription(building, 'trial', 'FreeTrial', isAt(today, now))
  return { name, now, archive, shop, trial, storage }
}

async function ensureClock(name: string, { client, made }: DemoTools): Promise<void> {
  if ((await readDemoClock(client, name)) !== null) return
  await client.request('PUT', clockPath(name), { body: { properties: { now: cancelledAt } } })
  made(`test clock "${name}" at ${cancelledAt.slice(0, 10)}`)
}

async function ensureAccount(name: string, { client, made }: DemoTools): Promise<string> {
  const known = await readDemoAccount(client, name)
  if (known !== null) return known.properties.billingScope
  const { body } = await client.request<BillingAccount>('PUT', accountPath(name), {
    body: {
      properties: {
        displayName: accountTitle,
        currency: 'EUR',
        country: 'DE',
        address: ['12 Harbour Street', '28195 Bremen'],
        invoiceDay: 15,
        taxRate: '19',
        testClock: name,
      },
    },
  })
  made(`billing account "${name}" on it (EUR, 19 % tax, invoiced on the 15th)`)
  return body.properties.billingScope
}

/** The subscription that was cancelled 60 days ago; made and cancelled at the clock's beginning. */
async function buildArchive(
  building: Building,
  now: string,
  progress: ProgressLine,
): Promise<string | null> {
  const { client, made } = building
  const isBeginning = isAt(cancelledAt, now)
  const subscriptionId = await ensureSubscription(building, 'archive', 'PayAsYouGo', isBeginning)
  if (subscriptionId === null) return null
  const { cancelledAt: done, state } = await readLifecycle(client, subscriptionId)
  if (done === null && state !== 'Deleted') {
    await ensureFiles(building, 'archive', subscriptionId, archiveFiles())
    const path = `/subscriptions/${subscriptionId}/providers/Microsoft.Subscription/cancel`
    await client.request('POST', path, { query: { IgnoreResourceCheck: 'true' } })
    made(`"${titles.archive}" cancelled`)
  }
  const lifecycle = await follow(client, subscriptionId, isDisabled, progress)
  if (!isDisabled(lifecycle)) throw new CommandRefused(stuckText(lifecycle.effects.stuck))
  return subscriptionId
}

function isAt(at: string, now: string): boolean {
  return Date.parse(at) === Date.parse(now)
}

async function moveTo(to: string, name: string, tools: DemoTools): Promise<void> {
  const { client, progress, made } = tools
  const now = await readNow(tools, name)
  if (Date.parse(now) >= Date.parse(to)) return
  const advanced = await advance(client, name, { to }, progress)
  if (advanced.stuck.length > 0) throw new CommandRefused(advancedText(name, advanced))
  made(`${count(daysBetween(now, to), 'day')} passed: ${dayText(to)}`)
}

async function readNow({ client }: DemoTools, name: string): Promise<string> {
  return (await readClock(client, name)).properties.now
}

/** A shop that was cancelled since is left as it is: nothing can be written to it. */
async function buildShop(building: Building, shop: string): Promise<string | null> {
  const { suspensions } = await readLifecycle(building.client, shop)
  if (suspensions.length === 0) {
    const account = await ensureFiles(building, 'shop', shop, shopFiles())
    const blobs = await openBlobs(building.client, account, { mode: 'login', ca: building.ca })
    const isNew = await ensureImage(blobs.getContainerClient(container))
    if (isNew)
      building.made(`"${imageName}" beside them: ${imageBytes / 1024 ** 3} GB, to be paid for`)
    return account.name
  }
  return (await findStorage(building.client, shop))?.name ?? null
}
