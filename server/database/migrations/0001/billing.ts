/** Who pays for what, on which time: clocks, accounts, subscriptions, their names. */
export const billingTables = `
create table test_clocks (
  tenant_id uuid not null references tenants,
  name_key text not null,
  name text not null,
  now_at int8 not null,
  target_at int8,
  operation_id uuid,
  -- The advance for which stored sizes were sampled last: once each, before it moves.
  sampled_for uuid,
  created_at int8 not null,
  primary key (tenant_id, name_key)
);

create table billing_accounts (
  tenant_id uuid not null references tenants,
  name_key text not null,
  name text not null,
  display_name text not null,
  currency text not null,
  language text not null,
  country text not null,
  invoice_day int4 not null check (invoice_day between 1 and 31),
  agreement_type text not null,
  test_clock_key text,
  price_list_key text not null,
  -- On a test clock: the default prices as they stood at this instant of real time. Else null.
  prices_as_of int8,
  -- Percent, a decimal text.
  tax_rate text not null,
  tax_id text,
  address jsonb not null,
  last_subscription_invoice text not null
    check (last_subscription_invoice in ('usualDate', 'atClose')),
  -- Where the running billing period began: everything before it is on an issued invoice.
  billed_until int8 not null,
  -- When the running period ends. Another invoice day may bring it forward, never put it off.
  period_ends_at int8 not null,
  -- Rises with every fact about money that a cancel plan pins.
  billing_version int8 not null,
  -- Since when an invoice is overdue; since when its grace is over as well.
  overdue_since int8,
  unpaid_since int8,
  created_at int8 not null,
  primary key (tenant_id, name_key),
  foreign key (tenant_id, test_clock_key) references test_clocks
);
create index billing_accounts_on_list on billing_accounts (price_list_key);
create index billing_accounts_of_clock on billing_accounts (tenant_id, test_clock_key)
  where test_clock_key is not null;

create table subscriptions (
  subscription_id uuid primary key,
  tenant_id uuid not null references tenants,
  billing_account_key text not null,
  offer text not null,
  display_name text not null,
  workload text not null,
  tags jsonb not null,
  account_administrator uuid not null,
  created_by uuid not null,
  created_at int8 not null,
  -- Rises with every change of what its resources should be: the fence of workers and providers.
  generation int8 not null,
  -- Rises with every fact a cancel plan pins.
  plan_version int8 not null,
  cancelled_at int8,
  suspended_since int8,
  -- The suspension's effects were once all confirmed: Disabled from then on, whatever drifts later.
  confirmed_at int8,
  deletable_from int8,
  purge_at int8,
  purge_started_at int8,
  purged_at int8,
  -- A trial's days, a support plan's months: when they end, and whether the next follow.
  term_ends_at int8,
  term_renews boolean,
  receipt jsonb,
  foreign key (tenant_id, billing_account_key) references billing_accounts
);
create index subscriptions_of_tenant on subscriptions (tenant_id, subscription_id);
create index subscriptions_of_account
  on subscriptions (tenant_id, billing_account_key, subscription_id);
-- The few of an account that have a term, however many it has: support plans and trials.
create index subscriptions_with_term
  on subscriptions (tenant_id, billing_account_key, term_ends_at)
  where term_ends_at is not null;

create table suspensions (
  tenant_id uuid not null,
  subscription_id uuid not null references subscriptions,
  reason text not null,
  effective_at int8 not null,
  primary key (subscription_id, reason)
);

create table billable_intervals (
  tenant_id uuid not null,
  subscription_id uuid not null references subscriptions,
  interval_number int4 not null,
  opened_at int8 not null,
  closed_at int8 check (closed_at >= opened_at),
  primary key (subscription_id, interval_number)
);
create unique index billable_intervals_open on billable_intervals (subscription_id)
  where closed_at is null;

create table subscription_aliases (
  tenant_id uuid not null references tenants,
  name_key text not null,
  name text not null,
  subscription_id uuid not null references subscriptions,
  created_at int8 not null,
  created_by uuid not null,
  primary key (tenant_id, name_key)
);
create index subscription_aliases_of_subscription on subscription_aliases (subscription_id);
`
