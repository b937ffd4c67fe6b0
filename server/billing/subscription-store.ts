import { type Kysely, sql } from 'kysely'
import type { BillingAccount } from '../billing-accounts/store.ts'
import { accountNow } from '../billing-accounts/now.ts'
import type { Schema } from '../database/schema.ts'
import { billOne } from '../invoices/bill-subscription.ts'
import { runningPeriod } from '../invoices/draft.ts'
import { sumOf } from '../invoices/invoice-lines.ts'
import { type Instant, earlier } from '../kernel/instant.ts'
import type { Subscription } from '../subscriptions/store.ts'
import type { Charges } from './show-subscription.ts'

type Db = Pick<Kysely<Schema>, 'selectFrom'>

/** What a subscription came to on the last invoice, and comes to on the next one by now. */
export async function readCharges(
  db: Db,
  account: BillingAccount,
  subscription: Subscription,
  realNow: Instant,
): Promise<Charges> {
  const now = await accountNow(db, account, realNow)
  const period = runningPeriod(account)
  const window = { from: period.from, to: earlier(now, period.to) }
  const billed = await billOne(db, account, subscription, window)
  const last = await db
    .selectFrom('documents as d')
    .innerJoin('document_lines as l', 'l.document_id', 'd.document_id')
    .select(sql<string | null>`sum(l.cost)`.as('cost'))
    .where('d.tenant_id', '=', account.tenantId)
    .where('d.account_key', '=', account.nameKey)
    .where('d.type', '=', 'Invoice')
    .where('d.period_to', '=', BigInt(account.billedUntil))
    .where('l.subscription_id', '=', subscription.subscriptionId)
    .executeTakeFirstOrThrow()
  return { lastMonth: BigInt(last.cost ?? 0), monthToDate: sumOf(billed.lines) }
}
