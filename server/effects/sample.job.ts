import type { Database } from '../database/connection.ts'
import type { Schema } from '../database/schema.ts'
import type { Random } from '../kernel/ids.ts'
import { type Clock, type Instant, addMs, hourMs, minuteMs, secondMs } from '../kernel/instant.ts'
import {
  type MeasuredRates,
  ProviderFailure,
  type ResourceProvider,
} from '../providers/contract.ts'
import { lockSubscription } from '../subscriptions/store.ts'
import { planCreditCheck } from '../trials/plan-credit-check.ts'
import { type ClaimedWork, type WorkOutcome, workDone } from '../work/work.ts'
import { type CallLimits, eachConcurrently, withLimit } from './provider-calls.ts'
import { planSampleAgain } from './plan-samples.ts'
import { recordSample } from './record-sample.ts'
import { type SampledResource, readSampledPage, readSampledResource } from './sample.store.ts'

export type SampleDependencies = CallLimits & {
  readonly database: Database<Schema>
  readonly clock: Clock
  readonly random: Random
  readonly hostId: string
  readonly log: { readonly warn: (facts: object, message: string) => void }
  /** By resource type, lower case. */
  readonly providers: ReadonlyMap<string, ResourceProvider>
}

const everyMs = hourMs
const measureLimitMs = 2 * minuteMs
const concurrency = 8
const pageSize = 200

/**
 * Measures what runs at a sampled rate on this host, and records what has changed: every hour those
 * on real time; those of a test clock's account once, at the beginning of an advance. What cannot
 * be measured keeps its last rate, holds up no other, and is left as work with its cause.
 */
export async function sampleSizes(
  work: ClaimedWork,
  dependencies: SampleDependencies,
): Promise<WorkOutcome> {
  const { database, clock, hostId } = dependencies
  const { tenantId, clockKey } = work
  const place = {
    hostId,
    types: sampledTypes(dependencies),
    clock: clockKey === null ? null : { tenantId, nameKey: clockKey },
  }
  for (let after = firstUid; ; ) {
    const page = await readSampledPage(database.db, place, { after, limit: pageSize })
    await samplePage(page, dependencies)
    const last = page.at(-1)
    if (last === undefined || page.length < pageSize) break
    after = last.uid
  }
  if (clockKey !== null) return workDone
  return { done: false, nextTryAt: addMs(clock.now(), everyMs), error: null }
}

const firstUid = '00000000-0000-0000-0000-000000000000'

/** Tries one resource again whose measuring failed. */
export async function sampleResource(
  work: ClaimedWork,
  dependencies: SampleDependencies,
): Promise<WorkOutcome> {
  const { database, clock, hostId } = dependencies
  const place = { hostId, types: sampledTypes(dependencies) }
  const resource = await readSampledResource(database.db, place, String(work.subject['uid']))
  if (resource === null) return workDone
  let rates: MeasuredRates
  try {
    rates = await measure(resource, dependencies)
  } catch (error) {
    return { done: false, nextTryAt: backoff(clock.now(), work.attempts), error: causeOf(error) }
  }
  await record(resource.subscriptionId, new Map([[resource.uid, rates]]), dependencies)
  return workDone
}

function sampledTypes({ providers }: SampleDependencies): readonly string[] {
  return [...providers].flatMap(([type, provider]) =>
    provider.meters.some(({ rate }) => rate === 'sampled') ? [type] : [],
  )
}

async function samplePage(
  page: readonly SampledResource[],
  dependencies: SampleDependencies,
): Promise<void> {
  const changed = new Map<string, Map<string, MeasuredRates>>()
  const failed: { readonly resource: SampledResource; readonly cause: string }[] = []
  await eachConcurrently(page, concurrency, async (resource) => {
    try {
      const rates = await measure(resource, dependencies)
      if (isSame(resource, rates)) return
      const { subscriptionId, uid } = resource
      const samples = changed.get(subscriptionId) ?? new Map<string, MeasuredRates>()
      changed.set(subscriptionId, samples.set(uid, rates))
    } catch (error) {
      failed.push({ resource, cause: causeOf(error) })
    }
  })
  for (const [subscriptionId, samples] of changed) {
    await record(subscriptionId, samples, dependencies)
  }
  for (const { resource, cause } of failed) await leaveBehind(resource, cause, dependencies)
}

async function measure(
  resource: SampledResource,
  dependencies: SampleDependencies,
): Promise<MeasuredRates> {
  const provider = dependencies.providers.get(resource.type)
  if (provider?.measure === undefined) {
    throw new ProviderFailure(
      `This host cannot measure ${resource.type}.`,
      'Start the version of Reprieve that made the resource, with its provider turned on.',
    )
  }
  const { measure: measureOf, meters } = provider
  const rates = await withLimit(measureLimitMs, dependencies, (signal) =>
    measureOf(resource.uid, signal),
  )
  for (const { name, rate } of meters) {
    if (rate === 'sampled' && (rates[name] ?? -1n) < 0n) {
      throw new ProviderFailure(
        `Its ${name} were measured as ${rates[name]}.`,
        'It is charged for what was measured last; look at the host.',
      )
    }
  }
  return rates
}

/** Most resources are as large as an hour ago: what is the same is not worth a lock. */
function isSame({ rates }: SampledResource, measured: MeasuredRates): boolean {
  const before = new Map<string, bigint>(Object.entries(rates))
  return Object.entries(measured).every(
    ([meter, rate]) => !before.has(meter) || before.get(meter) === rate,
  )
}

async function record(
  subscriptionId: string,
  samples: ReadonlyMap<string, MeasuredRates>,
  { database, clock, random }: SampleDependencies,
): Promise<void> {
  await database.transaction(async (tx) => {
    const subscription = await lockSubscription(tx, subscriptionId, clock.now())
    if (subscription === null) return
    for (const [uid, rates] of samples) await recordSample(tx, subscription, uid, rates)
    await planCreditCheck(tx, subscription, clock.now(), random)
  }, 'record samples')
}

async function leaveBehind(
  resource: SampledResource,
  cause: string,
  { database, clock, random, hostId, log }: SampleDependencies,
): Promise<void> {
  log.warn({ uid: resource.uid, cause }, 'a resource could not be measured; it keeps its last rate')
  await database.transaction(
    (tx) => planSampleAgain(tx, resource, hostId, clock.now(), random),
    'plan to sample again',
  )
}

function causeOf(error: unknown): string {
  if (error instanceof ProviderFailure) return `${error.message} ${error.remedy}`
  return error instanceof Error ? error.message : String(error)
}

/** Doubles from half a second to a minute. */
function backoff(now: Instant, attempts: number): Instant {
  return addMs(now, Math.min((secondMs / 4) * 2 ** Math.min(attempts, 16), minuteMs))
}
