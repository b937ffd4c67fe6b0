/** The host name in a Host header, in lower case and without brackets; null when it names none. */
export function hostOf(header: string | undefined): string | null {
  const url = header === undefined ? null : URL.parse(`http://${header}`)
  if (url === null || url.username !== '' || url.pathname !== '/') return null
  return url.hostname.toLowerCase().replace(/^\[|\]$/g, '')
}
