import type { InvoiceLine } from '../invoices/invoice.ts'
import { type Fraction, sum } from '../kernel/fraction.ts'
import { costOf } from '../prices/price-book.ts'
import type { UsageLine } from './rate.ts'

export const costGroupings = ['day', 'resource', 'meter'] as const
export type CostGrouping = (typeof costGroupings)[number]

/** What part of a cost belongs together. */
export type CostShare = {
  /** A date (`2026-03-01`), a resource's uid or a meter; '' for what is of no resource. */
  readonly key: string
  /** Major units, exact. */
  readonly cost: Fraction
  /** Minor units, as the invoice's lines round it; null for a day, of which an invoice knows none. */
  readonly charged: bigint | null
}

/** The exact cost of usage, in major units of its currency. */
export function exactCost(lines: readonly UsageLine[]): Fraction {
  return sum(lines.map(({ meter, amount, unitPrice }) => costOf(meter, amount, unitPrice)))
}

/**
 * The cost of one subscription by day, resource or meter, ordered by that, and what the invoice's
 * lines make of each.
 *
 * @param daily what was used, day by day.
 * @param invoiced the lines that an invoice has for the same time.
 */
export function groupCosts(
  daily: readonly UsageLine[],
  invoiced: readonly InvoiceLine[],
  by: CostGrouping,
): readonly CostShare[] {
  const used = Map.groupBy(daily, (line) => (by === 'day' ? dayOf(line) : keyOf(line, by)))
  const lines = Map.groupBy(by === 'day' ? [] : invoiced, (line) => keyOf(line, by))
  return [...used]
    .map(([key, usage]) => ({
      key,
      cost: exactCost(usage),
      charged:
        by === 'day' ? null : (lines.get(key) ?? []).reduce((total, { cost }) => total + cost, 0n),
    }))
    .toSorted((a, b) => (a.key < b.key ? -1 : 1))
}

function dayOf({ from }: UsageLine): string {
  return new Date(from).toISOString().slice(0, 10)
}

function keyOf(
  { uid, meter }: { readonly uid: string | null; readonly meter: string | null },
  by: CostGrouping,
): string {
  return (by === 'meter' ? meter : uid) ?? ''
}
