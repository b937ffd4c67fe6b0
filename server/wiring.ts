import type { Logger } from 'pino'
import { aliasOperations } from './aliases/aliases.http.ts'
import { billingAccountOperations } from './billing-accounts/accounts.http.ts'
import { cancelPlanOperations } from './cancel-plans/plans.http.ts'
import { advanceClock } from './clocks/advance.job.ts'
import { clockOperations } from './clocks/clocks.http.ts'
import type { Database } from './database/connection.ts'
import type { Schema } from './database/schema.ts'
import { applyEffects } from './effects/apply.ts'
import { spreadEffects } from './effects/spread.ts'
import type { EffectWatch } from './effects/watch.ts'
import { eventOperations } from './events/events.http.ts'
import type { EventRecorder } from './events/record.ts'
import type { Random } from './kernel/ids.ts'
import type { Clock } from './kernel/instant.ts'
import type { Operation } from './pipeline/operation.ts'
import type { ResourceProvider } from './providers/contract.ts'
import { cancelOperation } from './subscriptions/cancel.http.ts'
import { deleteOperation } from './subscriptions/delete.http.ts'
import { enableOperation } from './subscriptions/enable.http.ts'
import { lifecycleOperations } from './subscriptions/lifecycle.http.ts'
import { purgeWhenDue } from './subscriptions/purge.job.ts'
import { renameOperation } from './subscriptions/rename.http.ts'
import type { WorkHandler } from './work/worker.ts'

/** What operations and work are made of, once it is opened. */
export type Parts = {
  readonly database: Database<Schema>
  readonly events: EventRecorder
  readonly clock: Clock
  readonly random: Random
  readonly masterKey: Uint8Array
  readonly hostId: string
  readonly log: Logger
  readonly providers: readonly ResourceProvider[]
  readonly watch: EffectWatch
  readonly testClocks: boolean
  readonly effectLimitMs: number
  readonly publicBlobUrl: string
  readonly barrier: (subscriptionId: string) => Promise<void>
  readonly keysChanged: (uid: string) => Promise<void>
  readonly wakeWorkers: () => void
}

/** Every operation of the API, each with just what it needs. */
export function operationsOf(parts: Parts): readonly Operation[] {
  const endings = endingsOf(parts)
  return [
    ...aliasOperations(parts),
    ...billingAccountOperations(parts),
    ...cancelPlanOperations({ ...parts, endings }),
    ...clockOperations(parts),
    ...eventOperations(parts),
    ...lifecycleOperations(parts),
    cancelOperation(parts),
    enableOperation(parts),
    renameOperation(parts),
    deleteOperation(parts),
  ]
}

/** How long one call of a provider may take. A store with many blobs takes its time to be removed. */
const applyLimitMs = 120_000
const applyConcurrency = 16

/** What each kind of work is done by. */
export function handlersOf(parts: Parts): { readonly [kind: string]: WorkHandler } {
  const { providers, watch } = parts
  const effects = {
    ...parts,
    providers: new Map(providers.map((provider) => [provider.type.toLowerCase(), provider])),
    applyLimitMs,
    concurrency: applyConcurrency,
    onObserved: watch.observed,
    running: new Set<string>(),
    endings: endingsOf(parts),
  }
  return {
    purge: (work) => purgeWhenDue(work, parts),
    'spread-effects': (work) => spreadEffects(work, effects),
    'apply-effects': (work) => applyEffects(work, effects),
    'advance-clock': (work) => advanceClock(work, parts),
  }
}

function endingsOf({ providers }: Parts) {
  return new Map(providers.map((provider) => [provider.type.toLowerCase(), provider.ending]))
}
