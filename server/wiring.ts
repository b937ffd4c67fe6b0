import type { Transaction } from 'kysely'
import type { Logger } from 'pino'
import { aliasOperations } from './aliases/aliases.http.ts'
import { microsoftBillingOperations } from './billing/billing.http.ts'
import { billingAccountOperations } from './billing-accounts/accounts.http.ts'
import { cancelPlanOperations } from './cancel-plans/plans.http.ts'
import { advanceClock } from './clocks/advance.job.ts'
import { clockOperations } from './clocks/clocks.http.ts'
import { consumptionOperations } from './consumption/usage-details.http.ts'
import type { Database } from './database/connection.ts'
import type { Schema } from './database/schema.ts'
import { applyEffects } from './effects/apply.ts'
import { sampleAgainWork, sampleWork } from './effects/plan-samples.ts'
import { sampleResource, sampleSizes } from './effects/sample.job.ts'
import { spreadEffects } from './effects/spread.ts'
import type { EffectWatch } from './effects/watch.ts'
import { eventOperations } from './events/events.http.ts'
import type { EventRecorder } from './events/record.ts'
import { signHeads } from './events/sign-heads.job.ts'
import { closeCycle } from './invoices/close-cycle.job.ts'
import { pursueInvoice } from './invoices/due.job.ts'
import { invoiceOperations } from './invoices/invoices.http.ts'
import { issueInvoices } from './invoices/issue.job.ts'
import type { Random } from './kernel/ids.ts'
import type { Clock } from './kernel/instant.ts'
import { localLocation } from './locations/location.ts'
import { locationsOperations } from './locations/locations.http.ts'
import { asynchronousOperations } from './operations/operations.http.ts'
import { paymentOperations } from './payments/payments.http.ts'
import { spreadUnpaid } from './payments/spread-unpaid.job.ts'
import type { Operation } from './pipeline/operation.ts'
import { priceListOperations } from './prices/price-lists.http.ts'
import type { ResourceProvider } from './providers/contract.ts'
import { deleteGroupWork } from './resource-groups/delete.job.ts'
import { resourceGroupsOperations } from './resource-groups/resource-groups.http.ts'
import { resourceProvidersOperations } from './resource-providers/resource-providers.http.ts'
import { resourceProgress } from './resources/progress.http.ts'
import { resourcesOperations } from './resources/resources.http.ts'
import { storageAccountType, storageApiVersions } from './resources/storage-account.http.ts'
import { roleOperations } from './roles/roles.http.ts'
import { sellerOperations } from './sellers/sellers.http.ts'
import { cancelOperation } from './subscriptions/cancel.http.ts'
import { deletionProgress } from './subscriptions/delete-progress.ts'
import { deleteOperation } from './subscriptions/delete.http.ts'
import { endTerm } from './subscriptions/end-term.job.ts'
import { enableOperation } from './subscriptions/enable.http.ts'
import { lifecycleOperations } from './subscriptions/lifecycle.http.ts'
import { subscriptionListOperations } from './subscriptions/list.http.ts'
import { purgeWhenDue } from './subscriptions/purge.job.ts'
import { upgradeOperation } from './subscriptions/upgrade.http.ts'
import { renameOperation } from './subscriptions/rename.http.ts'
import { checkCredit } from './trials/check-credit.job.ts'
import { tagsOperations } from './tags/tags.http.ts'
import { servicePrincipalOperations } from './tenants/service-principals.http.ts'
import { tenantOperations } from './tenants/tenants.http.ts'
import { costOperation } from './usage/costs.http.ts'
import type { WorkHandler } from './work/worker.ts'

