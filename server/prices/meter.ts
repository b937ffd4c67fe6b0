import { type Fraction, fraction } from '../kernel/fraction.ts'
import { hourMs } from '../kernel/instant.ts'

/**
 * What is measured and charged. A meter runs at a whole rate (bytes, vCPUs, addresses) over an
 * interval; `perUnit` is how much of rate times milliseconds makes one unit of its price.
 */
export type Meter = {
  readonly name: MeterName
  /** As usage details name it. */
  readonly id: string
  readonly category: string
  readonly unit: 'GB-month' | 'hour' | 'month'
  readonly perUnit: bigint
}

export type MeterName =
  | 'storage-gb-months'
  | 'vcpu-hours'
  | 'disk-gb-months'
  | 'static-address-hours'
  | 'database-vcore-hours'
  | 'database-gb-months'
  | 'support-plan-months'

/** 1 GB of storage is 2^30 bytes, as Azure counts it. */
export const bytesPerGb = 2n ** 30n
/** A GB-month is 730 hours, whatever the month (design, section 6). */
const hoursPerMonth = 730n
const gbMonth = bytesPerGb * hoursPerMonth * BigInt(hourMs)
const hour = BigInt(hourMs)

export const meters: { readonly [Name in MeterName]: Meter } = {
  'storage-gb-months': {
    name: 'storage-gb-months',
    id: 'c5f9f0f4-6a3b-4d57-9a5e-0c1f6e0f8a01',
    category: 'Storage',
    unit: 'GB-month',
    perUnit: gbMonth,
  },
  'vcpu-hours': {
    name: 'vcpu-hours',
    id: 'c5f9f0f4-6a3b-4d57-9a5e-0c1f6e0f8a02',
    category: 'Virtual Machines',
    unit: 'hour',
    perUnit: hour,
  },
  'disk-gb-months': {
    name: 'disk-gb-months',
    id: 'c5f9f0f4-6a3b-4d57-9a5e-0c1f6e0f8a03',
    category: 'Virtual Machines',
    unit: 'GB-month',
    perUnit: gbMonth,
  },
  'static-address-hours': {
    name: 'static-address-hours',
    id: 'c5f9f0f4-6a3b-4d57-9a5e-0c1f6e0f8a04',
    category: 'Virtual Network',
    unit: 'hour',
    perUnit: hour,
  },
  'database-vcore-hours': {
    name: 'database-vcore-hours',
    id: 'c5f9f0f4-6a3b-4d57-9a5e-0c1f6e0f8a05',
    category: 'Azure Database for PostgreSQL',
    unit: 'hour',
    perUnit: hour,
  },
  'database-gb-months': {
    name: 'database-gb-months',
    id: 'c5f9f0f4-6a3b-4d57-9a5e-0c1f6e0f8a06',
    category: 'Azure Database for PostgreSQL',
    unit: 'GB-month',
    perUnit: gbMonth,
  },
  // Not an interval: one unit falls due at the start of each month of the plan.
  'support-plan-months': {
    name: 'support-plan-months',
    id: 'c5f9f0f4-6a3b-4d57-9a5e-0c1f6e0f8a07',
    category: 'Azure Support',
    unit: 'month',
    perUnit: 1n,
  },
}

export function findMeter(name: string): Meter | null {
  return Object.values(meters).find((meter) => meter.name === name) ?? null
}

/** How many units an amount (rate times milliseconds) is. */
export function quantityOf(meter: Meter, amount: bigint): Fraction {
  return fraction(amount, meter.perUnit)
}
