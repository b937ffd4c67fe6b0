import { version } from '../../api/version.ts'
import type { Program } from '../database/folder-identity.ts'
import { embeddedMajor } from '../database/pglite.ts'

/** What a data folder records of the program that uses it. */
export function program(schema: number, engine: Program['engine']): Program {
  const engineMajor = engine === 'pglite' ? embeddedMajor : null
  return { version: version(), schema, engine, engineMajor }
}
