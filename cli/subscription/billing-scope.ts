import type { Client } from '../../api/client.ts'
import { listAccounts } from '../billing-account/account.ts'
import { CommandRefused } from '../failure.ts'
import type { Session } from '../session/session.ts'

/**
 * Where a new subscription is billed when nobody says it: where the session says, else in the only
 * billing account that there is.
 */
export async function chooseBillingScope(client: Client, session: Session): Promise<string> {
  if (session.billingScope !== null) return session.billingScope
  const accounts = await listAccounts(client)
  const [only, ...others] = accounts
  if (only !== undefined && others.length === 0) return only.properties.billingScope
  const known = accounts.map(({ properties }) => properties.billingScope).join(', ')
  throw new CommandRefused(
    accounts.length === 0
      ? 'There is no billing account that you may see. Ask who administers the tenant for one.'
      : `There are several billing accounts: say which with --billing-scope. They are: ${known}.`,
  )
}
