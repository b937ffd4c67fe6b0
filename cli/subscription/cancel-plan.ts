import type { Client } from '../../api/client.ts'
import type { WhoMay } from '../../api/refusals.ts'
import type { Commitment, FinalBill } from './bill-text.ts'

/** A cancel plan, as the API shows it. */
export type CancelPlan = {
  readonly name: string
  readonly properties: {
    readonly subscriptionId: string
    readonly expiresAt: string
    readonly offer: string
    readonly cancelAt: string
    readonly resourceCount: number
    readonly resources: readonly PlannedResource[]
    readonly dates: {
      readonly billingStops: string
      readonly finalInvoice: string
      /** Null, as the next two: it holds no data. */
      readonly deletableFrom: string | null
      readonly readableUntil: string | null
      readonly purge: string | null
    }
    readonly finalBill: FinalBill
    readonly commitments: readonly Commitment[]
    readonly wayBack: WhoMay
    readonly whoMayDeleteEarly: WhoMay
  }
}

export type PlannedResource = {
  readonly resourceId: string
  readonly type: string
  readonly whatStops: string
  readonly whatStays: string
  readonly whatIsLost: readonly string[]
}

/** Changes nothing; what it says can be cancelled exactly so, for an hour. */
export async function makePlan(client: Client, subscriptionId: string): Promise<CancelPlan> {
  const path = `/subscriptions/${subscriptionId}/providers/Reprieve.Lifecycle/cancelPlans`
  const { body } = await client.request<CancelPlan>('POST', path)
  return body
}
