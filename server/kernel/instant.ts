/**
 * A point in time: whole milliseconds since 1970-01-01T00:00:00Z. ISO 8601 text only at the edges.
 */
export type Instant = number & { readonly __brand: 'Instant' }

/** Tells the time of one timeline. Rules never hold one; they are handed an {@link Instant}. */
export type Clock = { readonly now: () => Instant }

export const secondMs = 1_000
export const minuteMs = 60 * secondMs
export const hourMs = 60 * minuteMs
export const dayMs = 24 * hourMs

/**
 * The instants that ISO 8601 writes with a four-digit year; everything we store lies between them.
 */
const earliest = Date.parse('0001-01-01T00:00:00Z')
const latest = Date.parse('9999-12-31T23:59:59.999Z')

export function instant(epochMs: number): Instant {
  if (!Number.isInteger(epochMs) || epochMs < earliest || epochMs > latest) {
    throw new RangeError(`not an instant: ${epochMs}`)
  }
  return epochMs as Instant
}

const isoShape = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d{1,7})?Z$/

/**
 * Reads ISO 8601 in UTC (`2026-11-01T00:00:00Z`); null when it is not such a text or not a real
 * date.
 */
export function parseInstant(text: string): Instant | null {
  if (!isoShape.test(text)) return null
  const epochMs = Date.parse(text)
  if (Number.isNaN(epochMs)) return null
  // Date.parse lets 30 February roll over into March; a date that moves is not the date that was
  // asked for.
  if (new Date(epochMs).toISOString().slice(0, 10) !== text.slice(0, 10)) return null
  return epochMs as Instant
}

export function formatInstant(at: Instant): string {
  return new Date(at).toISOString()
}

export function addDays(at: Instant, days: number): Instant {
  return instant(at + days * dayMs)
}

export function addMs(at: Instant, ms: number): Instant {
  return instant(at + ms)
}

export function later(a: Instant, b: Instant): Instant {
  return a > b ? a : b
}

export function earlier(a: Instant, b: Instant): Instant {
  return a < b ? a : b
}

const durationShape = /^P(?=\d|T\d)(?:(\d+)W)?(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?)?$/

/**
 * Reads an ISO 8601 duration of fixed length (weeks to seconds); null for months, years and
 * nonsense.
 */
export function parseDurationMs(text: string): number | null {
  const match = durationShape.exec(text)
  if (match === null || text.endsWith('T')) return null
  const [weeks, days, hours, minutes, seconds] = match.slice(1).map((part) => Number(part ?? 0))
  const total =
    (weeks as number) * 7 * dayMs +
    (days as number) * dayMs +
    (hours as number) * hourMs +
    (minutes as number) * minuteMs +
    (seconds as number) * secondMs
  return Number.isSafeInteger(total) ? total : null
}
