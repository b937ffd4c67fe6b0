/** The hash chains, and the keys of what they say. */
export const historyTables = `
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
`
