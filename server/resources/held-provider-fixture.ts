import { ProviderFailure, type ResourceProvider } from '../providers/contract.ts'

/** Makes and removes nothing; fails while it is held. */
export function heldProvider() {
  const state = { held: false, wanted: [] as string[] }
  const type = 'Microsoft.Storage/storageAccounts'
  const value: ResourceProvider = {
    type,
    meters: [],
    ending: { stops: '', stays: '', loses: [] },
    apply: async (wanted) => {
      if (state.held) throw new ProviderFailure('The disk is full.', 'Free some space.')
      state.wanted.push(`${wanted.name} ${wanted.state}`)
      if (wanted.state === 'absent') return { state: 'absent', evidence: { readBack: 'gone' } }
      return { state: wanted.state }
    },
    close: async () => {},
  }
  return { type, value, state }
}
