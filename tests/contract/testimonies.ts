import { appendFileSync, mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestProject } from 'vitest/node'
import type { Served } from './served.ts'

declare module 'vitest' {
  interface ProvidedContext {
    /** A folder in which test files leave what the tests that run last judge. */
    testimonies: string
  }
}

/** What a test file saw. */
export type Testimony = {
  readonly file: string
  readonly served: readonly Served[]
  /** Indices of the exceptions that were needed. */
  readonly exceptions: readonly number[]
}

export function writeTestimony(folder: string, testimony: Testimony): void {
  appendFileSync(join(folder, `${process.pid}.jsonl`), `${JSON.stringify(testimony)}\n`)
}

export function readTestimonies(folder: string): Testimony[] {
  return readdirSync(folder).flatMap((name) => {
    const lines = readFileSync(join(folder, name), 'utf8').trim().split('\n')
    return lines.map((line) => JSON.parse(line) as Testimony)
  })
}

const variable = 'REPRIEVE_TESTIMONIES'

/** Run around all tests, once for each project of the runner; they share one folder. */
export function setup({ provide }: TestProject): void {
  const folder = process.env[variable] ?? mkdtempSync(join(tmpdir(), 'reprieve-testimonies-'))
  process.env[variable] = folder
  provide('testimonies', folder)
}

export function teardown(): void {
  rmSync(process.env[variable] ?? '', { recursive: true, force: true })
}
