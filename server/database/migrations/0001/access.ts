/** Who is there and what they may do: tenants, principals, keys, roles. */
export const accessTables = `
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

-- Keys of the installation (CA, token signing, histories), sealed under the key file.
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
create index role_assignments_of_principal
  on role_assignments (tenant_id, principal_id, scope_key text_pattern_ops);
create index role_assignments_of_role on role_assignments (tenant_id, role_id);
-- Withdrawn with the thing that they are on, and everything inside it.
create index role_assignments_at on role_assignments (tenant_id, scope_key text_pattern_ops);
`
