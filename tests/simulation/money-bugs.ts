import { afterMaking, afterWork, later, readsWrongly } from './money-plants.ts'
import type { PlantedBug } from './planted-bug.ts'
import { damage, withoutOrder } from './plants.ts'

const hour = 3_600_000
const day = 24 * hour

/** What an invoice reads of the subscriptions that it is for. */
const billed = /^select .*"s"\."term_ends_at".* from "subscriptions" as "s" left join "credits"/

/** Bugs in what is charged, each with the check that has to name it. */
export const moneyBugs: readonly PlantedBug[] = [
  {
    name: 'a number of an invoice that is skipped',
    promise: 11,
    says: /a number of \d+ is missing|stands where/,
    plant: afterWork('invoice', 'update document_series set last_number = last_number + 1'),
  },
  {
    name: 'a day that is invoiced twice',
    promise: 11,
    says: /is to be invoiced again|is no period of its account/,
    plant: afterWork(
      'invoice',
      `update billing_accounts b set billed_until = billed_until - ${day}
        where exists (select from documents d where d.tenant_id = b.tenant_id
          and d.account_key = b.name_key and d.period_to = b.billed_until)`,
    ),
  },
  {
    name: 'usage that is on an invoice twice',
    promise: 11,
    says: /and only \d+ was used/,
    plant: readsWrongly(/^select .*"rate".* from "resource_intervals" where/, (rows) =>
      rows.flatMap((row) => [row, row]),
    ),
  },
  {
    name: 'usage that goes on after a cancel',
    promise: 11,
    says: /charges \d+ of \S+, and only \d+ was used/,
    plant: readsWrongly(
      /^select .*"closed_at" from "(billable|resource)_intervals" where/,
      later('closed_at', hour),
    ),
  },
  {
    name: 'late usage that is dropped',
    promise: 11,
    says: /is on no invoice|and \d+ was used/,
    plant: damage(/^insert into "late_usage"/, 'skip'),
  },
  {
    name: 'a payment that counts twice',
    promise: 6,
    says: /was sent, 201, and counts \d+/,
    plant: afterMaking(
      'Payments_Record',
      `update documents d set paid = paid * 2 where exists (select from payments p
        where p.document_id = d.document_id and d.paid = p.amount)`,
    ),
  },
  {
    name: 'a limit of a trial that is forgotten',
    promise: 11,
    says: /will see that its credit is used up/,
    plant: withoutOrder('check-credit'),
  },
  {
    name: 'a trial that is charged like any other',
    promise: 11,
    says: /a trial, \S+, is charged/,
    plant: readsWrongly(billed, (rows) =>
      rows.map((row) =>
        row['offer'] === 'FreeTrial' ? { ...row, offer: 'PayAsYouGo', credit_amount: null } : row,
      ),
    ),
  },
  {
    name: 'a month of a support plan after its term',
    promise: 11,
    says: /support-plan-months\S*, and only \d+ was used/,
    plant: readsWrongly(billed, later('term_ends_at', 62 * day)),
  },
  {
    name: 'a meter that runs on in what is disabled',
    promise: 1,
    says: /is disabled, and \S+ is metered/,
    plant: damage(
      /^update "resource_intervals" set "closed_at" = greatest\S*, \S+ where "uid" = /,
      'skip',
    ),
  },
  {
    name: 'an invoice whose order is lost',
    promise: 3,
    says: /nobody will invoice/,
    plant: withoutOrder('invoice'),
  },
  {
    name: 'an unpaid invoice that nobody asks for',
    promise: 3,
    says: /nobody asks for it/,
    plant: withoutOrder('invoice-due'),
  },
  {
    name: 'an unpaid account whose subscriptions are not told',
    promise: 3,
    says: /nobody tells it/,
    plant: withoutOrder('spread-unpaid'),
  },
  {
    name: 'a term whose end is forgotten',
    promise: 3,
    says: /its term ends \d+, work null/,
    plant: withoutOrder('end-term'),
  },
]
