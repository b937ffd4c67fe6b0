/** What subscriptions hold and where it really is. */
export const resourcesTables = `
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
  -- Its owner deleted it: wanted absent, in no listing, its name free once it is destroyed.
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
-- What a host measures from time to time, page by page.
create index resources_of_host on resources (host_id, uid) where deleted_at is null;
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
  -- At which it runs: bytes, vCPUs, addresses. What changes it closes this one and opens the next.
  rate int8 not null check (rate >= 0),
  opened_at int8 not null,
  closed_at int8 check (closed_at >= opened_at),
  primary key (uid, meter, interval_number)
);
create unique index resource_intervals_open on resource_intervals (uid, meter)
  where closed_at is null;
-- What ran in a period: those that still run, and those that ended in it or after it.
create index resource_intervals_by_end on resource_intervals (subscription_id, closed_at);

-- Names are global, as a DNS name is, and taken until the data behind them is destroyed.
create table storage_accounts (
  name text primary key,
  tenant_id uuid not null,
  uid uuid not null unique references resources,
  sealed_keys text not null
);
`
