import { accountsPath } from '../billing-accounts/show.ts'
import { type BillingAccount, readBillingAccount } from '../billing-accounts/store.ts'
import { accountNow } from '../billing-accounts/now.ts'
import type { Database } from '../database/connection.ts'
import type { Schema } from '../database/schema.ts'
import { assert } from '../kernel/assert.ts'
import { formatAmount } from '../kernel/currency.ts'
import { parseDecimal } from '../kernel/decimal.ts'
import { isUuid } from '../kernel/ids.ts'
import { type Instant, formatInstant } from '../kernel/instant.ts'
import {
  type Operation,
  type OperationRequest,
  type OperationResponse,
  operation,
  refuseRequest,
} from '../pipeline/operation.ts'
import { orRefuse } from '../pipeline/or-refuse.ts'
import { type Page, pageOf, readPage } from '../pipeline/page.ts'
import { type DraftAmounts, type DraftShare, draftInvoice, runningPeriod } from './draft.ts'
import { accountNameIn } from './find-invoice.ts'
import { taxOn } from './invoice-lines.ts'
import { invoiceOperation } from './read.http.ts'

/** So many subscriptions are rated for one request; the rest page by page. */
const sharesPerPage = 100

export function draftInvoiceOperation({
  database,
}: {
  readonly database: Database<Schema>
}): Operation {
  return operation({
    ...invoiceOperation,
    type: 'Reprieve.Lifecycle/billingAccounts/draftInvoice',
    name: 'DraftInvoices_Get',
    method: 'GET',
    paths: [`${accountsPath}/:billingAccountName/draftInvoice`],
    action: 'Reprieve.Lifecycle/billingAccounts/invoices/read',
    handle: (request) => getDraft(request, database),
  })
}

async function getDraft(
  request: OperationRequest,
  { db }: Database<Schema>,
): Promise<OperationResponse> {
  const { caller, params, realNow } = request
  const name = accountNameIn(params)
  const asked = draftPage(orRefuse(readPage(request.query)))
  const account = await readBillingAccount(db, caller.tenantId, name)
  if (account === null) refuseRequest('notFound', { what: `The billing account '${name}'` })
  const now = await accountNow(db, account, realNow)
  const after = asked.after?.[0] ?? '00000000-0000-0000-0000-000000000000'
  const shares = await draftInvoice(db, account, now, { after, limit: asked.limit + 1 })
  const path = `${accountsPath}/${account.name}/draftInvoice`
  const key = ({ subscriptionId }: DraftShare) => [subscriptionId]
  const page = pageOf(shares, asked, key, { ...request, path })
  const isWhole = asked.after === null && page.nextLink === null
  return { status: 200, body: show(account, now, { path, ...page }, isWhole) }
}

function draftPage(page: Page): Page {
  const [id] = page.after ?? []
  if (id !== undefined && !isUuid(id)) {
    const problem = { kind: 'invalid' } as const
    refuseRequest('invalidParameter', { parameter: '$skiptoken', problem })
  }
  return { ...page, limit: Math.min(page.limit, sharesPerPage) }
}

function show(
  account: BillingAccount,
  now: Instant,
  page: {
    readonly path: string
    readonly rows: readonly DraftShare[]
    readonly nextLink: string | null
  },
  isWhole: boolean,
) {
  const { from, to } = runningPeriod(account)
  const showAll = (amounts: readonly DraftAmounts[]) => showTotals(account, amounts)
  return {
    id: page.path,
    name: 'draftInvoice',
    type: 'Reprieve.Lifecycle/billingAccounts/draftInvoice',
    properties: {
      currency: account.currency,
      period: { from: formatInstant(from), to: formatInstant(to) },
      asOf: formatInstant(now),
      taxRate: account.taxRate,
      // Of the whole invoice; of an account with more subscriptions than one page, nobody has
      // reckoned it: sum up the pages.
      soFar: isWhole ? showAll(page.rows.map((row) => row.soFar)) : null,
      projected: isWhole ? showAll(page.rows.map((row) => row.projected)) : null,
      subscriptions: page.rows.map((row) => ({
        subscriptionId: row.subscriptionId,
        displayName: row.displayName,
        soFar: showShare(account, row.soFar),
        projected: showShare(account, row.projected),
      })),
    },
    nextLink: page.nextLink,
  }
}

function showShare({ currency }: BillingAccount, { lineCount, charged, credit }: DraftAmounts) {
  return {
    lineCount,
    charged: formatAmount(charged, currency),
    credit: formatAmount(credit, currency),
    subTotal: formatAmount(charged - credit, currency),
  }
}

function showTotals(account: BillingAccount, amounts: readonly DraftAmounts[]) {
  const { currency, taxRate } = account
  const sum = (of: (each: DraftAmounts) => bigint) =>
    amounts.reduce((total, each) => total + of(each), 0n)
  const all = {
    lineCount: amounts.reduce((count, each) => count + each.lineCount, 0),
    charged: sum(({ charged }) => charged),
    credit: sum(({ credit }) => credit),
  }
  const rate = parseDecimal(taxRate)
  assert(rate !== null, `a stored tax rate is a decimal: ${taxRate}`)
  const subTotal = all.charged - all.credit
  const tax = taxOn(subTotal, rate)
  return {
    ...showShare(account, all),
    tax: formatAmount(tax, currency),
    total: formatAmount(subTotal + tax, currency),
  }
}
