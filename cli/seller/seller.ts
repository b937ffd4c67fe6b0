import { fields } from '../table.ts'

/** Who issues the invoices of a tenant. */
export type Seller = {
  readonly properties: {
    readonly name: string
    readonly address: readonly string[]
    readonly country: string
    readonly taxId: string | null
  }
}

export const sellerPath = '/providers/Reprieve.Lifecycle/sellers/default'

export function sellerText({ properties }: Seller): string {
  const { name, address, country, taxId } = properties
  return fields([
    ['Seller', name],
    ['Address', address.length === 0 ? '-' : address.join(', ')],
    ['Country', country === '' ? '-' : country],
    ['Tax id', taxId ?? '-'],
  ])
}
