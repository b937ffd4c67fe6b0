import type { Answer } from '../../api/client-answer.ts'
import type { Crew, ModelSubscription } from './model.ts'
import { waitFor } from './pause.ts'
import type { Site } from './site.ts'
import { Violation } from './uncertain.ts'

const drainLimitMs = 60_000

/** What `lifecycles/default` says that the loops look at. */
export type ShownLifecycle = {
  readonly state: string
  readonly purgeAt: string | null
  readonly purgeStartedAt: string | null
  readonly purgedAt: string | null
  readonly effects: {
    readonly total: number
    readonly done: number
    readonly stuck: readonly unknown[]
  }
}

/** A read: it is repeated until it is answered, as every client does. */
export async function read(site: Site, path: string): Promise<Answer> {
  const answer = await waitFor(() => site.ask('GET', path), drainLimitMs)
  if (answer === null) throw new Violation(`GET ${path} was not answered in ${drainLimitMs} ms`)
  return answer
}

/** Waits until nothing is under way any more: no effect half done, no clock on its way. */
export async function drain(site: Site, crews: readonly Crew[]): Promise<void> {
  for (const crew of crews) {
    let last = ''
    const done = await waitFor(async () => {
      last = (await openEnds(site, crew)).join('; ')
      return last === '' ? true : null
    }, drainLimitMs)
    if (done === null) throw new Violation(`after ${drainLimitMs} ms still under way: ${last}`)
  }
}

async function openEnds(site: Site, crew: Crew): Promise<readonly string[]> {
  const clock = await read(site, `/providers/Reprieve.Lifecycle/testClocks/${crew.clock}`)
  const { status } = (clock.body as { properties: { status: string } }).properties
  // What it does on its way may end the subscription between two looks at it.
  if (status !== 'Ready') return [`clock ${crew.clock} is ${status}`]
  const { subscription } = crew
  if (subscription === null || subscription.id === null) return []
  return openEndsOf(site, subscription, subscription.id)
}

async function openEndsOf(
  site: Site,
  { name }: ModelSubscription,
  id: string,
): Promise<readonly string[]> {
  const lifecycle = await readLifecycle(site, id)
  const { effects, state, purgeStartedAt, purgedAt } = lifecycle
  const ends: string[] = []
  if (effects.done !== effects.total) ends.push(`effects of ${name}: ${JSON.stringify(effects)}`)
  if (state === 'Warned') ends.push(`${name} is ${state}`)
  if (purgeStartedAt !== null && purgedAt === null) ends.push(`${name} is being purged`)
  if (state === 'Deleted') return ends
  if (ends.length > 0) return ends
  const things = [...(await listOf(site, groupsPath(id))), ...(await listOf(site, accountsOf(id)))]
  for (const thing of things) {
    const { provisioningState } = thing.properties
    if (provisioningState === 'Succeeded') continue
    ends.push(`${thing.name} in ${name} is ${provisioningState}`)
  }
  return ends
}

export async function readLifecycle(site: Site, id: string): Promise<ShownLifecycle> {
  const path = `/subscriptions/${id}/providers/Reprieve.Lifecycle/lifecycles/default`
  const answer = await read(site, path)
  if (answer.status !== 200) throw new Violation(`GET ${path} was answered ${answer.status}`)
  return (answer.body as { properties: ShownLifecycle }).properties
}

export type Listed = {
  readonly name: string
  readonly properties: { readonly provisioningState: string }
}

/** All that a list holds, page by page. */
export async function listOf<T = Listed>(site: Site, path: string): Promise<readonly T[]> {
  const all: T[] = []
  for (let next: string | null = path; next !== null; ) {
    const answer: Answer = await read(site, next)
    if (answer.status !== 200) throw new Violation(`GET ${next} was answered ${answer.status}`)
    const page = answer.body as { readonly value: readonly T[]; readonly nextLink?: string | null }
    all.push(...page.value)
    next = page.nextLink ?? null
  }
  return all
}

export function groupsPath(id: string): string {
  return `/subscriptions/${id}/resourcegroups`
}

export function accountsOf(id: string): string {
  return `/subscriptions/${id}/providers/Microsoft.Storage/storageAccounts`
}
