import { type Instant, instant } from './instant.ts'

/**
 * The same day and time of day so many months later, UTC; a day that the month lacks is its last.
 * Count from the first date: month by month would drift after a short one.
 */
export function addMonths(at: Instant, months: number): Instant {
  const date = new Date(at)
  const year = date.getUTCFullYear()
  const month = date.getUTCMonth() + months
  const lastDay = new Date(Date.UTC(year, month + 1, 0)).getUTCDate()
  const midnight = Date.UTC(year, month, Math.min(date.getUTCDate(), lastDay))
  return instant(midnight + (at - Date.UTC(year, date.getUTCMonth(), date.getUTCDate())))
}
