import { operationsOf, type Parts } from '../../server/wiring.ts'
import type { Row } from './row.ts'
import { accessRows } from './rows-access.ts'
import { billingRows } from './rows-billing.ts'
import { lifecycleRows } from './rows-lifecycle.ts'
import { moneyRows } from './rows-money.ts'
import { resourceRows } from './rows-resources.ts'
import { tenantRows } from './rows-tenant.ts'

/** Operation x role x state: what is expected, all of it written by hand. */
export const table: readonly Row[] = [
  ...lifecycleRows,
  ...resourceRows,
  ...accessRows,
  ...tenantRows,
  ...moneyRows,
  ...billingRows,
]

/** Every path of a row, as `METHOD path`. */
export function pathsOf({ method, inSubscription = [], inTenant = [] }: Row): readonly string[] {
  return [...inSubscription, ...inTenant].map(({ path }) => `${method} ${path}`)
}

/** Every path that the product serves, as `METHOD path`, with its operation's name. */
export function servedPaths(): readonly { readonly operation: string; readonly path: string }[] {
  // Nothing is opened: an operation touches its parts when it is called, and none is.
  const parts = { database: { db: null }, providers: [], publicBlobUrl: '' } as unknown as Parts
  return operationsOf(parts).flatMap(({ name, method, paths }) =>
    paths.map((path) => ({ operation: name, path: `${method} ${path}` })),
  )
}
