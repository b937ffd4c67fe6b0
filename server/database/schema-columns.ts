import type { ColumnType } from 'kysely'

/**
 * An int8 column: `bigint` out, whole numbers in. Instants pass through `instantOf` on their way
 * out.
 */
export type Int8 = ColumnType<bigint, bigint | number, bigint | number>
export type Int8OrNull = ColumnType<bigint | null, bigint | number | null, bigint | number | null>
/**
 * A jsonb column: parsed out, JSON text in (so that arrays and strings mean the same on both
 * engines).
 */
export type Json<T> = ColumnType<T, string, string>
export type JsonOrNull<T> = ColumnType<T | null, string | null, string | null>
