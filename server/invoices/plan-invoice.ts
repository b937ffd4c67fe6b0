import { type Transaction, sql } from 'kysely'
import { invoiceDateAfter } from '../billing-accounts/invoice-date.ts'
import type { BillingAccount } from '../billing-accounts/store.ts'
import type { Schema } from '../database/schema.ts'
import type { Random } from '../kernel/ids.ts'
import { type Instant, addMs, hourMs } from '../kernel/instant.ts'
import { enqueue } from '../work/work.ts'

export const invoiceWork = 'invoice'

/**
 * Real time after a period's end until it is invoiced: a request that was admitted before the end
 * is on record by then. A test clock stands still meanwhile, so there is nothing to wait for.
 */
const settleMs = hourMs

/** The work of an account's invoices; its tenant and its name. */
export function invoiceKey(account: Pick<BillingAccount, 'tenantId' | 'nameKey'>): string {
  return `${account.tenantId}/${account.nameKey}`
}

/** The date of the invoice that will hold what is charged at an instant. */
export function invoiceDateOf(
  account: Pick<BillingAccount, 'billedUntil' | 'periodEndsAt' | 'invoiceDay'>,
  at: Instant,
): Instant {
  const isRunning = at >= account.billedUntil && at < account.periodEndsAt
  return isRunning ? account.periodEndsAt : invoiceDateAfter(at, account.invoiceDay)
}

/** When the running period ends, and from when on, on the account's clock, it is invoiced. */
export function invoiceDue(account: Pick<BillingAccount, 'periodEndsAt' | 'testClockKey'>): {
  readonly end: Instant
  readonly dueAt: Instant
} {
  const end = account.periodEndsAt
  return { end, dueAt: account.testClockKey === null ? addMs(end, settleMs) : end }
}

/**
 * Sees to it that the running period is invoiced: asked wherever something begins to be charged.
 * Asking twice is asking once, and never later; with `replan`, at the period's end as it is now.
 */
export async function planInvoice(
  tx: Transaction<Schema>,
  account: BillingAccount,
  realNow: Instant,
  random: Random,
  { replan }: { readonly replan: boolean } = { replan: false },
): Promise<void> {
  const { tenantId, nameKey, testClockKey: clockKey } = account
  const key = invoiceKey(account)
  const planned = await tx
    .selectFrom('work')
    .select('due_at')
    .where('kind', '=', invoiceWork)
    .where('key', '=', key)
    .forUpdate()
    .executeTakeFirst()
  // Of an account that nothing is charged on there is no work to plan anew.
  if (planned === undefined && replan) return
  if (planned !== undefined && !replan) {
    // It may be running now and about to find nothing left: it must look once more.
    await tx
      .updateTable('work')
      .set({ version: sql`version + 1` })
      .where('kind', '=', invoiceWork)
      .where('key', '=', key)
      .execute()
    return
  }
  const { dueAt } = invoiceDue(account)
  const subject = { account: nameKey }
  await enqueue(
    tx,
    { tenantId, kind: invoiceWork, key, subject, clockKey, dueAt, hostId: null },
    realNow,
    random,
  )
}
