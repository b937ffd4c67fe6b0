/** What is charged: prices, credits, invoices, payments. Amounts are minor units of a currency. */
export const moneyTables = `
-- \`default\`, or \`<tenant>/<name>\` of a tenant's own.
create table price_lists (
  price_list_key text primary key,
  tenant_id uuid references tenants,
  name text not null,
  version int8 not null,
  created_at int8 not null
);
create index price_lists_of_tenant on price_lists (tenant_id, price_list_key);

create table prices (
  price_list_key text not null references price_lists,
  offer text not null,
  meter text not null,
  currency text not null,
  effective_at int8 not null,
  -- A decimal text, in major units of the currency.
  unit_price text not null,
  -- Real time.
  recorded_at int8 not null,
  primary key (price_list_key, offer, currency, meter, effective_at)
);

-- What a trial may use without being charged.
create table credits (
  subscription_id uuid primary key references subscriptions,
  tenant_id uuid not null,
  currency text not null,
  amount int8 not null check (amount >= 0),
  -- Of issued invoices.
  used int8 not null check (used >= 0),
  granted_at int8 not null,
  expires_at int8 not null,
  -- Until when the spending limit held: the upgrade. Null: it holds.
  limited_until int8
);

-- Usage of a period that was invoiced before the usage was on record: billed with the next one.
create table late_usage (
  tenant_id uuid not null,
  account_key text not null,
  subscription_id uuid not null references subscriptions,
  uid uuid not null,
  meter text not null,
  rate int8 not null,
  from_at int8 not null,
  to_at int8 not null check (to_at > from_at),
  -- The invoice that it is on; null: not billed yet.
  document_id uuid,
  primary key (uid, meter, from_at)
);
create index late_usage_open on late_usage (tenant_id, account_key, subscription_id)
  where document_id is null;

-- Who issues a tenant's invoices, as they are to say it.
create table sellers (
  tenant_id uuid primary key references tenants,
  name text not null,
  address jsonb not null,
  country text not null,
  tax_id text
);

-- The last number given: read and raised in the transaction that issues, so that none is missing.
create table document_series (
  tenant_id uuid not null references tenants,
  -- What its numbers begin with: real and test documents of each type count by themselves.
  series text not null,
  last_number int8 not null,
  primary key (tenant_id, series)
);

-- Invoices and credit notes: what they say never changes; what became of them stands at the end.
create table documents (
  document_id uuid primary key,
  tenant_id uuid not null references tenants,
  -- The number in its series, and the name in the API.
  name text not null,
  document_number int8 not null,
  type text not null check (type in ('Invoice', 'CreditNote')),
  credit_for text,
  reason text,
  account_key text not null,
  account_name text not null,
  currency text not null,
  language text not null,
  period_from int8 not null,
  period_to int8 not null,
  issued_at int8 not null,
  due_at int8 not null,
  seller jsonb not null,
  buyer jsonb not null,
  sub_total int8 not null,
  tax_rate text not null,
  tax int8 not null,
  total int8 not null,
  test boolean not null,
  paid int8 not null,
  credited int8 not null,
  reminders int4 not null,
  overdue_at int8,
  voided_at int8,
  unique (tenant_id, name),
  unique (tenant_id, type, test, document_number),
  foreign key (tenant_id, account_key) references billing_accounts
);
create index documents_of_account on documents (tenant_id, account_key, issued_at, name);
create index documents_overdue on documents (tenant_id, account_key)
  where overdue_at is not null and voided_at is null and paid + credited < total;
-- One invoice for a time of an account, whoever tries twice.
create unique index documents_of_period on documents (tenant_id, account_key, period_from)
  where type = 'Invoice';

-- Written page by page before their document, which gets its number at the very end.
create table document_lines (
  tenant_id uuid not null,
  document_id uuid not null,
  line_number int4 not null,
  kind text not null check (kind in ('usage', 'support', 'credit', 'overLimit')),
  subscription_id uuid not null,
  subscription_name text not null,
  uid uuid,
  resource_id text,
  meter text,
  -- Rate times milliseconds, whole, more than an int8 holds.
  amount numeric not null,
  unit_price text,
  from_at int8 not null,
  to_at int8 not null,
  cost int8 not null,
  primary key (document_id, line_number),
  foreign key (document_id) references documents deferrable initially deferred
);
create index document_lines_of_subscription on document_lines (subscription_id, document_id);

create table payments (
  tenant_id uuid not null,
  document_id uuid not null references documents,
  name_key text not null,
  name text not null,
  amount int8 not null check (amount > 0),
  -- On the account's clock.
  received_at int8 not null,
  recorded_at int8 not null,
  recorded_by uuid not null,
  primary key (document_id, name_key)
);
`
