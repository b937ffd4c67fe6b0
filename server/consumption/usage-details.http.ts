import { accountNow } from '../billing-accounts/now.ts'
import { type BillingAccount, readBillingAccount } from '../billing-accounts/store.ts'
import { accountPath, findAccount, profilePath, sectionPath } from '../billing/find-account.ts'
import { billingAccountRoute } from '../billing/invoices.http.ts'
import type { Database } from '../database/connection.ts'
import type { Schema } from '../database/schema.ts'
import { runningPeriod } from '../invoices/draft.ts'
import { resourceIdsOf } from '../invoices/name-resources.ts'
import { assert } from '../kernel/assert.ts'
import { earlier } from '../kernel/instant.ts'
import {
  type Operation,
  type OperationRequest,
  type OperationResponse,
  operation,
  refuseRequest,
} from '../pipeline/operation.ts'
import { orRefuse } from '../pipeline/or-refuse.ts'
import { nextLinkAfter, readPage } from '../pipeline/page.ts'
import { subscriptionScope } from '../subscriptions/store.ts'
import { commandLineVersion } from './command-line-names.ts'
import { readUsageFilter } from './filter.ts'
import { readPosition } from './position.ts'
import { showUsage } from './show.ts'
import { readInvoicedPeriods, readUsedResources } from './store.ts'
import { type UsageQuestion, type UsageRow, readUsagePage } from './usage-page.ts'

export type ConsumptionDependencies = { readonly database: Database<Schema> }

/** What the SDKs (2021-10-01) and the command line (2023-05-01) ask for. */
const consumptionApiVersions = ['2021-10-01', commandLineVersion] as const

const usageDetails = 'providers/Microsoft.Consumption/usageDetails'
const readAction = 'Microsoft.Consumption/usageDetails/read'
/** All count what was used at what it costs: nothing is reserved or amortised. */
const metrics = ['actualcost', 'amortizedcost', 'usage'] as const

const common = {
  type: 'Microsoft.Consumption/usageDetails',
  apiVersions: consumptionApiVersions,
  method: 'GET',
} as const

/** What was used, by resource, meter, unit price and day, up to this second. */
export function consumptionOperations({ database }: ConsumptionDependencies): readonly Operation[] {
  return [
    operation({
      ...common,
      name: 'UsageDetails_List',
      paths: [`/subscriptions/:subscriptionId/${usageDetails}`],
      action: readAction,
      whenSuspended: { allow: 'it reads' },
      handle: async (request) => {
        const { subscription, params } = request
        const { db } = database
        if (subscription === null) {
          const subscriptionId = String(params['subscriptionId'])
          return refuseRequest('subscriptionNotFound', { subscriptionId })
        }
        const { tenantId, subscriptionId, billingAccountKey } = subscription
        const account = await readBillingAccount(db, tenantId, billingAccountKey)
        assert(account !== null, 'a billing account is never removed')
        const scope = subscriptionScope(subscriptionId)
        return listUsage(request, database, { account, subscriptionId }, scope)
      },
    }),
    operation({
      ...common,
      name: 'UsageDetails_ListByBillingAccount',
      paths: ['', `/${profile}`, `/${profile}/${section}`].map(
        (inside) => `${billingAccountRoute}${inside}/${usageDetails}`,
      ),
      action: null,
      asks: readAction,
      whenSuspended: 'not of a subscription',
      handle: async (request) => {
        const account = await findAccount(database.db, request, readAction)
        const scope = scopeIn(request, account)
        return listUsage(request, database, { account, subscriptionId: null }, scope)
      },
    }),
  ]
}

const profile = 'billingProfiles/:billingProfileName'
const section = 'invoiceSections/:invoiceSectionName'

function scopeIn({ params }: OperationRequest, account: BillingAccount): string {
  if (params['invoiceSectionName'] !== undefined) return sectionPath(account)
  return params['billingProfileName'] === undefined ? accountPath(account) : profilePath(account)
}

async function listUsage(
  request: OperationRequest,
  { db }: Database<Schema>,
  of: Pick<UsageQuestion, 'account' | 'subscriptionId'>,
  scope: string,
): Promise<OperationResponse> {
  const { query, realNow } = request
  const asked = orRefuse(readPage(query))
  const after = orRefuse(readPosition(asked.after))
  const filter = orRefuse(readUsageFilter(query['filter']))
  refuseMetric(query['metric'])
  const { account } = of
  const now = await accountNow(db, account, realNow)
  // Unless days are named: the running period. What will be used is nobody's usage.
  const wanted = filter ?? runningPeriod(account)
  const window = { from: wanted.from, to: earlier(now, wanted.to) }
  const page = await readUsagePage(db, { ...of, window }, after, asked.limit)
  const next = page.next === null ? null : [page.next.subscriptionId, page.next.uid, page.next.row]
  const path = `${scope}/${usageDetails}`
  const nextLink = next === null ? null : nextLinkAfter(next, { ...request, path })
  const { apiVersion } = request
  const shown = { scope, apiVersion, expand: query['expand'] }
  const value = await showAll(db, account, page.rows, shown)
  return { status: 200, body: { value, ...(nextLink === null ? {} : { nextLink }) } }
}

async function showAll(
  db: Database<Schema>['db'],
  account: BillingAccount,
  rows: readonly UsageRow[],
  {
    scope,
    apiVersion,
    expand = '',
  }: {
    readonly scope: string
    readonly apiVersion: string
    readonly expand: string | undefined
  },
): Promise<readonly object[]> {
  const first = rows[0]
  if (first === undefined) return []
  const uids = [...new Set(rows.map(({ line }) => line.uid).filter((uid) => uid !== null))]
  const ids = await resourceIdsOf(db, uids)
  const resources = await readUsedResources(db, uids)
  const from = Math.min(...rows.map(({ line }) => line.from)) as typeof first.line.from
  const to = Math.max(...rows.map(({ line }) => line.to)) as typeof first.line.to
  const invoices = await readInvoicedPeriods(db, account, { from, to })
  const asked = expand.toLowerCase()
  const expanded = {
    // The command line calls it otherwise.
    additionalInfo: /additional(info|properties)/.test(asked),
    meterDetails: asked.includes('meterdetails'),
  }
  return rows.map((row) => {
    const { uid, from: at } = row.line
    const invoice = invoices.find((period) => period.from <= at && at < period.to)?.name ?? null
    return showUsage(row, {
      account,
      scope,
      apiVersion,
      resource: uid === null ? null : (resources.get(uid) ?? null),
      resourceId: uid === null ? null : (ids.get(uid) ?? null),
      invoice,
      expanded,
    })
  })
}

function refuseMetric(metric: string | undefined): void {
  if (metric === undefined || metrics.some((known) => known === metric.toLowerCase())) return
  const problem = { kind: 'oneOf', values: metrics } as const
  refuseRequest('invalidParameter', { parameter: 'metric', problem })
}
