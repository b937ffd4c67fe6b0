import type { Reporter, TestCase, TestModule } from 'vitest/node'
import { type RequirementName, requirements, unmetRequirements } from './requirements.ts'

export type Totals = {
  readonly passed: number
  readonly failed: number
  readonly skipped: number
}

/** Says which tests were left out and why, before the summary counts them. */
export const leftOutReporter: Reporter = {
  onTestRunEnd(modules) {
    print('Left out', leftOut(modules))
    const repeated = modules.flatMap(repeatedNames)
    print('Two tests of one name in one file: a failure would not say which', repeated)
    if (repeated.length > 0) process.exitCode = 1
  },
}

/**
 * Counts tests. A file that could not be read, a hook that failed, a name that stands twice and an
 * error outside of every test count as one failed each: nothing that went wrong counts as nothing.
 */
export function countTotals(modules: readonly TestModule[], unhandledErrors: number): Totals {
  const totals = { passed: 0, failed: unhandledErrors, skipped: 0 }
  for (const module of modules) {
    totals.failed += repeatedNames(module).length
    for (const test of module.children.allTests()) {
      const { state } = test.result()
      if (state === 'passed') totals.passed += 1
      else if (state === 'skipped') totals.skipped += 1
      else totals.failed += 1
    }
    // A hook or an import that failed takes its tests with it: the file fails though no test did.
    const failedTests = [...module.children.allTests('failed')].length
    if (module.state() === 'failed' && failedTests === 0) totals.failed += 1
  }
  return totals
}

export function formatTotals({ passed, failed, skipped }: Totals): string {
  return `${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`
}

/** One line per unmet requirement: how many tests wait for it and how to get it. */
function leftOut(modules: readonly TestModule[]): string[] {
  const counts = new Map<RequirementName, number>()
  const unexplained: TestCase[] = []
  for (const module of modules) {
    for (const test of module.children.allTests('skipped')) {
      const names = unmetRequirements(test.tags)
      if (names.length === 0) unexplained.push(test)
      for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1)
    }
  }
  return [
    ...[...counts].map(
      ([name, count]) => `   ${name}: ${tests(count)}. To run them: ${requirements[name].remedy}`,
    ),
    ...unexplained.map(
      (test) => `   no requirement named: ${test.module.relativeModuleId}: ${test.fullName}`,
    ),
  ]
}

function repeatedNames(module: TestModule): string[] {
  const seen = new Set<string>()
  const repeated: string[] = []
  for (const { fullName } of module.children.allTests()) {
    if (seen.has(fullName)) repeated.push(`   ${module.relativeModuleId}: ${fullName}`)
    seen.add(fullName)
  }
  return repeated
}

function print(title: string, lines: readonly string[]): void {
  if (lines.length > 0) process.stdout.write(`\n ${title}\n${lines.join('\n')}\n`)
}

function tests(count: number): string {
  return count === 1 ? '1 test' : `${count} tests`
}
