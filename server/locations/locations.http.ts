import { type Operation, operation } from '../pipeline/operation.ts'
import { subscriptionApiVersions } from './api-versions.ts'
import type { Location } from './location.ts'

/** Where a subscription's resources can be made. */
export function locationsOperations({
  locations,
}: {
  readonly locations: readonly Location[]
}): readonly Operation[] {
  return [
    operation({
      name: 'Subscriptions_ListLocations',
      method: 'GET',
      paths: ['/subscriptions/:subscriptionId/locations'],
      type: 'Microsoft.Resources/subscriptions/locations',
      apiVersions: subscriptionApiVersions,
      action: 'Microsoft.Resources/subscriptions/locations/read',
      whenSuspended: { allow: 'Reading changes nothing.' },
      handle: async ({ params }) => {
        const subscriptionId = (params['subscriptionId'] ?? '').toLowerCase()
        const value = locations.map((location) => showLocation(location, subscriptionId))
        return { status: 200, body: { value } }
      },
    }),
  ]
}

function showLocation({ name, displayName }: Location, subscriptionId: string): object {
  return {
    id: `/subscriptions/${subscriptionId}/locations/${name}`,
    name,
    type: 'Region',
    displayName,
    regionalDisplayName: displayName,
    metadata: {
      regionType: 'Physical',
      regionCategory: 'Recommended',
      geographyGroup: displayName,
      physicalLocation: displayName,
      pairedRegion: [],
    },
  }
}
