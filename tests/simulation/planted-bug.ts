import type { PromiseNumber } from './broken.ts'
import type { Plant } from './core.ts'

/** A bug, and the promise whose check has to catch it. */
export type PlantedBug = {
  readonly name: string
  readonly promise: PromiseNumber
  /** What the check that must catch it says; without it, any check of its promise may. */
  readonly says?: RegExp
  readonly plant: Plant
}
