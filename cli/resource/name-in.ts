/** What a resource is called in its group, from its id; `-` for what is of no resource. */
export function nameIn(resourceId: string | null): string {
  return resourceId?.split('/').at(-1) ?? '-'
}
