/** Microsoft.Subscription: what the SDKs (2021-10-01) and the command line (2020-09-01) ask for. */
export const subscriptionApiVersions = ['2020-01-01', '2020-09-01', '2021-10-01'] as const

/** Our own namespace. */
export const lifecycleApiVersions = ['2026-11-01'] as const
