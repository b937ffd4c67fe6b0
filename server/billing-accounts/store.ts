import type { Kysely } from 'kysely'
import type { Schema } from '../database/schema.ts'
import type { AgreementType } from '../offers/offer.ts'

export type BillingAccount = {
  readonly name: string
  readonly nameKey: string
  readonly displayName: string
  readonly currency: string
  readonly language: string
  readonly country: string
  readonly invoiceDay: number
  readonly agreementType: AgreementType
  readonly testClockKey: string | null
}

export async function readBillingAccount(
  db: Pick<Kysely<Schema>, 'selectFrom'>,
  tenantId: string,
  name: string,
): Promise<BillingAccount | null> {
  const row = await db
    .selectFrom('billing_accounts')
    .selectAll()
    .where('tenant_id', '=', tenantId)
    .where('name_key', '=', name.toLowerCase())
    .executeTakeFirst()
  if (row === undefined) return null
  return {
    name: row.name,
    nameKey: row.name_key,
    displayName: row.display_name,
    currency: row.currency,
    language: row.language,
    country: row.country,
    invoiceDay: row.invoice_day,
    agreementType: row.agreement_type as AgreementType,
    testClockKey: row.test_clock_key,
  }
}

/** What an alias names to create a subscription here; its form is the agreement's. */
export function billingScopeOf(account: BillingAccount): string {
  const base = `/providers/Microsoft.Billing/billingAccounts/${account.name}`
  switch (account.agreementType) {
    case 'MicrosoftOnlineServicesProgram':
      return base
    case 'MicrosoftCustomerAgreement':
      return `${base}/billingProfiles/${account.name}/invoiceSections/${account.name}`
    case 'EnterpriseAgreement':
      return `${base}/enrollmentAccounts/${account.name}`
  }
}

/**
 * The account that a billing scope names, in any of the forms that clients use; null: no such form.
 */
export function accountNameOf(billingScope: string): string | null {
  const section = String.raw`/billingProfiles/[^/]+/invoiceSections/[^/]+`
  const inside = String.raw`(${section}|/enrollmentAccounts/[^/]+)?`
  const accounts = String.raw`/providers/Microsoft\.Billing/billingAccounts/([^/]+)`
  const match = new RegExp(`^${accounts}${inside}/?$`, 'i').exec(billingScope)
  return match?.[1] ?? null
}
