import type { Kysely } from 'kysely'
import { Type } from 'typebox'
import type { Schema } from '../database/schema.ts'
import { isUuid } from '../kernel/ids.ts'
import { subscriptionApiVersions } from '../locations/api-versions.ts'
import {
  type Operation,
  type OperationRequest,
  type OperationResponse,
  operation,
  refuseRequest,
} from '../pipeline/operation.ts'
import { orRefuse } from '../pipeline/or-refuse.ts'
import { pageOf, readPage } from '../pipeline/page.ts'
import { isReservedName } from '../resources/reserved-name.ts'
import { listVisibleIds, readTenantName } from './list.store.ts'
import { showSubscription } from './show.ts'
import { readSubscription } from './store.ts'

type Dependencies = { readonly db: Kysely<Schema> }

/** Subscriptions and tenants as somebody who has just signed in finds them. */
export function subscriptionListOperations(dependencies: Dependencies): readonly Operation[] {
  return [
    listSubscriptions(dependencies),
    getSubscription(),
    listTenants(dependencies),
    checkResourceName(),
  ]
}

function listSubscriptions({ db }: Dependencies): Operation {
  return operation({
    name: 'Subscriptions_List',
    method: 'GET',
    paths: ['/subscriptions'],
    type: 'Microsoft.Resources/subscriptions',
    apiVersions: subscriptionApiVersions,
    action: null,
    whenSuspended: 'not of a subscription',
    handle: (request) => answerSubscriptions(db, request),
  })
}

/** Disabled ones are in it: clients choose themselves what they show. */
async function answerSubscriptions(
  db: Kysely<Schema>,
  request: OperationRequest,
): Promise<OperationResponse> {
  const { caller, publicUrl, query } = request
  const page = orRefuse(readPage(query))
  const after = page.after?.[0] ?? null
  if (after !== null && !isUuid(after)) {
    refuseRequest('invalidParameter', { parameter: '$skiptoken', problem: { kind: 'invalid' } })
  }
  const ids = await listVisibleIds(db, caller, { after, limit: page.limit + 1 })
  const link = { publicUrl, query, path: '/subscriptions' }
  const { rows, nextLink } = pageOf(ids, page, (id) => [id], link)
  const found = await Promise.all(rows.map((id) => readSubscription(db, caller.tenantId, id)))
  const value = found.flatMap((one) => (one === null ? [] : [showSubscription(one)]))
  // Required by this list's description, unlike by any other: on the last page it is empty.
  return { status: 200, body: { value, nextLink: nextLink ?? '' } }
}

function getSubscription(): Operation {
  return operation({
    name: 'Subscriptions_Get',
    method: 'GET',
    paths: ['/subscriptions/:subscriptionId'],
    type: 'Microsoft.Resources/subscriptions',
    apiVersions: subscriptionApiVersions,
    action: 'Microsoft.Resources/subscriptions/read',
    whenSuspended: { allow: 'Reading changes nothing.' },
    handle: async ({ subscription, params }) => {
      if (subscription === null) {
        refuseRequest('subscriptionNotFound', { subscriptionId: params['subscriptionId'] ?? '' })
      }
      return { status: 200, body: showSubscription(subscription) }
    },
  })
}

/** One: a token is of one tenant, and of another nothing is seen. */
function listTenants({ db }: Dependencies): Operation {
  return operation({
    name: 'Tenants_List',
    method: 'GET',
    paths: ['/tenants'],
    type: 'Microsoft.Resources/tenants',
    apiVersions: subscriptionApiVersions,
    action: null,
    whenSuspended: 'not of a subscription',
    handle: async ({ caller }) => {
      const { tenantId } = caller
      const displayName = await readTenantName(db, tenantId)
      const id = `/tenants/${tenantId}`
      const tenant = { id, tenantId, tenantCategory: 'Home', displayName, domains: [] }
      return { status: 200, body: { value: [tenant], nextLink: '' } }
    },
  })
}

const resourceName = Type.Object(
  { name: Type.String({ minLength: 1, maxLength: 260 }), type: Type.String({ maxLength: 260 }) },
  { additionalProperties: false },
)

/** Whether a resource may bear a name: a few are reserved, as Azure reserves them. */
function checkResourceName(): Operation {
  return operation<{ readonly name: string; readonly type: string }>({
    name: 'checkResourceName',
    method: 'POST',
    paths: ['/providers/Microsoft.Resources/checkResourceName'],
    type: 'Microsoft.Resources/checkResourceName',
    apiVersions: subscriptionApiVersions,
    action: null,
    whenSuspended: 'not of a subscription',
    body: resourceName,
    handle: async ({ body }) => {
      const status = isReservedName(body.name) ? 'Reserved' : 'Allowed'
      return { status: 200, body: { name: body.name, type: body.type, status } }
    },
  })
}
