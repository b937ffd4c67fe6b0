import { Type } from 'typebox'
import type { Database } from '../database/connection.ts'
import type { Schema } from '../database/schema.ts'
import type { EventRecorder } from '../events/record.ts'
import { readSeller } from '../invoices/parties.ts'
import type { Party } from '../invoices/invoice.ts'
import {
  type Operation,
  type OperationRequest,
  type OperationResponse,
  operation,
} from '../pipeline/operation.ts'
import { lifecycleApiVersions } from '../subscriptions/api-versions.ts'
import { beginTenantChange } from '../tenants/change.ts'

export type SellerDependencies = {
  readonly database: Database<Schema>
  readonly events: EventRecorder
}

type SellerBody = {
  readonly properties: {
    readonly name: string
    readonly address?: readonly string[]
    readonly country: string
    readonly taxId?: string | null
  }
}

const optionalText = Type.Optional(Type.String())
const properties = Type.Object(
  {
    name: Type.String({ minLength: 1, maxLength: 128 }),
    address: Type.Optional(
      Type.Array(Type.String({ minLength: 1, maxLength: 128 }), { maxItems: 6 }),
    ),
    country: Type.String({ pattern: '^[A-Z]{2}$' }),
    taxId: Type.Optional(Type.Union([Type.String({ minLength: 1, maxLength: 64 }), Type.Null()])),
  },
  { additionalProperties: false },
)
const sellerBody = Type.Object(
  { properties, id: optionalText, name: optionalText, type: optionalText },
  { additionalProperties: false },
)

const path = '/providers/Reprieve.Lifecycle/sellers/default'

const common = {
  type: 'Reprieve.Lifecycle/sellers',
  apiVersions: lifecycleApiVersions,
  whenSuspended: 'not of a subscription',
  scope: () => '/',
  paths: [path],
} as const

/** Who issues a tenant's invoices. What was issued keeps the seller that it was issued by. */
export function sellerOperations(dependencies: SellerDependencies): readonly Operation[] {
  const { database } = dependencies
  return [
    operation({
      ...common,
      name: 'Sellers_Get',
      method: 'GET',
      action: 'Reprieve.Lifecycle/sellers/read',
      handle: async ({ caller }) => {
        return { status: 200, body: show(await readSeller(database.db, caller.tenantId)) }
      },
    }),
    operation<SellerBody>({
      ...common,
      name: 'Sellers_CreateOrUpdate',
      method: 'PUT',
      action: 'Reprieve.Lifecycle/sellers/write',
      body: sellerBody,
      handle: (request) => putSeller(request, dependencies),
    }),
  ]
}

async function putSeller(
  { caller, body, realNow }: OperationRequest<SellerBody>,
  { database, events }: SellerDependencies,
): Promise<OperationResponse> {
  const { tenantId, principalId: actor } = caller
  const { name, country, address = [], taxId = null } = body.properties
  const row = { name, country, tax_id: taxId, address: JSON.stringify(address) }
  await database.transaction(async (tx) => {
    const change = await beginTenantChange(tx, events, { tenantId, actor, realNow })
    await tx
      .insertInto('sellers')
      .values({ tenant_id: tenantId, ...row })
      .onConflict((conflict) => conflict.column('tenant_id').doUpdateSet(row))
      .execute()
    // Who it is, is no business of a history that is kept when all else is gone.
    await change.record('SellerChanged', { country })
  }, 'put the seller')
  return { status: 200, body: show({ name, address, country, taxId }) }
}

/** A tenant that never said who sells sells under its own name, in no country. */
function show(seller: Party) {
  return { id: path, name: 'default', type: 'Reprieve.Lifecycle/sellers', properties: seller }
}
