/**
 * Instants are int8 epoch milliseconds UTC. Every row carries its tenant, which leads every key but the
 * globally unique ones. Keys ending in `_key` are lower-cased names: ARM compares names without case.
 */
export const foundations = {
  name: '0001-foundations',
  sql: `
create table tenants (
  tenant_id uuid primary key,
  display_name text not null,
  -- The operator's tenant may make other tenants; there is one in an installation.
  is_operator boolean not null,
  created_at int8 not null
);

create table principals (
  tenant_id uuid not null references tenants,
  principal_id uuid not null,
  app_id uuid not null unique,
  kind text not null check (kind in ('ServicePrincipal', 'User')),
  name_key text not null,
  name text not null,
  disabled boolean not null,
  created_at int8 not null,
  primary key (tenant_id, principal_id),
  unique (tenant_id, name_key)
);

create table principal_secrets (
  tenant_id uuid not null,
  principal_id uuid not null,
  secret_id uuid not null,
  hash text not null,
  created_at int8 not null,
  expires_at int8 not null,
  primary key (tenant_id, principal_id, secret_id),
  foreign key (tenant_id, principal_id) references principals on delete cascade
);

-- Keys of the installation (CA, token signing, event keys' master check), sealed under the key file.
create table sealed_keys (
  name text primary key,
  sealed text not null,
  created_at int8 not null
);

create table role_definitions (
  tenant_id uuid not null references tenants,
  role_id uuid not null,
  name_key text not null,
  name text not null,
  description text not null,
  actions jsonb not null,
  not_actions jsonb not null,
  data_actions jsonb not null,
  not_data_actions jsonb not null,
  assignable_scopes jsonb not null,
  created_at int8 not null,
  updated_at int8 not null,
  created_by uuid not null,
  primary key (tenant_id, role_id),
  unique (tenant_id, name_key)
);

create table role_assignments (
  tenant_id uuid not null references tenants,
  assignment_id uuid not null,
  scope text not null,
  scope_key text not null,
  principal_id uuid not null,
  role_id uuid not null,
  created_at int8 not null,
  created_by uuid not null,
  primary key (tenant_id, assignment_id),
  unique (tenant_id, scope_key, principal_id, role_id)
);
-- Read on every request: what does this caller hold?
create index role_assignments_of_principal on role_assignments (tenant_id, principal_id);
create index role_assignments_of_role on role_assignments (tenant_id, role_id);
-- Withdrawn with the thing that they are on, and everything inside it.
create index role_assignments_at on role_assignments (tenant_id, scope_key text_pattern_ops);

create table test_clocks (
  tenant_id uuid not null references tenants,
  name_key text not null,
  name text not null,
  now_at int8 not null,
  target_at int8,
  operation_id uuid,
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
  created_at int8 not null,
  primary key (tenant_id, name_key),
  foreign key (tenant_id, test_clock_key) references test_clocks
);
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
  -- Rises with every change of what its resources should be; workers and providers take it as a fence.
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
  receipt jsonb,
  foreign key (tenant_id, billing_account_key) references billing_accounts
);
create index subscriptions_of_tenant on subscriptions (tenant_id, subscription_id);
create index subscriptions_of_account on subscriptions (tenant_id, billing_account_key);

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

create table provider_registrations (
  tenant_id uuid not null,
  subscription_id uuid not null references subscriptions,
  namespace_key text not null,
  state text not null check (state in ('Registered', 'NotRegistered')),
  primary key (subscription_id, namespace_key)
);

create table resource_groups (
  tenant_id uuid not null,
  subscription_id uuid not null references subscriptions,
  name_key text not null,
  name text not null,
  uid uuid not null unique,
  location text not null,
  tags jsonb not null,
  managed_by text,
  provisioning_state text not null check (provisioning_state in ('Succeeded', 'Deleting')),
  created_at int8 not null,
  changed_at int8 not null,
  primary key (subscription_id, name_key)
);

-- A node: its data folder, and where other nodes reach it.
create table hosts (
  host_id uuid primary key,
  control_url text not null,
  blob_url text not null,
  started_at int8 not null,
  seen_at int8 not null
);

create table resources (
  uid uuid primary key,
  tenant_id uuid not null,
  subscription_id uuid not null references subscriptions,
  group_key text not null,
  type_key text not null,
  type text not null,
  name_key text not null,
  name text not null,
  location text not null,
  kind text,
  sku jsonb,
  tags jsonb not null,
  properties jsonb not null,
  host_id uuid not null references hosts,
  made_by_system boolean not null,
  created_by uuid not null,
  created_at int8 not null,
  changed_at int8 not null,
  -- Its owner deleted it: wanted absent, hidden from every listing, its name free when it is destroyed.
  deleted_at int8,
  destroyed_at int8,
  generation int8 not null,
  observed_state text,
  observed_generation int8 not null,
  observed_at int8,
  evidence jsonb,
  attempts int4 not null,
  last_error text,
  remedy text,
  -- Real time, in milliseconds; the worker's own schedule is on no account's clock.
  wanted_since int8 not null,
  next_try_at int8 not null
);
create unique index resources_by_name on resources (subscription_id, group_key, type_key, name_key)
  where deleted_at is null;
-- What is being deleted and not gone yet: a new name must not meet its old holder.
create index resources_leaving on resources (subscription_id, group_key, type_key, name_key)
  where deleted_at is not null and destroyed_at is null;
create index resources_of_subscription on resources (subscription_id, uid)
  where destroyed_at is null;
create index resources_to_apply on resources (subscription_id, host_id, next_try_at)
  where destroyed_at is null;

-- The resource's ARM id is an attribute with a history; the uid is its identity.
create table resource_ids (
  tenant_id uuid not null,
  uid uuid not null references resources,
  resource_id text not null,
  from_at int8 not null,
  to_at int8,
  primary key (uid, from_at)
);

-- Few rows: which hosts must confirm that a suspension reached them before a cancel is answered.
create table subscription_hosts (
  tenant_id uuid not null,
  subscription_id uuid not null references subscriptions,
  host_id uuid not null references hosts,
  primary key (subscription_id, host_id)
);

create table resource_intervals (
  tenant_id uuid not null,
  subscription_id uuid not null references subscriptions,
  uid uuid not null references resources,
  meter text not null,
  interval_number int4 not null,
  opened_at int8 not null,
  closed_at int8 check (closed_at >= opened_at),
  primary key (uid, meter, interval_number)
);
create unique index resource_intervals_open on resource_intervals (uid, meter)
  where closed_at is null;
create index resource_intervals_of_subscription on resource_intervals (subscription_id, uid);

-- Names are global, as a DNS name is, and taken until the data behind them is destroyed.
create table storage_accounts (
  name text primary key,
  tenant_id uuid not null,
  uid uuid not null unique references resources,
  sealed_keys text not null
);

create table cancel_plans (
  tenant_id uuid not null,
  subscription_id uuid not null references subscriptions,
  name text not null,
  plan_version int8 not null,
  made_at int8 not null,
  -- Real time: a plan is a promise to a person at a screen.
  expires_at int8 not null,
  made_by uuid not null,
  used_at int8,
  body jsonb,
  primary key (subscription_id, name)
);

create table operations (
  operation_id uuid primary key,
  tenant_id uuid not null,
  subscription_id uuid,
  caller uuid not null,
  kind text not null,
  subject text not null,
  status text not null check (status in ('Running', 'Succeeded', 'Failed')),
  started_at int8 not null,
  ended_at int8,
  percent_complete int4 not null,
  error jsonb,
  result jsonb
);
create index operations_running on operations (subscription_id, kind, subject)
  where status = 'Running';

-- What is to be done, and when. Due on the clock named, or at real time; tried on real time.
create table work (
  work_id uuid primary key,
  tenant_id uuid not null,
  kind text not null,
  key text not null,
  subject jsonb not null,
  -- Whose history waits for it: advancing this clock is not done while it is left.
  clock_key text,
  -- Null: wanted now. Else the instant on the account's clock (or real time without one).
  due_at int8,
  host_id uuid,
  attempts int4 not null,
  last_error text,
  next_try_at int8 not null,
  -- Real time of the first try: what takes longer than its limit is shown as stuck.
  first_try_at int8,
  lease_until int8,
  -- Rises when it is asked for again while it runs: the running one may not then erase it.
  version int8 not null,
  -- Rises with every claim: a worker whose lease ran out may not settle what another has claimed.
  claim int8 not null,
  unique (kind, key)
);
create index work_ready on work (next_try_at) where due_at is null;
create index work_due_real on work (due_at) where due_at is not null and clock_key is null;
create index work_due_on_clock on work (tenant_id, clock_key, due_at) where clock_key is not null;

create table streams (
  tenant_id uuid not null,
  stream text not null,
  sequence int8 not null,
  head bytea not null,
  last_at int8 not null,
  key_number int4 not null,
  -- Up to which event the heads of this stream were signed into the tenant's chain.
  signed_sequence int8 not null,
  primary key (tenant_id, stream)
);
create index streams_unsigned on streams (tenant_id, stream) where sequence > signed_sequence;

create table stream_keys (
  tenant_id uuid not null,
  stream text not null,
  key_number int4 not null,
  -- Null once destroyed: what it sealed can never be read again.
  sealed text,
  primary key (tenant_id, stream, key_number)
);

create table events (
  tenant_id uuid not null,
  stream text not null,
  sequence int8 not null,
  type text not null,
  schema_version int4 not null,
  at int8 not null,
  recorded_at int8 not null,
  actor text not null,
  key_number int4 not null,
  sealed_data text,
  data_hash bytea not null,
  previous_hash bytea not null,
  hash bytea not null,
  primary key (tenant_id, stream, sequence)
);
`,
} as const
