/** A date of the API (ISO 8601 UTC) for people, to the minute. */
export function dateText(iso: string | null | undefined): string {
  if (iso === null || iso === undefined || iso === '') return '-'
  return `${iso.slice(0, 10)} ${iso.slice(11, 16)} UTC`
}

/** A date of the API as a day. */
export function dayText(iso: string): string {
  return iso.slice(0, 10)
}

const dayMs = 24 * 60 * 60 * 1000

/** Whole days from one date to another, rounded down: `89` when a part of the 90th is over. */
export function daysBetween(from: string, to: string): number {
  return Math.floor((Date.parse(to) - Date.parse(from)) / dayMs)
}

/** `in 89 days`, `within a day`, `now`, `less than a day ago`, `2 days ago`: whole days only. */
export function daysFrom(now: string, to: string): string {
  const ms = Date.parse(to) - Date.parse(now)
  if (ms === 0) return 'now'
  const days = Math.floor(Math.abs(ms) / dayMs)
  if (ms < 0) return days === 0 ? 'less than a day ago' : `${count(days, 'day')} ago`
  return days === 0 ? 'within a day' : `in ${count(days, 'day')}`
}

/** `1 event`, `20 events`. */
export function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? '' : 's'}`
}
