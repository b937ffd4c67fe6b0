import type { Client } from '../../api/client.ts'
import { dateText } from '../dates.ts'
import { orNull } from '../or-null.ts'
import type { Lifecycle } from './lifecycle.ts'

/** What is left of a trial's credit: a decimal text in major units. */
export type Credit = {
  readonly left: string
  readonly currency: string
  readonly expiresAt: string
}

/** Null: it has none, or the caller may not see its costs. */
export async function readCredit(
  client: Client,
  subscriptionId: string,
  { offer, state }: Lifecycle,
): Promise<Credit | null> {
  // To know it, all that was used is reckoned: only where there is something to know.
  if (offer !== 'FreeTrial' || state === 'Deleted') return null
  type Costs = {
    readonly properties: {
      readonly currency: string
      readonly credit: Omit<Credit, 'currency'> | null
    }
  }
  const path = `/subscriptions/${subscriptionId}/providers/Reprieve.Lifecycle/costs`
  const found = await orNull(client.request<Costs>('GET', path, { query: { $top: '1' } }))
  if (found === null) return null
  const { currency, credit } = found.body.properties
  return credit === null ? null : { ...credit, currency }
}

/** What is left of it, for people, at a time of its own clock (null: not known). */
export function creditText({ left, currency, expiresAt }: Credit, now: string | null): string {
  const until = dateText(expiresAt)
  const isOver = now !== null && Date.parse(expiresAt) <= Date.parse(now)
  return isOver ? `none: it was good until ${until}` : `${left} ${currency}, until ${until}`
}
