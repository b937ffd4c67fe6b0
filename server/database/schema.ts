import type { Int8, Int8OrNull, Json, JsonOrNull } from './schema-columns.ts'
import type { MoneySchema } from './schema-money.ts'

export type Tags = { readonly [name: string]: string }

/** Every table, by its name, with the types of its columns. */
export type Schema = MoneySchema & {
  tenants: {
    tenant_id: string
    display_name: string
    is_operator: boolean
    created_at: Int8
  }
  principals: {
    tenant_id: string
    principal_id: string
    app_id: string
    kind: 'ServicePrincipal' | 'User'
    name_key: string
    name: string
    disabled: boolean
    created_at: Int8
  }
  principal_secrets: {
    tenant_id: string
    principal_id: string
    secret_id: string
    hash: string
    created_at: Int8
    expires_at: Int8
  }
  sealed_keys: { name: string; sealed: string; created_at: Int8 }
  role_definitions: {
    tenant_id: string
    role_id: string
    name_key: string
    name: string
    description: string
    actions: Json<readonly string[]>
    not_actions: Json<readonly string[]>
    data_actions: Json<readonly string[]>
    not_data_actions: Json<readonly string[]>
    assignable_scopes: Json<readonly string[]>
    created_at: Int8
    updated_at: Int8
    created_by: string
  }
  role_assignments: {
    tenant_id: string
    assignment_id: string
    scope: string
    scope_key: string
    principal_id: string
    role_id: string
    created_at: Int8
    created_by: string
  }
  test_clocks: {
    tenant_id: string
    name_key: string
    name: string
    now_at: Int8
    target_at: Int8OrNull
    operation_id: string | null
    sampled_for: string | null
    created_at: Int8
  }
  billing_accounts: {
    tenant_id: string
    name_key: string
    name: string
    display_name: string
    currency: string
    language: string
    country: string
    invoice_day: number
    agreement_type: string
    test_clock_key: string | null
    price_list_key: string
    prices_as_of: Int8OrNull
    tax_rate: string
    tax_id: string | null
    address: Json<readonly string[]>
    last_subscription_invoice: string
    billed_until: Int8
    period_ends_at: Int8
    billing_version: Int8
    overdue_since: Int8OrNull
    unpaid_since: Int8OrNull
    created_at: Int8
  }
  subscriptions: {
    subscription_id: string
    tenant_id: string
    billing_account_key: string
    offer: string
    display_name: string
    workload: string
    tags: Json<Tags>
    account_administrator: string
    created_by: string
    created_at: Int8
    generation: Int8
    plan_version: Int8
    cancelled_at: Int8OrNull
    suspended_since: Int8OrNull
    confirmed_at: Int8OrNull
    deletable_from: Int8OrNull
    purge_at: Int8OrNull
    purge_started_at: Int8OrNull
    purged_at: Int8OrNull
    term_ends_at: Int8OrNull
    term_renews: boolean | null
    receipt: JsonOrNull<object>
  }
  suspensions: {
    tenant_id: string
    subscription_id: string
    reason: string
    effective_at: Int8
  }
  billable_intervals: {
    tenant_id: string
    subscription_id: string
    interval_number: number
    opened_at: Int8
    closed_at: Int8OrNull
  }
  subscription_aliases: {
    tenant_id: string
    name_key: string
    name: string
    subscription_id: string
    created_at: Int8
    created_by: string
  }
  provider_registrations: {
    tenant_id: string
    subscription_id: string
    namespace_key: string
    state: 'Registered' | 'NotRegistered'
  }
  resource_groups: {
    tenant_id: string
    subscription_id: string
    name_key: string
    name: string
    uid: string
    location: string
    tags: Json<Tags>
    managed_by: string | null
    provisioning_state: 'Succeeded' | 'Deleting'
    created_at: Int8
    changed_at: Int8
  }
  hosts: {
    host_id: string
    control_url: string
    blob_url: string
    started_at: Int8
    seen_at: Int8
  }
  resources: {
    uid: string
    tenant_id: string
    subscription_id: string
    group_key: string
    type_key: string
    type: string
    name_key: string
    name: string
    location: string
    kind: string | null
    sku: JsonOrNull<object>
    tags: Json<Tags>
    properties: Json<{ readonly [name: string]: unknown }>
    host_id: string
    made_by_system: boolean
    created_by: string
    created_at: Int8
    changed_at: Int8
    deleted_at: Int8OrNull
    destroyed_at: Int8OrNull
    generation: Int8
    observed_state: string | null
    observed_generation: Int8
    observed_at: Int8OrNull
    evidence: JsonOrNull<object>
    attempts: number
    last_error: string | null
    remedy: string | null
    wanted_since: Int8
    next_try_at: Int8
  }
  resource_ids: {
    tenant_id: string
    uid: string
    resource_id: string
    from_at: Int8
    to_at: Int8OrNull
  }
  subscription_hosts: { tenant_id: string; subscription_id: string; host_id: string }
  resource_intervals: {
    tenant_id: string
    subscription_id: string
    uid: string
    meter: string
    interval_number: number
    rate: Int8
    opened_at: Int8
    closed_at: Int8OrNull
  }
  storage_accounts: { name: string; tenant_id: string; uid: string; sealed_keys: string }
  cancel_plans: {
    tenant_id: string
    subscription_id: string
    name: string
    plan_version: Int8
    billing_version: Int8
    made_at: Int8
    expires_at: Int8
    made_by: string
    used_at: Int8OrNull
    body: JsonOrNull<object>
  }
  operations: {
    operation_id: string
    tenant_id: string
    subscription_id: string | null
    caller: string
    kind: string
    subject: string
    status: 'Running' | 'Succeeded' | 'Failed'
    started_at: Int8
    ended_at: Int8OrNull
    percent_complete: number
    error: JsonOrNull<object>
    result: JsonOrNull<object>
  }
  work: {
    work_id: string
    tenant_id: string
    kind: string
    key: string
    subject: Json<{ readonly [name: string]: unknown }>
    clock_key: string | null
    due_at: Int8OrNull
    host_id: string | null
    attempts: number
    last_error: string | null
    next_try_at: Int8
    first_try_at: Int8OrNull
    lease_until: Int8OrNull
    leased_by: string | null
    version: Int8
    claim: Int8
  }
  streams: {
    tenant_id: string
    stream: string
    sequence: Int8
    head: Uint8Array
    last_at: Int8
    key_number: number
    signed_sequence: Int8
  }
  stream_keys: { tenant_id: string; stream: string; key_number: number; sealed: string | null }
  events: {
    tenant_id: string
    stream: string
    sequence: Int8
    type: string
    schema_version: number
    at: Int8
    recorded_at: Int8
    actor: string
    key_number: number
    sealed_data: string | null
    data_hash: Uint8Array
    previous_hash: Uint8Array
    hash: Uint8Array
  }
}
