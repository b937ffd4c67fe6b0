import type { Database } from '../database/connection.ts'
import type { Schema } from '../database/schema.ts'
import type { PublishedEvent } from '../../api/event-chain.ts'
import {
  type Operation,
  type OperationRequest,
  operation,
  refuseRequest,
} from '../pipeline/operation.ts'
import { orRefuse } from '../pipeline/or-refuse.ts'
import { pageOf, readPage } from '../pipeline/page.ts'
import { lifecycleApiVersions } from '../subscriptions/api-versions.ts'
import { readEvents } from './read.ts'
import { type StreamName, accountStream, subscriptionStream, tenantStream } from './record.ts'

export type EventsDependencies = {
  readonly database: Database<Schema>
  readonly masterKey: Uint8Array
}

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
  request: OperationRequest,
  { database, masterKey }: EventsDependencies,
) {
  const asked = orRefuse(readPage(request.query))
  const after = Number(asked.after?.[0] ?? 0)
  if (!Number.isSafeInteger(after) || after < 0) {
    refuseRequest('invalidParameter', { parameter: '$skiptoken', problem: { kind: 'invalid' } })
  }
  const range = { after, limit: asked.limit + 1 }
  const events = await readEvents(database.db, stream, range, masterKey)
  const keyOf = (event: PublishedEvent): readonly string[] => [String(event.sequence)]
  const page = pageOf(events, asked, keyOf, { ...request, path })
  return { value: page.rows, nextLink: page.nextLink }
}
