import { hourMs } from '../kernel/instant.ts'

/**
 * With the policy `atClose`: after the last subscription of an account was cancelled, so long until
 * its cycle is closed and invoiced (Cancel your Azure subscription, 2026: "within 72 hours").
 */
export const closeAfterMs = 72 * hourMs
