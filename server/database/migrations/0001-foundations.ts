import { accessTables } from './0001/access.ts'
import { billingTables } from './0001/billing.ts'
import { resourcesTables } from './0001/resources.ts'
import { workTables } from './0001/work.ts'
import { historyTables } from './0001/history.ts'
import { moneyTables } from './0001/money.ts'

/**
 * Instants are int8 epoch milliseconds UTC. Every row carries its tenant, which leads every key but
 * the globally unique ones. Keys ending in `_key` are lower-cased names: ARM compares names without
 * case.
 */
export const foundations = {
  name: '0001-foundations',
  sql: [accessTables, billingTables, resourcesTables, moneyTables, workTables, historyTables].join(
    '\n',
  ),
} as const
