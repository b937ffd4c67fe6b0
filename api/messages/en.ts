import type { Messages } from '../refusals.ts'
import { money } from './en/money.ts'
import { prices } from './en/prices.ts'
import { requests } from './en/requests.ts'
import { resources } from './en/resources.ts'
import { roles } from './en/roles.ts'
import { subscriptions } from './en/subscriptions.ts'

/** English. Each text: what was refused, why, and what to do. */
export const english: Messages = {
  ...requests,
  ...subscriptions,
  ...resources,
  ...roles,
  ...prices,
  ...money,
}
