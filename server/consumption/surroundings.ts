import type { BillingAccount } from '../billing-accounts/store.ts'
import type { UsedResource } from './store.ts'

/** What a row is shown with. */
export type UsageSurroundings = {
  readonly account: BillingAccount
  readonly apiVersion: string
  /** The scope in the path of the request. */
  readonly scope: string
  readonly resource: UsedResource | null
  /** Null: it has none any more. */
  readonly resourceId: string | null
  /** The invoice that charges it; null: none yet. */
  readonly invoice: string | null
  readonly expanded: { readonly additionalInfo: boolean; readonly meterDetails: boolean }
}
