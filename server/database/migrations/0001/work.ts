/** Plans, operations that outlast their answer, and what is to be done when. */
export const workTables = `
create table cancel_plans (
  tenant_id uuid not null,
  subscription_id uuid not null references subscriptions,
  name text not null,
  plan_version int8 not null,
  billing_version int8 not null,
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
  -- The host whose claim it is: one that starts anew lets go of what it had when it ended.
  leased_by uuid,
  -- Rises when it is asked for again while it runs: the running one may not then erase it.
  version int8 not null,
  -- Rises with every claim: a worker whose lease ran out may not settle what another has claimed.
  claim int8 not null,
  unique (kind, key)
);
create index work_ready on work (next_try_at) where due_at is null;
create index work_due_real on work (due_at) where due_at is not null and clock_key is null;
create index work_due_on_clock on work (tenant_id, clock_key, due_at) where clock_key is not null;
`
