/** The languages of messages, invoices and the portal. */
export type Language = 'en' | 'fr' | 'zh'

export const languages = ['en', 'fr', 'zh'] as const satisfies readonly Language[]
