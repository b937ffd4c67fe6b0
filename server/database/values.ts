import { Fault } from '../kernel/assert.ts'

/** What a statement's parameter becomes on the wire of either engine. */
export type WireValue = string | Uint8Array | null

/** A result's text as the database wrote it. */
type Parser = (text: string) => unknown

const oid = {
  bool: 16,
  bytea: 17,
  int8: 20,
  int2: 21,
  int4: 23,
  oid: 26,
  json: 114,
  float4: 700,
  float8: 701,
  jsonb: 3802,
} as const

/**
 * How results are read, by the type's object id. Every other type (numeric, date, uuid, timestamps,
 * arrays) stays the text that PostgreSQL wrote: the drivers' own readers differ from each other,
 * lose digits, or move dates into the zone of the machine.
 */
const parsers: ReadonlyMap<number, Parser> = new Map<number, Parser>([
  [oid.bool, (text) => text === 't'],
  [oid.bytea, parseBytes],
  [oid.int8, BigInt],
  [oid.int2, Number],
  [oid.int4, Number],
  [oid.oid, Number],
  [oid.float4, Number],
  [oid.float8, Number],
  [oid.json, parseJson],
  [oid.jsonb, parseJson],
])

export function parserOf(typeId: number): Parser {
  return parsers.get(typeId) ?? asText
}

export const parsedTypes: readonly number[] = [...parsers.keys()]

function asText(text: string): string {
  return text
}

function parseJson(text: string): unknown {
  return JSON.parse(text)
}

function parseBytes(text: string): Uint8Array {
  // A copy of its own: a small Buffer is a window on a pool that others write to.
  return new Uint8Array(Buffer.from(text.slice(2), 'hex'))
}

/**
 * Refuses what the two drivers would write differently: dates (local time in one), objects and
 * arrays for jsonb (an array literal in one), and `undefined`, which is nearly always a slip.
 */
export function wireValueOf(value: unknown): WireValue {
  switch (typeof value) {
    case 'string':
      return value
    case 'bigint':
    case 'boolean':
      return value.toString()
    case 'number':
      if (!Number.isFinite(value)) throw new Fault(`not a value for the database: ${value}`)
      return value.toString()
    case 'object':
      if (value === null || value instanceof Uint8Array) return value
      if (Array.isArray(value)) return arrayLiteral(value)
      break
    default:
  }
  throw new Fault(
    `not a value for the database: ${describe(value)}. ` +
      'JSON is passed as the text of JSON.stringify, an instant as its number',
  )
}

/** For `= any($1)`. A jsonb column refuses it, as it should: its arrays are passed as JSON text. */
function arrayLiteral(values: readonly unknown[]): string {
  const elements = values.map((value) => {
    const element = wireValueOf(value)
    if (element === null) return 'NULL'
    if (typeof element !== 'string' || Array.isArray(value)) {
      throw new Fault('an array for the database holds texts and numbers only')
    }
    return `"${element.replace(/["\\]/g, '\\$&')}"`
  })
  return `{${elements.join(',')}}`
}

function describe(value: unknown): string {
  return typeof value === 'object' ? `an object (${value?.constructor?.name})` : typeof value
}
