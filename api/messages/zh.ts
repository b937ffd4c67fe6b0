import type { Messages } from '../refusals.ts'
import { money } from './zh/money.ts'
import { prices } from './zh/prices.ts'
import { requests } from './zh/requests.ts'
import { resources } from './zh/resources.ts'
import { roles } from './zh/roles.ts'
import { subscriptions } from './zh/subscriptions.ts'

/** Simplified Chinese. Codes, ids, actions and property names stay as the API writes them. */
export const chinese: Messages = {
  ...requests,
  ...subscriptions,
  ...resources,
  ...roles,
  ...prices,
  ...money,
}
