import { formatDecimal } from '../kernel/decimal.ts'
import { addMs, formatInstant } from '../kernel/instant.ts'
import { jsonNumber } from '../kernel/json-number.ts'
import { meters, quantityOf } from '../prices/meter.ts'
import { costOf } from '../prices/price-book.ts'
import type { UsageSurroundings } from './surroundings.ts'
import type { UsageRow } from './usage-page.ts'

/** What the command line asks for. */
export const commandLineVersion = '2023-05-01'

const decimals = 18

/**
 * `az consumption usage list` reads the names that usage had before 2021, and shows no row without
 * them: the same facts once more, under those names.
 */
export function commandLineNames({ subscription, line }: UsageRow, of: UsageSurroundings) {
  const { account, resource, resourceId, expanded } = of
  const meter = meters[line.meter]
  const quantity = jsonNumber(formatDecimal(quantityOf(meter, line.amount), decimals))
  const info = { amount: String(line.amount), perUnit: String(meter.perUnit) }
  const details = {
    meterName: meter.name,
    meterCategory: meter.category,
    unit: meter.unit,
    pretaxStandardRate: jsonNumber(line.unitPrice),
  }
  return {
    usageStart: formatInstant(line.from),
    // On the same day, of which the row is.
    usageEnd: formatInstant(addMs(line.to, -1)),
    usageQuantity: quantity,
    billableQuantity: quantity,
    pretaxCost: jsonNumber(
      formatDecimal(costOf(line.meter, line.amount, line.unitPrice), decimals),
    ),
    currency: account.currency,
    isEstimated: false,
    subscriptionGuid: subscription.subscription_id,
    ...(resource === null ? {} : { instanceLocation: resource.location }),
    ...(resourceId === null
      ? {}
      : { instanceId: resourceId, instanceName: resourceId.split('/').at(-1) }),
    ...(expanded.additionalInfo ? { additionalProperties: JSON.stringify(info) } : {}),
    ...(expanded.meterDetails ? { meterDetails: details } : {}),
  }
}
