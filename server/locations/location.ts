/** A place where resources are made. An installation has one, `local`, unless it is told more. */
export type Location = {
  /** Lower case, without spaces: what is stored and compared. */
  readonly name: string
  readonly displayName: string
}

export const localLocation: Location = { name: 'local', displayName: 'Local' }

/** Reads `local`, `Local` or `West Europe` as the location of that name; null: there is none. */
export function findLocation(text: string, locations: readonly Location[]): Location | null {
  const wanted = text.toLowerCase().replaceAll(' ', '')
  return locations.find((location) => location.name === wanted) ?? null
}
