import type { Migration } from '../migrations.ts'
import { foundations } from './0001-foundations.ts'

/** In order; a new one goes to the end, and those that were released never change. */
export const migrations: readonly Migration[] = [foundations]
