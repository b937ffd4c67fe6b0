import type { Messages } from '../refusals.ts'
import { money } from './fr/money.ts'
import { prices } from './fr/prices.ts'
import { requests } from './fr/requests.ts'
import { resources } from './fr/resources.ts'
import { roles } from './fr/roles.ts'
import { subscriptions } from './fr/subscriptions.ts'

/** French. Codes, ids, actions and property names stay as the API writes them. */
export const french: Messages = {
  ...requests,
  ...subscriptions,
  ...resources,
  ...roles,
  ...prices,
  ...money,
}
