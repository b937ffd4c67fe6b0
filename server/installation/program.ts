import { readFileSync } from 'node:fs'
import type { Program } from '../database/folder-identity.ts'
import { embeddedMajor } from '../database/pglite.ts'

/** What a data folder records of the program that uses it. */
export function program(schema: number, engine: Program['engine']): Program {
  const engineMajor = engine === 'pglite' ? embeddedMajor : null
  return { version: version(), schema, engine, engineMajor }
}

/** The package's own version, from the checkout or from where it was built into. */
export function version(): string {
  for (const place of ['../../package.json', '../../../package.json']) {
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
