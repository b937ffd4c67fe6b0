/** Microsoft.Billing: what the SDKs (2020-05-01) and the command line (2024-04-01) ask for. */
export const billingApiVersions = ['2020-05-01', '2024-04-01'] as const

/** Whether the answer has the older of the two forms. */
export function isOlderForm(apiVersion: string): boolean {
  return apiVersion < '2024-04-01'
}
