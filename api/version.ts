import { readFileSync } from 'node:fs'

/** The package's own version, from the checkout or from where it was built into. */
export function version(): string {
  for (const place of ['../package.json', '../../package.json']) {
    try {
      const manifest = JSON.parse(readFileSync(new URL(place, import.meta.url), 'utf8')) as {
        name: string
        version: string
      }
      if (manifest.name === 'reprieve') return manifest.version
    } catch {
      // Not here: built code lies one folder deeper than the sources.
    }
  }
  return '0.0.0'
}
