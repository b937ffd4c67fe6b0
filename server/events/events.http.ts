import type { Database } from '../database/connection.ts'
import type { Schema } from '../database/schema.ts'
import { type Operation, operation, refuseRequest } from '../pipeline/operation.ts'
import { lifecycleApiVersions } from '../subscriptions/api-versions.ts'
import { readEvents } from './read.ts'
import { type StreamName, accountStream, subscriptionStream, tenantStream } from './record.ts'

export type EventsDependencies = {
  readonly database: Database<Schema>
  readonly masterKey: Uint8Array
}

const pageMax = 500

/** The histories: of a subscription (also after its purge), of a billing account, of the tenant. */
export function eventOperations(dependencies: EventsDependencies): readonly Operation[] {
  const common = {
    method: 'GET',
    type: 'Reprieve.Lifecycle/events',
    apiVersions: lifecycleApiVersions,
    action: 'Reprieve.Lifecycle/events/read',
    afterPurge: true,
  } as const
  return [
    operation({
      ...common,
      name: 'Events_ListBySubscription',
      paths: ['/subscriptions/:subscriptionId/providers/Reprieve.Lifecycle/events'],
      whenSuspended: { allow: 'it reads' },
      handle: async (request) => {
        const subscriptionId = String(request.params['subscriptionId']).toLowerCase()
        const stream = subscriptionStream(request.caller.tenantId, subscriptionId)
        const path = `/subscriptions/${subscriptionId}/providers/Reprieve.Lifecycle/events`
        return { status: 200, body: await listPage(stream, path, request, dependencies) }
      },
    }),
    operation({
      ...common,
      name: 'Events_ListByBillingAccount',
      paths: ['/providers/Reprieve.Lifecycle/billingAccounts/:billingAccountName/events'],
      scope: (params) =>
        `/providers/Microsoft.Billing/billingAccounts/${params['billingAccountName']}`,
      whenSuspended: 'not of a subscription',
      handle: async (request) => {
        const nameKey = String(request.params['billingAccountName']).toLowerCase()
        const stream = accountStream(request.caller.tenantId, nameKey)
        const path = `/providers/Reprieve.Lifecycle/billingAccounts/${nameKey}/events`
        return { status: 200, body: await listPage(stream, path, request, dependencies) }
      },
    }),
    operation({
      ...common,
      name: 'Events_ListByTenant',
      paths: ['/providers/Reprieve.Lifecycle/events'],
      scope: () => '/',
      whenSuspended: 'not of a subscription',
      handle: async (request) => {
        const stream = tenantStream(request.caller.tenantId)
        const path = '/providers/Reprieve.Lifecycle/events'
        return { status: 200, body: await listPage(stream, path, request, dependencies) }
      },
    }),
  ]
}

async function listPage(
  stream: StreamName,
  path: string,
  request: Parameters<Operation['handle']>[0],
  { database, masterKey }: EventsDependencies,
) {
  const limit = positive(request.query, 'top', pageMax)
  const after = positive(request.query, 'skiptoken', 0)
  const page = { after, limit: Math.min(limit, pageMax) }
  const value = await readEvents(database.db, stream, page, masterKey)
  const last = value.at(-1)
  const nextLink =
    last === undefined || value.length < page.limit
      ? null
      : `${request.publicUrl}${path}?api-version=${request.apiVersion}&$top=${page.limit}&$skiptoken=${last.sequence}`
  return { value, nextLink }
}

function positive(
  query: { readonly [name: string]: string },
  name: string,
  otherwise: number,
): number {
  const text = query[name]
  if (text === undefined) return otherwise
  const value = Number(text)
  if (Number.isSafeInteger(value) && value > 0) return value
  return refuseRequest('invalidParameter', {
    parameter: `$${name}`,
    problem: { kind: 'range', min: 1, max: pageMax },
  })
}