/** What operations and work are made of, once it is opened. */
export type Parts = {
  readonly database: Database<Schema>
  readonly events: EventRecorder
  readonly clock: Clock
  readonly random: Random
  readonly masterKey: Uint8Array
  /** Ed25519 in PEM: signs where histories end. */
  readonly historyKeyPem: string
  readonly hostId: string
  readonly log: Logger
  readonly providers: readonly ResourceProvider[]
  readonly watch: EffectWatch
  /** What ends a provider's call that takes too long; {@link AbortSignal.timeout} unless given. */
  readonly limitSignal?: (limitMs: number) => AbortSignal
  readonly testClocks: boolean
  readonly effectLimitMs: number
  readonly publicBlobUrl: string
  readonly barrier: (subscriptionId: string) => Promise<void>
  readonly keysChanged: (uid: string) => Promise<void>
  readonly wakeWorkers: () => void
}

/** How long a request waits for the real thing before it answers 202. */
const effectWaitMs = 3_000

/** Every operation of the API, each with just what it needs. */
export function operationsOf(parts: Parts): readonly Operation[] {
  const { database } = parts
  const resources = resourceParts(parts)
  const own = [
    ...aliasOperations(parts),
    ...billingAccountOperations(parts),
    ...cancelPlanOperations({ ...parts, endings: endingsOf(parts) }),
    ...clockOperations(parts),
    ...consumptionOperations(parts),
    costOperation(parts),
    ...eventOperations(parts),
    ...invoiceOperations(parts),
    ...lifecycleOperations(parts),
    ...microsoftBillingOperations(parts),
    ...paymentOperations(parts),
    ...priceListOperations(parts),
    ...sellerOperations(parts),
    ...subscriptionListOperations({ db: database.db }),
    cancelOperation(parts),
    enableOperation(parts),
    renameOperation(parts),
    deleteOperation(parts),
    upgradeOperation(parts),
    ...locationsOperations(resources),
    ...resourceGroupsOperations(resources),
    ...roleOperations(parts),
    ...tagsOperations(parts),
    ...tenantOperations(parts),
    ...servicePrincipalOperations(parts),
    ...resourceProvidersOperations({ ...resources, operations: () => all }),
  ]
  // Work that goes on after an answer is polled with the api-version of the request it belongs to.
  const versions = [...own.flatMap((each) => each.apiVersions), ...storageApiVersions]
  const apiVersions = [...new Set(versions)].sort()
  const all: readonly Operation[] = [
    ...own,
    ...resourcesOperations({ ...resources, allApiVersions: apiVersions, operations: () => all }),
    ...asynchronousOperations({
      db: database.db,
      progressOf: {
        ...resourceProgress(resources),
        ...deletionProgress({ db: database.db, effectLimitMs: parts.effectLimitMs }),
      },
      apiVersions,
    }),
  ]
  return all
}

function resourceParts(parts: Parts) {
  const { database, watch, publicBlobUrl } = parts
  return {
    ...parts,
    types: [storageAccountType({ ...parts, publicBlobUrl: () => publicBlobUrl })],
    locations: [localLocation],
    wakeWorkers: (tx: Transaction<Schema>) => database.wake(tx, 'work'),
    waitForEffect: (uid: string, _generation: number, timeoutMs: number) =>
      watch.wait(uid, timeoutMs),
    effectWaitMs,
  }
}

/**
 * How long one call of a provider may take. A store with many blobs takes its time to be removed.
 */
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
    [sampleWork]: (work) => sampleSizes(work, effects),
    [sampleAgainWork]: (work) => sampleResource(work, effects),
    'end-term': (work) => endTerm(work, parts),
    'check-credit': (work) => checkCredit(work, parts),
    invoice: (work) => issueInvoices(work, parts),
    'close-cycle': (work) => closeCycle(work, parts),
    'invoice-due': (work) => pursueInvoice(work, parts),
    'spread-unpaid': (work) => spreadUnpaid(work, parts),
    'advance-clock': (work) => advanceClock(work, parts),
    'sign-heads': (work) => signHeads(work, parts),
    'delete-group': (work) => deleteGroupWork(work, resourceParts(parts)),
  }
}

function endingsOf({ providers }: Parts) {
  return new Map(providers.map((provider) => [provider.type.toLowerCase(), provider.ending]))
}
