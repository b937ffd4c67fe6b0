import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { chainStart, type PublishedEvent, verifyEvents } from '../../api/event-chain.ts'
import { checkBlobs, checkBlobsGone } from './check-blobs.ts'
import type { Checked } from './checked.ts'
import { aliasPath, assignmentPath } from './content-steps.ts'
import { accountsOf, drain, groupsPath, listOf, read, readLifecycle } from './drain.ts'
import { checkPurgeAt } from './lifecycle-steps.ts'
import { type Crew, idOf, type ModelSubscription, type Standing } from './model.ts'
import type { Site } from './site.ts'
import { Violation } from './uncertain.ts'

/**
 * Waits until all work is done and compares everything that can be seen with what was acknowledged.
 *
 * @throws Violation for the first thing that is not as it must be.
 */
export async function checkCrews(checked: Checked, crews: readonly Crew[]): Promise<void> {
  const { site, dataFolder } = checked
  for (const { subscription } of crews) {
    if (subscription !== null && subscription.id === null) await learnId(site, subscription)
  }
  await drain(site, crews)
  for (const crew of crews) {
    await checkClock(site, crew)
    if (crew.subscription !== null) await checkSubscription(checked, crew, crew.subscription)
    // Nothing is under way any more.
    crew.disturbances += crew.disturbances % 2
  }
  const wanted = crews
    .flatMap(({ subscription }) => subscription?.accounts ?? [])
    .filter(({ exists }) => exists.isSurely(true)).length
  const stores = storesIn(dataFolder)
  if (stores.length !== wanted) {
    throw new Violation(
      `there are ${stores.length} stores for ${wanted} accounts: ${stores.join(', ')}`,
    )
  }
}

/** The uids of the accounts that have a folder on this host. */
export function storesIn(dataFolder: string): readonly string[] {
  return readdirSync(join(dataFolder, 'stores'))
}

/** What is over stays over: a purged subscription never comes back, and its history stays. */
export async function checkEnded(checked: Checked, crews: readonly Crew[]): Promise<void> {
  for (const crew of crews) {
    for (const subscription of crew.ended) await checkSubscription(checked, crew, subscription)
  }
}

/** One whose creation was not answered: its alias tells whether it was made. */
async function learnId(site: Site, subscription: ModelSubscription): Promise<void> {
  const alias = await read(site, aliasPath(subscription))
  const { name, standing } = subscription
  standing.see(alias.status === 200 ? 'Enabled' : 'None', () => `subscription ${name}`)
  if (alias.status !== 200) return
  subscription.id = (
    alias.body as { properties: { subscriptionId: string } }
  ).properties.subscriptionId
}

async function checkClock(site: Site, crew: Crew): Promise<void> {
  const clock = await read(site, `/providers/Reprieve.Lifecycle/testClocks/${crew.clock}`)
  const { now } = (clock.body as { properties: { now: string } }).properties
  crew.now.see(Date.parse(now), () => `clock ${crew.clock}`)
}

const standings: { readonly [state: string]: Standing } = {
  Enabled: 'Enabled',
  Disabled: 'Cancelled',
  Deleted: 'Deleted',
}

async function checkSubscription(
  checked: Checked,
  crew: Crew,
  subscription: ModelSubscription,
): Promise<void> {
  if (subscription.standing.isSurely('None')) return
  const { site } = checked
  const { name, standing } = subscription
  const lifecycle = await readLifecycle(site, idOf(subscription))
  const seen = standings[lifecycle.state]
  if (seen === undefined) throw new Violation(`${name} is ${lifecycle.state} with nothing to do`)
  standing.see(seen, () => `subscription ${name}`)
  if (lifecycle.effects.stuck.length > 0) throw new Violation(`${name} has stuck effects`)
  await checkHistory(checked, subscription)
  if (seen === 'Deleted') return checkGone(site, subscription)
  if (seen === 'Enabled') subscription.purgeAt = null
  checkPurgeAt(subscription, lifecycle.purgeAt)
  const now = crew.now.possible[0] ?? 0
  if (subscription.purgeAt !== null && subscription.purgeAt <= now) {
    throw new Violation(`${name} should have been purged at ${lifecycle.purgeAt}`)
  }
  await checkContents(checked, subscription)
}

