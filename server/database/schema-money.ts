import type { Int8, Int8OrNull, Json } from './schema-columns.ts'

/** A party of a document: who sells or buys, as it is to be printed. */
export type StoredParty = {
  readonly name: string
  readonly address: readonly string[]
  readonly country: string
  readonly taxId: string | null
}

/** The tables of what is charged (`migrations/0001/money.ts`). */
export type MoneySchema = {
  price_lists: {
    price_list_key: string
    tenant_id: string | null
    name: string
    version: Int8
    created_at: Int8
  }
  prices: {
    price_list_key: string
    offer: string
    meter: string
    currency: string
    effective_at: Int8
    unit_price: string
    recorded_at: Int8
  }
  credits: {
    subscription_id: string
    tenant_id: string
    currency: string
    amount: Int8
    used: Int8
    granted_at: Int8
    expires_at: Int8
    limited_until: Int8OrNull
  }
  late_usage: {
    tenant_id: string
    account_key: string
    subscription_id: string
    uid: string
    meter: string
    rate: Int8
    from_at: Int8
    to_at: Int8
    document_id: string | null
  }
  sellers: {
    tenant_id: string
    name: string
    address: Json<readonly string[]>
    country: string
    tax_id: string | null
  }
  document_series: { tenant_id: string; series: string; last_number: Int8 }
  documents: {
    document_id: string
    tenant_id: string
    name: string
    document_number: Int8
    type: 'Invoice' | 'CreditNote'
    credit_for: string | null
    reason: string | null
    account_key: string
    account_name: string
    currency: string
    language: string
    period_from: Int8
    period_to: Int8
    issued_at: Int8
    due_at: Int8
    seller: Json<StoredParty>
    buyer: Json<StoredParty>
    sub_total: Int8
    tax_rate: string
    tax: Int8
    total: Int8
    test: boolean
    paid: Int8
    credited: Int8
    reminders: number
    overdue_at: Int8OrNull
    voided_at: Int8OrNull
  }
  document_lines: {
    tenant_id: string
    document_id: string
    line_number: number
    kind: 'usage' | 'support' | 'credit' | 'overLimit'
    subscription_id: string
    subscription_name: string
    uid: string | null
    resource_id: string | null
    meter: string | null
    /** Whole, more than an int8 holds: as text. */
    amount: string
    unit_price: string | null
    from_at: Int8
    to_at: Int8
    cost: Int8
  }
  payments: {
    tenant_id: string
    document_id: string
    name_key: string
    name: string
    amount: Int8
    received_at: Int8
    recorded_at: Int8
    recorded_by: string
  }
}
