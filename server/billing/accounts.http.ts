import { readBillingAccount } from '../billing-accounts/store.ts'
import type { Database } from '../database/connection.ts'
import type { Schema } from '../database/schema.ts'
import {
  type Operation,
  type OperationRequest,
  type OperationResponse,
  operation,
} from '../pipeline/operation.ts'
import { orRefuse } from '../pipeline/or-refuse.ts'
import { pageOf, readPage } from '../pipeline/page.ts'
import { billingApiVersions } from './api-versions.ts'
import { billingAccountsPath, findAccount, readAccountAction, seesAccount } from './find-account.ts'
import { refuseUnsupported } from './list-query.ts'
import { readExpand, showBillingAccount, showProfile, showSection } from './show-account.ts'

export type BillingDependencies = { readonly database: Database<Schema> }

const one = `${billingAccountsPath}/:billingAccountName`
const profiles = `${one}/billingProfiles`
const sections = `${profiles}/:billingProfileName/invoiceSections`
const readProfile = 'Microsoft.Billing/billingAccounts/billingProfiles/read'
const readSection = 'Microsoft.Billing/billingAccounts/billingProfiles/invoiceSections/read'

const common = {
  method: 'GET',
  apiVersions: billingApiVersions,
  whenSuspended: 'not of a subscription',
  action: null,
} as const
const ofAccounts = { ...common, type: 'Microsoft.Billing/billingAccounts', asks: readAccountAction }
const ofProfiles = {
  ...common,
  type: 'Microsoft.Billing/billingAccounts/billingProfiles',
  asks: readProfile,
}
const ofSections = {
  ...common,
  type: 'Microsoft.Billing/billingAccounts/billingProfiles/invoiceSections',
  asks: readSection,
}

/** Billing accounts as Microsoft.Billing shows them: each with one profile and one section. */
export function microsoftBillingAccounts({ database }: BillingDependencies): readonly Operation[] {
  const { db } = database
  return [
    operation({
      ...ofAccounts,
      name: 'Microsoft.Billing/billingAccounts_List',
      paths: [billingAccountsPath],
      handle: (request) => listAccounts(request, database),
    }),
    operation({
      ...ofAccounts,
      name: 'Microsoft.Billing/billingAccounts_Get',
      paths: [one],
      handle: async (request) => {
        const account = await findAccount(db, request, readAccountAction)
        const expanded = readExpand(request.query['expand'])
        return { status: 200, body: showBillingAccount(account, request.apiVersion, expanded) }
      },
    }),
    operation({
      ...ofProfiles,
      name: 'BillingProfiles_ListByBillingAccount',
      paths: [profiles],
      handle: async (request) => onlyOne(request, await profileOf(request, database)),
    }),
    operation({
      ...ofProfiles,
      name: 'BillingProfiles_Get',
      paths: [`${profiles}/:billingProfileName`],
      handle: async (request) => ({ status: 200, body: await profileOf(request, database) }),
    }),
    operation({
      ...ofSections,
      name: 'InvoiceSections_ListByBillingProfile',
      paths: [sections],
      handle: async (request) => {
        return onlyOne(request, showSection(await findAccount(db, request, readSection)))
      },
    }),
    operation({
      ...ofSections,
      name: 'InvoiceSections_Get',
      paths: [`${sections}/:invoiceSectionName`],
      handle: async (request) => {
        const account = await findAccount(db, request, readSection)
        return { status: 200, body: showSection(account) }
      },
    }),
  ]
}

async function profileOf(request: OperationRequest, { db }: Database<Schema>): Promise<object> {
  const account = await findAccount(db, request, readProfile)
  return showProfile(account, request.apiVersion, {
    profiles: true,
    sections: readExpand(request.query['expand']).sections,
  })
}

function onlyOne({ query }: OperationRequest, item: object): OperationResponse {
  refuseUnsupported(query)
  return { status: 200, body: { value: [item] } }
}

/** Those that the caller may read, in pages of what he looks through. */
async function listAccounts(
  request: OperationRequest,
  { db }: Database<Schema>,
): Promise<OperationResponse> {
  const { caller, query, apiVersion } = request
  refuseUnsupported(query)
  const asked = orRefuse(readPage(query))
  const rows = await db
    .selectFrom('billing_accounts')
    .select(['name', 'name_key'])
    .where('tenant_id', '=', caller.tenantId)
    .where('name_key', '>', asked.after?.[0] ?? '')
    .orderBy('name_key')
    .limit(asked.limit + 1)
    .execute()
  const path = billingAccountsPath
  const page = pageOf(rows, asked, (row) => [row.name_key], { ...request, path })
  const expanded = readExpand(query['expand'])
  const value = []
  for (const { name } of page.rows.filter((row) => seesAccount(caller, row.name))) {
    const account = await readBillingAccount(db, caller.tenantId, name)
    if (account !== null) value.push(showBillingAccount(account, apiVersion, expanded))
  }
  const { nextLink } = page
  return { status: 200, body: { value, ...(nextLink === null ? {} : { nextLink }) } }
}
