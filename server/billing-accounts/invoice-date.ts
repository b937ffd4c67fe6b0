import { type Instant, instant } from '../kernel/instant.ts'

/**
 * The usual invoice date after an instant: the end of the billing period that holds it. Periods run
 * from 00:00 UTC of the invoice day to 00:00 UTC of the next; a day that a month lacks is its last.
 */
export function invoiceDateAfter(at: Instant, invoiceDay: number): Instant {
  const date = new Date(at)
  const year = date.getUTCFullYear()
  const month = date.getUTCMonth()
  const thisMonth = anchor(year, month, invoiceDay)
  return thisMonth > at ? thisMonth : anchor(year, month + 1, invoiceDay)
}

/** The usual invoice date before an instant: where a period that ends there usually began. */
export function invoiceDateBefore(at: Instant, invoiceDay: number): Instant {
  const date = new Date(at)
  const year = date.getUTCFullYear()
  const month = date.getUTCMonth()
  const thisMonth = anchor(year, month, invoiceDay)
  return thisMonth < at ? thisMonth : anchor(year, month - 1, invoiceDay)
}

/** From the anchor of each month itself: adding months one by one would drift after a short one. */
function anchor(year: number, month: number, invoiceDay: number): Instant {
  const lastDay = new Date(Date.UTC(year, month + 1, 0)).getUTCDate()
  return instant(Date.UTC(year, month, Math.min(invoiceDay, lastDay)))
}
