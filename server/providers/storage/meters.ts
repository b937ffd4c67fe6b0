import type { ProviderMeter } from '../contract.ts'

/** The meters of a storage account: what is stored, as it was measured last. */
export const storageMeters = [
  { name: 'storage-gb-months', rate: 'sampled' },
] as const satisfies readonly ProviderMeter[]
