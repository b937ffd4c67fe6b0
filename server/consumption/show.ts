import { createHash } from 'node:crypto'
import { invoiceDateAfter, invoiceDateBefore } from '../billing-accounts/invoice-date.ts'
import type { BillingAccount } from '../billing-accounts/store.ts'
import { profilePath, sectionPath } from '../billing/find-account.ts'
import { formatDecimal } from '../kernel/decimal.ts'
import { type Instant, addDays, addMs, dayMs, formatInstant } from '../kernel/instant.ts'
import { jsonNumber } from '../kernel/json-number.ts'
import { findOffer } from '../offers/offer.ts'
import { meters, quantityOf } from '../prices/meter.ts'
import { costOf } from '../prices/price-book.ts'
import { commandLineNames, commandLineVersion } from './command-line-names.ts'
import type { UsageSurroundings } from './surroundings.ts'
import { type UsageRow, placeOf } from './usage-page.ts'

/** Decimals of quantities and unrounded costs; `additionalInfo` says the quantity exactly. */
const decimals = 18

/** A row in the form of the account's agreement: `modern` for a customer agreement. */
export function showUsage(row: UsageRow, surroundings: UsageSurroundings): object {
  const { account, scope, resource, apiVersion } = surroundings
  const isModern = account.agreementType === 'MicrosoftCustomerAgreement'
  const name = nameOf(row)
  return {
    id: `${scope}/providers/Microsoft.Consumption/usageDetails/${name}`,
    name,
    type: 'Microsoft.Consumption/usageDetails',
    kind: isModern ? 'modern' : 'legacy',
    tags: resource?.tags ?? {},
    properties: {
      ...commonOf(row, surroundings),
      ...(isModern ? modernOf(row, surroundings) : legacyOf(row, surroundings)),
      ...(apiVersion === commandLineVersion ? commandLineNames(row, surroundings) : {}),
    },
  }
}

/** The same row has the same name, whenever it is asked for. */
function nameOf(row: UsageRow): string {
  const { subscriptionId, uid, row: key } = placeOf(row)
  return createHash('sha256').update(`${subscriptionId}/${uid}/${key}`).digest('hex').slice(0, 32)
}

function commonOf({ subscription, line }: UsageRow, of: UsageSurroundings) {
  const { account, resource, resourceId, expanded } = of
  const meter = meters[line.meter]
  const period = periodOf(line.from, account)
  const price = jsonNumber(line.unitPrice)
  const isFee = line.uid === null
  const info = { amount: String(line.amount), perUnit: String(meter.perUnit) }
  return {
    billingAccountId: account.name,
    billingAccountName: account.displayName,
    billingPeriodStartDate: formatInstant(period.first),
    billingPeriodEndDate: formatInstant(period.last),
    subscriptionName: subscription.display_name,
    date: formatInstant(dayOf(line.from)),
    product: `${meter.category} - ${meter.name}`,
    meterId: meter.id,
    quantity: jsonNumber(formatDecimal(quantityOf(meter, line.amount), decimals)),
    unitPrice: price,
    effectivePrice: price,
    payGPrice: price,
    consumedService: resource?.type.split('/')[0] ?? 'Microsoft.Support',
    ...(resource === null ? {} : { resourceLocation: resource.location }),
    ...(resourceId === null ? {} : { resourceGroup: groupIn(resourceId) }),
    isAzureCreditEligible: findOffer(subscription.offer)?.credit !== null,
    publisherType: 'Azure',
    chargeType: isFee ? 'Purchase' : 'Usage',
    frequency: isFee ? 'Recurring' : 'UsageBased',
    pricingModel: 'On Demand',
    ...(expanded.additionalInfo ? { additionalInfo: JSON.stringify(info) } : {}),
  }
}

function legacyOf({ subscription, line }: UsageRow, of: UsageSurroundings) {
  const { account, resourceId, expanded } = of
  const { category, unit, name } = meters[line.meter]
  const details = {
    meterName: name,
    meterCategory: category,
    unitOfMeasure: unit,
    serviceFamily: category,
  }
  return {
    billingProfileId: account.name,
    billingProfileName: account.displayName,
    accountOwnerId: subscription.account_administrator,
    accountName: account.displayName,
    subscriptionId: subscription.subscription_id,
    cost: costText(line),
    billingCurrency: account.currency,
    ...(resourceId === null ? {} : { resourceId, resourceName: resourceId.split('/').at(-1) }),
    invoiceSection: account.displayName,
    offerId: findOffer(subscription.offer)?.quotaId ?? subscription.offer,
    ...(expanded.meterDetails ? { meterDetails: details } : {}),
  }
}

function modernOf({ subscription, line }: UsageRow, of: UsageSurroundings) {
  const { account, resourceId, invoice } = of
  const { category, unit, name } = meters[line.meter]
  const cost = costText(line)
  const isDollars = account.currency === 'USD'
  return {
    billingProfileId: profilePath(account),
    billingProfileName: account.displayName,
    invoiceSectionId: sectionPath(account),
    invoiceSectionName: account.displayName,
    subscriptionGuid: subscription.subscription_id,
    meterName: name,
    meterCategory: category,
    serviceFamily: category,
    unitOfMeasure: unit,
    ...(resourceId === null ? {} : { instanceName: resourceId }),
    costInBillingCurrency: cost,
    costInPricingCurrency: cost,
    paygCostInBillingCurrency: cost,
    ...(isDollars ? { costInUSD: cost, paygCostInUSD: cost } : {}),
    billingCurrencyCode: account.currency,
    pricingCurrencyCode: account.currency,
    exchangeRate: '1',
    exchangeRatePricingToBilling: 1,
    ...(invoice === null ? {} : { invoiceId: invoice }),
    servicePeriodStartDate: formatInstant(line.from),
    servicePeriodEndDate: formatInstant(line.to),
    provider: 'Azure',
  }
}

function costText({ meter, amount, unitPrice }: UsageRow['line']) {
  return jsonNumber(formatDecimal(costOf(meter, amount, unitPrice), decimals))
}

/** The usual billing period of a day: its first and its last day. */
function periodOf(at: Instant, { invoiceDay }: BillingAccount) {
  return {
    first: invoiceDateBefore(addMs(at, 1), invoiceDay),
    last: addDays(invoiceDateAfter(at, invoiceDay), -1),
  }
}

function dayOf(at: Instant): Instant {
  return addMs(at, -(at % dayMs))
}

function groupIn(resourceId: string): string {
  return /\/resourceGroups\/([^/]+)/i.exec(resourceId)?.[1] ?? ''
}
