import { type Client, collect } from '../../api/client.ts'
import { dateText } from '../dates.ts'
import { fields } from '../table.ts'

/** A billing account as the API shows it. */
export type BillingAccount = {
  readonly name: string
  readonly properties: {
    readonly displayName: string
    readonly currency: string
    readonly language: string
    readonly country: string
    readonly invoiceDay: number
    readonly agreementType: string
    readonly testClock: string | null
    readonly priceList: string
    /** Percent. */
    readonly taxRate: string
    readonly taxId: string | null
    readonly address: readonly string[]
    readonly lastSubscriptionInvoice: string
    /** Up to when everything is invoiced. */
    readonly billedUntil: string
    readonly overdueSince: string | null
    readonly unpaidSince: string | null
    readonly billingScope: string
  }
}

export const accountsPath = '/providers/Reprieve.Lifecycle/billingAccounts'

export function accountPath(name: string): string {
  return `${accountsPath}/${encodeURIComponent(name)}`
}

export async function readAccount(client: Client, name: string): Promise<BillingAccount> {
  return (await client.request<BillingAccount>('GET', accountPath(name))).body
}

/** Those that the caller may see. */
export function listAccounts(client: Client): Promise<BillingAccount[]> {
  return collect(client.pages<BillingAccount>(accountsPath))
}

export function accountText({ name, properties }: BillingAccount): string {
  const { testClock, taxId, address, overdueSince, unpaidSince } = properties
  return fields([
    ['Billing account', `${properties.displayName} (${name})`],
    ['Time', testClock === null ? 'real time' : `test clock ${testClock}`],
    ['Agreement', properties.agreementType],
    ['Currency', properties.currency],
    ['Price list', properties.priceList],
    ['Invoice day', String(properties.invoiceDay)],
    ['Invoiced until', dateText(properties.billedUntil)],
    ['After the last subscription', closingText(properties.lastSubscriptionInvoice)],
    ['Tax', `${properties.taxRate} %${taxId === null ? '' : `, tax id ${taxId}`}`],
    ['Address', [...address, properties.country].join(', ')],
    ['Language', properties.language],
    ['Billing scope', properties.billingScope],
    ...datesOf([
      ['Overdue since', overdueSince],
      ['Unpaid since', unpaidSince],
    ]),
  ])
}

function closingText(lastSubscriptionInvoice: string): string {
  return lastSubscriptionInvoice === 'atClose'
    ? 'closed and invoiced within 72 hours (atClose)'
    : 'invoiced on the usual date (usualDate)'
}

function datesOf(rows: readonly (readonly [string, string | null])[]): [string, string][] {
  return rows.flatMap(([name, at]) => (at === null ? [] : [[name, dateText(at)]]))
}
