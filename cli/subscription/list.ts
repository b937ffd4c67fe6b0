import type { Command } from '../command.ts'
import { table } from '../table.ts'
import { listSubscriptions } from './find.ts'

export const subscriptionList: Command = {
  name: 'subscription list',
  summary: 'Lists the subscriptions that you may see',
  run: async (call) => {
    const subscriptions = await listSubscriptions(await call.client())
    const rows = subscriptions.map(
      ({ displayName, subscriptionId, state, subscriptionPolicies }) => [
        displayName,
        subscriptionId,
        state,
        offerIn(subscriptionPolicies?.quotaId),
      ],
    )
    const whenEmpty = 'No subscriptions. Create one: npx reprieve subscription create <name>'
    return {
      data: subscriptions,
      text: table(['Name', 'Id', 'State', 'Offer'], rows, whenEmpty),
    }
  },
}

/** A quota id is the offer's name with a date behind it: `FreeTrial_2014-09-01`. */
export function offerIn(quotaId: string | undefined): string {
  return quotaId?.replace(/_\d{4}-\d{2}-\d{2}$/, '') ?? '-'
}
