import { type Actor, readers, tenantReaders } from './actors.ts'
import type { Row, TenantProbe } from './row.ts'

const lifecycle = '/providers/Reprieve.Lifecycle'
const account = `${lifecycle}/billingAccounts/:billingAccountName`
const invoices = `${account}/invoices`
const forbidden = '403 AuthorizationFailed'
const rest = 'everybody else'
const tenantNames = [
  'Owner',
  'Contributor',
  'Reader',
  'User Access Administrator',
  'Support Engineer',
]
const readerNames = tenantNames

const accountReaders: readonly Actor[] = [...tenantReaders, 'billingOwner', 'billingReader']
const noInvoice = { invoiceName: 'INV99999999' }

/** What whoever reads the account's invoices may ask; the stranger has no such account. */
function read(path: string, passes: string, fill: TenantProbe['fill'] = noInvoice): TenantProbe {
  const others = passes === '404 NotFound' ? {} : { '404 NotFound': ['stranger' as const] }
  const may: readonly Actor[] =
    passes === '404 NotFound' ? [...accountReaders, 'stranger'] : accountReaders
  const answers = { [passes]: may, ...others, [forbidden]: rest } as const
  return { path, ...(fill === undefined ? {} : { fill }), answers, named: readerNames }
}

/** Acts of the seller: neither who is charged nor a Contributor records that he has paid. */
function sell(path: string, body: object): TenantProbe {
  const answers = { '404 NotFound': ['tenantOwner', 'stranger'], [forbidden]: rest } as const
  const fill = { ...noInvoice, paymentName: 'never' }
  return { path, fill, body, answers, named: ['Owner'] }
}

/** Invoices, payments, and who sells. */
export const moneyRows: readonly Row[] = [
  {
    operation: 'AccountInvoices_List',
    method: 'GET',
    inTenant: [read(invoices, '200')],
  },
  {
    operation: 'AccountInvoices_Get',
    method: 'GET',
    inTenant: [read(`${invoices}/:invoiceName`, '404 NotFound')],
  },
  {
    operation: 'AccountInvoices_ListLines',
    method: 'GET',
    inTenant: [read(`${invoices}/:invoiceName/lines`, '404 NotFound')],
  },
  {
    operation: 'AccountInvoices_GetPdf',
    method: 'GET',
    inTenant: [read(`${invoices}/:invoiceName/pdf`, '404 NotFound')],
  },
  {
    operation: 'DraftInvoices_Get',
    method: 'GET',
    inTenant: [read(`${account}/draftInvoice`, '200')],
  },
  {
    operation: 'Payments_Get',
    method: 'GET',
    inTenant: [
      read(`${invoices}/:invoiceName/payments/:paymentName`, '404 NotFound', {
        ...noInvoice,
        paymentName: 'never',
      }),
    ],
  },
  {
    operation: 'Payments_Record',
    method: 'PUT',
    inTenant: [
      sell(`${invoices}/:invoiceName/payments/:paymentName`, { properties: { amount: '1' } }),
    ],
  },
  {
    operation: 'AccountInvoices_Void',
    method: 'POST',
    inTenant: [sell(`${invoices}/:invoiceName/void`, { reason: 'never' })],
  },
  {
    operation: 'CreditNotes_Create',
    method: 'POST',
    inTenant: [
      sell(`${invoices}/:invoiceName/creditNotes`, {
        line: 1,
        amount: '1',
        reason: 'never',
        name: 'never',
      }),
    ],
  },
  {
    operation: 'Sellers_Get',
    method: 'GET',
    inTenant: [
      {
        path: `${lifecycle}/sellers/default`,
        answers: { '200': [...tenantReaders, 'stranger'], [forbidden]: rest },
        named: tenantNames,
      },
    ],
  },
  {
    operation: 'Sellers_CreateOrUpdate',
    method: 'PUT',
    inTenant: [
      {
        path: `${lifecycle}/sellers/default`,
        body: { properties: { name: '' } },
        answers: { '400 InvalidRequestContent': ['tenantOwner', 'stranger'], [forbidden]: rest },
        named: ['Owner'],
      },
    ],
  },
  {
    operation: 'Costs_Get',
    method: 'GET',
    inSubscription: [
      {
        path: '/subscriptions/:subscriptionId/providers/Reprieve.Lifecycle/costs',
        may: [...readers, 'accountAdministrator', 'wildcard'],
        suspended: 'passes',
        passes: '200',
      },
    ],
  },
]
