/** A date of the API (ISO 8601 UTC) for people, to the minute. */
export function dateText(iso: string | null | undefined): string {
  if (iso === null || iso === undefined || iso === '') return '-'
  return `${iso.slice(0, 10)} ${iso.slice(11, 16)} UTC`
}

const dayMs = 24 * 60 * 60 * 1000

/** Whole days from one date to another, rounded down: `89` when a part of the 90th is over. */
export function daysBetween(from: string, to: string): number {
  return Math.floor((Date.parse(to) - Date.parse(from)) / dayMs)
}

/** `in 89 days`, `today`, `2 days ago`. */
export function daysFrom(now: string, to: string): string {
  const ms = Date.parse(to) - Date.parse(now)
  if (ms < 0) return counted(Math.ceil(-ms / dayMs), 'day', (days) => `${days} ago`)
  const days = Math.floor(ms / dayMs)
  return days === 0 ? 'within a day' : counted(days, 'day', (text) => `in ${text}`)
}

/** `1 event`, `20 events`. */
export function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? '' : 's'}`
}

function counted(number: number, noun: string, sentence: (text: string) => string): string {
  return sentence(count(number, noun))
}