async function checkGone(site: Site, subscription: ModelSubscription): Promise<void> {
  const paths = [aliasPath(subscription), `/subscriptions/${idOf(subscription)}`]
  for (const path of paths) {
    const answer = await read(site, path)
    if (answer.status !== 404) throw new Violation(`GET ${path} was answered ${answer.status}`)
  }
  for (const account of subscription.accounts) account.exists.see(false, () => account.name)
}

async function checkContents(checked: Checked, subscription: ModelSubscription): Promise<void> {
  const { site } = checked
  const id = idOf(subscription)
  const { name } = subscription
  const groups = new Set((await listOf(site, groupsPath(id))).map((group) => group.name))
  for (const group of subscription.groups.values()) {
    group.exists.see(groups.delete(group.name), () => `group ${group.name} in ${name}`)
  }
  if (groups.size > 0)
    throw new Violation(`${name} has groups that nobody made: ${[...groups].join(', ')}`)
  const accounts = new Set((await listOf(site, accountsOf(id))).map((account) => account.name))
  // The last one of a name is the one that may be there.
  for (const account of subscription.accounts.toReversed()) {
    account.exists.see(accounts.delete(account.name), () => `account ${account.name} in ${name}`)
  }
  if (accounts.size > 0)
    throw new Violation(`${name} has accounts nobody made: ${[...accounts].join(', ')}`)
  await checkNames(site, subscription)
  for (const role of subscription.roles.values()) {
    const held: string[] = []
    for (const assignment of role.assignment.possible) {
      if (assignment === null) continue
      const answer = await read(site, assignmentPath(subscription, assignment))
      if (answer.status === 200) held.push(assignment)
    }
    role.assignment.see(held[0] ?? null, () => `role ${role.roleId} in ${name}`)
  }
  for (const account of subscription.accounts) {
    if (account.exists.isSurely(true)) await checkBlobs(checked, account)
  }
  await checkBlobsGone(site, subscription)
}

/** A name is free once its account is gone, and taken as long as it is there. */
async function checkNames(site: Site, subscription: ModelSubscription): Promise<void> {
  const provider = `/subscriptions/${idOf(subscription)}/providers/Microsoft.Storage`
  const path = `${provider}/checkNameAvailability`
  const taken = new Map(
    subscription.accounts.map(({ name, exists }) => [name, exists.isSurely(true)]),
  )
  for (const { name, exists } of subscription.accounts) {
    if (exists.isSurely(true)) taken.set(name, true)
  }
  for (const [name, isTaken] of taken) {
    const body = { name, type: 'Microsoft.Storage/storageAccounts' }
    const answer = await site.ask('POST', path, body)
    const { nameAvailable } = (answer?.body ?? {}) as { readonly nameAvailable?: boolean }
    if (nameAvailable === !isTaken) continue
    const said = JSON.stringify(answer?.body)
    throw new Violation(`the name ${name} should be ${isTaken ? 'taken' : 'free'}: ${said}`)
  }
}

/** The chain holds, and the last event that was seen before is still in it. */
async function checkHistory(
  { site, tally }: Checked,
  subscription: ModelSubscription,
): Promise<void> {
  const path = `/subscriptions/${idOf(subscription)}/providers/Reprieve.Lifecycle/events`
  const events = await listOf<PublishedEvent>(site, path)
  const { position, problems } = verifyEvents(chainStart, events)
  const [problem] = problems
  const { name, head } = subscription
  if (problem !== undefined) {
    throw new Violation(`event ${problem.sequence} of ${name} ${problem.problem}`)
  }
  const still = head === null ? null : events[head.sequence - 1]
  if (head !== null && still?.hash !== head.hash) {
    throw new Violation(`event ${head.sequence} of ${name} was there and is not any more`)
  }
  subscription.head = position
  tally.checkedEvents += events.length
}
