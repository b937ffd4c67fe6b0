import type { Allowed, Forbidden } from './allowed.ts'
import {
  type Finding,
  finding,
  isTestSource,
  type Node,
  nameOf,
  type Source,
  walk,
} from './source.ts'

const remedies: { readonly [What in Forbidden]: string } = {
  clock: 'reads the clock: take an Instant or a Clock as an argument',
  randomness: 'makes a random value: take a Random as an argument',
  timer: 'sets a timer: wait for the work to be done, or take the timer as an argument',
  environment: 'reads the environment: take the setting as an argument',
  console: 'writes to the console: take a log as an argument',
}

const randomSources = ['randomUUID', 'randomBytes', 'randomInt', 'getRandomValues']

/** Uses of what is forbidden that no entry allows, and entries that nothing uses. */
export function findForbidden(sources: readonly Source[], allowed: readonly Allowed[]): Finding[] {
  const used = new Set<Allowed>()
  const findings = sources.flatMap((source) =>
    usesIn(source).flatMap(({ what, at }) => {
      const entry = allowed.find((one) => one.path === source.path && one.what === what)
      if (entry !== undefined) used.add(entry)
      return entry === undefined ? [finding(source, at, remedies[what])] : []
    }),
  )
  const unused = allowed.filter((entry) => !used.has(entry))
  return [
    ...findings,
    ...unused.map(({ path, what }) => `tests/tidy/allowed.ts: ${path} uses no ${what} any more`),
  ]
}

/** Where a process begins: the clock, the environment and the timers of all others come from it. */
const entryFile = /(^|\/|\.)main\.ts$/

function usesIn(source: Source): { what: Forbidden; at: number }[] {
  const uses: { what: Forbidden; at: number }[] = []
  if (source.tree === null || entryFile.test(source.path)) return uses
  walk(source.tree, (node) => {
    const what = classify(node)
    if (what === null) return
    // A test may look at the real time and the environment of its run; it may not sleep, and dice
    // would make a failure one that nobody can repeat.
    if (isTestSource(source) && what !== 'timer' && nameOf(node['object']) !== 'Math') return
    uses.push({ what, at: node.start })
  })
  return uses
}

function classify(node: Node): Forbidden | null {
  if (node.type === 'NewExpression' || node.type === 'CallExpression') return classifyCall(node)
  if (node.type === 'MemberExpression') {
    return classifyMember(nameOf(node['object']), nameOf(node['property']))
  }
  if (node.type === 'ImportDeclaration') {
    return classifyImport(String((node['source'] as Node)['value']))
  }
  if (node.type === 'ImportSpecifier') {
    return randomSources.includes(nameOf(node['imported']) ?? '') ? 'randomness' : null
  }
  return null
}

function classifyCall(node: Node): Forbidden | null {
  const callee = nameOf(node['callee'])
  if (callee === 'Date' && (node['arguments'] as Node[]).length === 0) return 'clock'
  return callee === 'setTimeout' || callee === 'setInterval' ? 'timer' : null
}

function classifyMember(object: string | null, property: string | null): Forbidden | null {
  if (object === 'Date' && property === 'now') return 'clock'
  if (object === 'Math' && property === 'random') return 'randomness'
  if (randomSources.includes(property ?? '')) return 'randomness'
  if (object === 'process' && property === 'env') return 'environment'
  if (object === 'globalThis' && (property === 'setTimeout' || property === 'setInterval')) {
    return 'timer'
  }
  return object === 'console' ? 'console' : null
}

function classifyImport(module: string): Forbidden | null {
  if (/^(node:)?timers(\/promises)?$/.test(module)) return 'timer'
  return /^(node:)?process$/.test(module) ? 'environment' : null
}
