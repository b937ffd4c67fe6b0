import { Type } from 'typebox'
import { isSupportPlan } from '../offers/offer.ts'
import { mayAct, refuseAct } from '../pipeline/authorise.ts'
import {
  type Operation,
  type OperationRequest,
  type OperationResponse,
  operation,
  refuseRequest,
} from '../pipeline/operation.ts'
import { isUuid } from '../kernel/ids.ts'
import { orRefuse } from '../pipeline/or-refuse.ts'
import { type Page, pageOf, readPage } from '../pipeline/page.ts'
import { cancelAction } from '../roles/authorise.ts'
import { type CancelDependencies, cancelSubscription } from '../subscriptions/cancel.http.ts'
import { listSubscriptionsOfAccount, subscriptionScope } from '../subscriptions/store.ts'
import type { BillingDependencies } from './accounts.http.ts'
import { billingApiVersions } from './api-versions.ts'
import { accountPath, findAccount, profilePath } from './find-account.ts'
import { type FoundSubscription, findBillingSubscription } from './find-invoice.ts'
import { billingAccountRoute, billingSubscriptionRoute } from './invoices.http.ts'
import { refuseUnsupported } from './list-query.ts'
import { billingSubscriptionPath, showBillingSubscription } from './show-subscription.ts'
import { readCharges } from './subscription-store.ts'

const readAction = 'Microsoft.Billing/billingAccounts/billingSubscriptions/read'

const common = {
  type: 'Microsoft.Billing/billingAccounts/billingSubscriptions',
  apiVersions: billingApiVersions,
  whenSuspended: 'not of a subscription',
  action: null,
} as const
const reading = { ...common, method: 'GET', asks: readAction } as const
const newerOnly = { ...common, apiVersions: ['2024-04-01'], asks: cancelAction } as const

type CancelBody = { readonly cancellationReason: string; readonly customerId?: string }

const cancelBody = Type.Object(
  {
    cancellationReason: Type.String({ enum: ['Other', 'Compromise', 'Dispute'] }),
    customerId: Type.Optional(Type.String()),
  },
  { additionalProperties: false },
)

/** The subscriptions that an account pays for. */
export function billingSubscriptionOperations({
  database,
}: BillingDependencies): readonly Operation[] {
  const { db } = database
  const profile = `${billingAccountRoute}/billingProfiles/:billingProfileName`
  const list = (request: OperationRequest) => listSubscriptions(request, { database })
  return [
    operation({
      ...reading,
      name: 'BillingSubscriptions_ListByBillingAccount',
      paths: [`${billingAccountRoute}/billingSubscriptions`],
      handle: list,
    }),
    operation({
      ...reading,
      name: 'BillingSubscriptions_ListByBillingProfile',
      paths: [`${profile}/billingSubscriptions`],
      handle: list,
    }),
    operation({
      ...reading,
      name: 'BillingSubscriptions_ListByInvoiceSection',
      paths: [`${profile}/invoiceSections/:invoiceSectionName/billingSubscriptions`],
      handle: list,
    }),
    operation({
      ...reading,
      name: 'BillingSubscriptions_Get',
      paths: [billingSubscriptionRoute],
      handle: async (request) => {
        const { apiVersion, realNow } = request
        const { account, subscription } = await findBillingSubscription(db, request, readAction)
        const charges = await readCharges(db, account, subscription, realNow)
        const shown = { account, apiVersion, charges }
        return { status: 200, body: showBillingSubscription(subscription, shown) }
      },
    }),
  ]
}

/** The ends of a support plan: its renewal off, as by the cancel of the subscription itself. */
export function cancelBillingSubscriptionOperations(
  dependencies: CancelDependencies,
): readonly Operation[] {
  return [
    operation({
      ...newerOnly,
      name: 'BillingSubscriptions_Delete',
      method: 'DELETE',
      paths: [billingSubscriptionRoute],
      handle: async (request) => {
        await cancelSupportPlan(request, dependencies)
        return { status: 204 }
      },
    }),
    operation<CancelBody>({
      ...newerOnly,
      name: 'BillingSubscriptions_Cancel',
      method: 'POST',
      paths: [`${billingSubscriptionRoute}/cancel`],
      body: cancelBody,
      handle: async (request) => {
        const { account, subscription } = await cancelSupportPlan(request, dependencies)
        const path = billingSubscriptionPath(account, subscription.subscriptionId)
        // It is done: the poll finds what became of it.
        const location = `${request.publicUrl}${path}?api-version=${request.apiVersion}`
        return { status: 202, headers: { location, 'retry-after': '1' } }
      },
    }),
  ]
}

async function cancelSupportPlan(
  request: OperationRequest,
  dependencies: CancelDependencies,
): Promise<FoundSubscription> {
  const { caller } = request
  const found = await findBillingSubscription(dependencies.database.db, request, readAction)
  const { subscription } = found
  const { subscriptionId, offer } = subscription
  const scope = subscriptionScope(subscriptionId)
  if (!mayAct(caller, cancelAction, scope, subscription)) {
    refuseAct(caller, cancelAction, scope, subscription)
  }
  if (!isSupportPlan(offer)) {
    const cancel = `POST ${scope}/providers/Microsoft.Subscription/cancel`
    refuseRequest('notASupportPlan', { subscriptionId, offer: offer.name, cancel })
  }
  await cancelSubscription({ ...request, params: { subscriptionId }, query: {} }, dependencies)
  return found
}

async function listSubscriptions(
  request: OperationRequest,
  { database: { db } }: BillingDependencies,
): Promise<OperationResponse> {
  const { query, params, apiVersion } = request
  refuseUnsupported(query)
  const account = await findAccount(db, request, readAction)
  const asked = orRefuse(readPage(query))
  const page = {
    after: positionOf(asked),
    limit: asked.limit + 1,
    withDeleted: query['includedeleted']?.toLowerCase() === 'true',
  }
  const of = { tenantId: account.tenantId, accountKey: account.nameKey }
  const rows = await listSubscriptionsOfAccount(db, of, page)
  const key = ({ subscriptionId }: { readonly subscriptionId: string }) => [subscriptionId]
  const paged = pageOf(rows, asked, key, { ...request, path: listPath(account, params) })
  const shown = { account, apiVersion, charges: null }
  const value = paged.rows.map((row) => showBillingSubscription(row, shown))
  const { nextLink } = paged
  return { status: 200, body: { value, ...(nextLink === null ? {} : { nextLink }) } }
}

function listPath(
  account: { readonly name: string },
  { billingProfileName: profile, invoiceSectionName: section }: OperationRequest['params'],
): string {
  if (profile === undefined) return `${accountPath(account)}/billingSubscriptions`
  if (section === undefined) return `${profilePath(account)}/billingSubscriptions`
  return `${profilePath(account)}/invoiceSections/${account.name}/billingSubscriptions`
}

/** A token may be anything: what is no id is no place in the list. */
function positionOf({ after }: Page): string | null {
  if (after === null) return null
  const [id = ''] = after
  if (isUuid(id)) return id
  const problem = { kind: 'invalid' } as const
  return refuseRequest('invalidParameter', { parameter: '$skiptoken', problem })
}
