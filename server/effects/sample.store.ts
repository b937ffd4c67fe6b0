import { type Kysely, sql } from 'kysely'
import type { Schema } from '../database/schema.ts'
import type { MeterName } from '../prices/meter.ts'

/** A resource that is seen online and charged, with the rates at which its meters run. */
export type SampledResource = {
  readonly uid: string
  readonly tenantId: string
  readonly subscriptionId: string
  readonly type: string
  /** The test clock of its billing account; null: real time. */
  readonly clockKey: string | null
  readonly rates: { readonly [Name in MeterName]?: bigint }
}

/** Where to sample: on one host, those on real time, or those of the account of a test clock. */
export type SampledPlace = {
  readonly hostId: string
  readonly clock: { readonly tenantId: string; readonly nameKey: string } | null
  /** Types that have a sampled meter, lower case. */
  readonly types: readonly string[]
}

type Reader = Pick<Kysely<Schema>, 'selectFrom'>

/** At most `limit` of them, by uid, from the one after `after` on. */
export async function readSampledPage(
  db: Reader,
  { clock, ...place }: SampledPlace,
  page: { readonly after: string; readonly limit: number },
): Promise<readonly SampledResource[]> {
  const here = selectSampled(db, place).where('r.uid', '>', page.after)
  const timed =
    clock === null
      ? here.where('b.test_clock_key', 'is', null)
      : here.where('b.tenant_id', '=', clock.tenantId).where('b.test_clock_key', '=', clock.nameKey)
  const rows = await timed.orderBy('r.uid').limit(page.limit).execute()
  return rows.map(sampledOf)
}

/** One that is still to be sampled on this host; null: not any more. */
export async function readSampledResource(
  db: Reader,
  place: Omit<SampledPlace, 'clock'>,
  uid: string,
): Promise<SampledResource | null> {
  const row = await selectSampled(db, place).where('r.uid', '=', uid).executeTakeFirst()
  return row === undefined ? null : sampledOf(row)
}

/** Hosts that hold something of the account of a test clock that is not suspended. */
export async function hostsOfClock(
  db: Reader,
  clock: { readonly tenantId: string; readonly nameKey: string },
): Promise<readonly string[]> {
  const rows = await db
    .selectFrom('billing_accounts as b')
    .innerJoin('subscriptions as s', (join) =>
      join
        .onRef('s.tenant_id', '=', 'b.tenant_id')
        .onRef('s.billing_account_key', '=', 'b.name_key'),
    )
    .innerJoin('subscription_hosts as h', 'h.subscription_id', 's.subscription_id')
    .select('h.host_id')
    .distinct()
    .where('b.tenant_id', '=', clock.tenantId)
    .where('b.test_clock_key', '=', clock.nameKey)
    .where('s.suspended_since', 'is', null)
    .where('s.purge_started_at', 'is', null)
    .orderBy('h.host_id')
    .execute()
  return rows.map((row) => row.host_id)
}

function selectSampled(db: Reader, { hostId, types }: Omit<SampledPlace, 'clock'>) {
  return db
    .selectFrom('resources as r')
    .innerJoin('subscriptions as s', 's.subscription_id', 'r.subscription_id')
    .innerJoin('billing_accounts as b', (join) =>
      join
        .onRef('b.tenant_id', '=', 's.tenant_id')
        .onRef('b.name_key', '=', 's.billing_account_key'),
    )
    .select(['r.uid', 'r.tenant_id', 'r.subscription_id', 'r.type_key', 'b.test_clock_key'])
    .select(
      sql<Readonly<Record<string, string>>>`coalesce((
        select jsonb_object_agg(i.meter, i.rate::text) from resource_intervals i
        where i.uid = r.uid and i.closed_at is null), '{}')`.as('rates'),
    )
    .where('r.host_id', '=', hostId)
    .where('r.type_key', '=', sql<string>`any(${types}::text[])`)
    .where('r.deleted_at', 'is', null)
    .where('r.observed_state', '=', 'online')
    .where('s.suspended_since', 'is', null)
    .where('s.purge_started_at', 'is', null)
}

function sampledOf(row: {
  readonly uid: string
  readonly tenant_id: string
  readonly subscription_id: string
  readonly type_key: string
  readonly test_clock_key: string | null
  readonly rates: Readonly<Record<string, string>>
}): SampledResource {
  const rates = Object.entries(row.rates).map(([meter, rate]) => [meter, BigInt(rate)])
  return {
    uid: row.uid,
    tenantId: row.tenant_id,
    subscriptionId: row.subscription_id,
    type: row.type_key,
    clockKey: row.test_clock_key,
    rates: Object.fromEntries(rates) as SampledResource['rates'],
  }
}
