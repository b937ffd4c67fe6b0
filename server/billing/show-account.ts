import type { BillingAccount } from '../billing-accounts/store.ts'
import { isOlderForm } from './api-versions.ts'
import { accountPath, profilePath, sectionPath } from './find-account.ts'

/** What of an account is shown only when it is asked for. */
export type Expanded = { readonly profiles: boolean; readonly sections: boolean }

/** `$expand` of 2020-05-01: `billingProfiles`, `billingProfiles/invoiceSections`. */
export function readExpand(expand: string | undefined): Expanded {
  const parts = (expand ?? '').toLowerCase().split(',')
  const sections = parts.some((part) => part.trim().endsWith('invoicesections'))
  return { profiles: sections || parts.some((part) => part.includes('billingprofiles')), sections }
}

export function showBillingAccount(
  account: BillingAccount,
  apiVersion: string,
  expanded: Expanded,
): object {
  const { agreementType, displayName, name } = account
  const isEnterprise = agreementType === 'EnterpriseAgreement'
  const common = {
    displayName,
    agreementType,
    accountType: isEnterprise ? 'Enterprise' : 'Individual',
    accountStatus: 'Active',
    hasReadAccess: true,
    ...addressAs('soldTo', account),
  }
  const properties = isOlderForm(apiVersion)
    ? { ...common, ...expandedProfiles(account, apiVersion, expanded) }
    : {
        ...common,
        provisioningState: 'Succeeded',
        accountSubType: isEnterprise ? 'Enterprise' : 'Individual',
        hasNoBillingProfiles: false,
        primaryBillingTenantId: account.tenantId,
      }
  return { id: accountPath(account), name, type: 'Microsoft.Billing/billingAccounts', properties }
}

function expandedProfiles(account: BillingAccount, apiVersion: string, expanded: Expanded) {
  if (!expanded.profiles) return {}
  const value = [showProfile(account, apiVersion, expanded)]
  return { billingProfiles: { hasMoreResults: false, value } }
}

export function showProfile(
  account: BillingAccount,
  apiVersion: string,
  expanded: Expanded,
): object {
  const { name, displayName, currency, invoiceDay, overdueSince, unpaidSince } = account
  const isPastDue = overdueSince !== null
  const common = {
    displayName,
    billingRelationshipType: 'Direct',
    currency,
    invoiceDay,
    invoiceEmailOptIn: false,
    hasReadAccess: true,
    systemId: name,
    spendingLimit: 'Off',
    status: unpaidSince !== null ? 'Disabled' : isPastDue ? 'Warned' : 'Active',
    ...(isPastDue ? { statusReasonCode: 'PastDue' } : {}),
    ...addressAs('billTo', account),
  }
  const value = [showSection(account)]
  const sections = expanded.sections ? { invoiceSections: { hasMoreResults: false, value } } : {}
  return {
    id: profilePath(account),
    name,
    type: 'Microsoft.Billing/billingAccounts/billingProfiles',
    properties: isOlderForm(apiVersion)
      ? { ...common, ...sections }
      : { ...common, provisioningState: 'Succeeded' },
  }
}

export function showSection(account: BillingAccount): object {
  const { name, displayName } = account
  return {
    id: sectionPath(account),
    name,
    type: 'Microsoft.Billing/billingAccounts/billingProfiles/invoiceSections',
    properties: { displayName, state: 'Active', systemId: name },
  }
}

/** An address needs a line and a country; an account that gave none has none. */
function addressAs(field: 'soldTo' | 'billTo', { displayName, address, country }: BillingAccount) {
  const [addressLine1, addressLine2, ...rest] = address
  if (addressLine1 === undefined) return {}
  const shown = {
    companyName: displayName,
    addressLine1,
    ...(addressLine2 === undefined ? {} : { addressLine2 }),
    // It has three lines; what an account has more of stands in the last.
    ...(rest.length === 0 ? {} : { addressLine3: rest.join(', ') }),
    country,
  }
  return { [field]: shown }
}
