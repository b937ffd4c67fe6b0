import { formatInstant } from '../kernel/instant.ts'
import { type BillingAccount, billingScopeOf } from './store.ts'

export const accountsPath = '/providers/Reprieve.Lifecycle/billingAccounts'

export function showAccount(account: BillingAccount) {
  const { overdueSince, unpaidSince } = account
  return {
    id: `${accountsPath}/${account.name}`,
    name: account.name,
    type: 'Reprieve.Lifecycle/billingAccounts',
    properties: {
      displayName: account.displayName,
      currency: account.currency,
      language: account.language,
      country: account.country,
      invoiceDay: account.invoiceDay,
      agreementType: account.agreementType,
      testClock: account.testClockKey,
      priceList: priceListName(account.priceListKey),
      taxRate: account.taxRate,
      taxId: account.taxId,
      address: account.address,
      lastSubscriptionInvoice: account.lastSubscriptionInvoice,
      billedUntil: formatInstant(account.billedUntil),
      overdueSince: overdueSince === null ? null : formatInstant(overdueSince),
      unpaidSince: unpaidSince === null ? null : formatInstant(unpaidSince),
      billingScope: billingScopeOf(account),
    },
  }
}

/** A tenant's own list is stored under `<tenant>/<name>`; the default under its bare name. */
export function priceListName(priceListKey: string): string {
  return priceListKey.slice(priceListKey.indexOf('/') + 1)
}
