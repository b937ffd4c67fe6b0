import {
  type Finding,
  finding,
  isNode,
  isTestSource,
  literalOf,
  type Node,
  nameOf,
  type Source,
  textOfTemplatePart,
  walk,
} from './source.ts'

// The patterns are written so that they do not match themselves.
const unfinished = /\b(TO[D]O|FIX[M]E|XX[X]|HAC[K])\b|not implemente[d]/
const ofOneMachine = /(^|[^\w.])\/(wor[k]|far[m])\/|registry\.npm[j]s|deb\.debia[n]/
const sqlTime =
  /\b((now|(clock|statement|transaction)_timestamp|timeofday)\(\)|current_(timestamp|date|time)\b|localtime(stamp)?\b)/i
const sqlRandom = /\b(gen_random_uuid|uuid_generate_v4|random)\(\)/i

/** Words that mark a place as not ready. */
export function findUnfinished(sources: readonly Source[]): Finding[] {
  const written = sources.filter(({ path }) => path !== 'package-lock.json')
  return findLines(written, unfinished, 'is marked as unfinished')
}

/** Paths and hosts that mean something on one machine only. */
export function findMachineWords(sources: readonly Source[]): Finding[] {
  return findLines(sources, ofOneMachine, 'names a place that other machines do not have')
}

function findLines(sources: readonly Source[], pattern: RegExp, what: string): Finding[] {
  return sources.flatMap((source) =>
    source.text
      .split('\n')
      .flatMap((line, index) =>
        pattern.test(line) ? [`${source.path}:${index + 1}: ${what}`] : [],
      ),
  )
}

/** SQL that asks the database for the time or for dice: both are arguments. */
export function findSqlTime(sources: readonly Source[]): Finding[] {
  return sources.flatMap((source) => {
    const findings: Finding[] = []
    if (source.tree === null || isTestSource(source)) return findings
    walk(source.tree, (node) => {
      const text = node.type === 'TemplateElement' ? textOfTemplatePart(node) : literalOf(node)
      if (text === null || node.type === 'TemplateLiteral') return
      if (sqlTime.test(text)) findings.push(finding(source, node.start, 'SQL that reads the clock'))
      if (sqlRandom.test(text)) findings.push(finding(source, node.start, 'SQL that rolls dice'))
    })
    return findings
  })
}

const leavingOut = ['only', 'skip', 'skipIf', 'runIf', 'todo', 'fails']

/** Tests that are switched off, or that switch off the others. */
export function findSwitchedOff(sources: readonly Source[]): Finding[] {
  return sources.flatMap((source) => {
    const findings: Finding[] = []
    if (source.tree === null || !isTestSource(source)) return findings
    walk(source.tree, (node) => {
      const word = switchOf(node)
      if (word === null) return
      const what = `uses ${word}: name what a test needs with requires() of tests/requirements.ts`
      findings.push(finding(source, node.start, what))
    })
    return findings
  })
}

function switchOf(node: Node): string | null {
  if (node.type === 'MemberExpression') {
    const word = nameOf(node['property']) ?? ''
    return leavingOut.includes(word) && isTester(node['object']) ? `.${word}` : null
  }
  if (node.type !== 'CallExpression' || !isTester(node['callee'])) return null
  const options = (node['arguments'] as Node[]).filter(({ type }) => type === 'ObjectExpression')
  const keys = options
    .flatMap((option) => option['properties'] as Node[])
    .map(({ key }) => nameOf(key))
  return keys.find((key) => leavingOut.includes(key ?? '')) ?? null
}

/** `test`, `describe` or the context of a test, however it is chained. */
function isTester(value: unknown): boolean {
  let root: unknown = value
  while (isNode(root) && nameOf(root) === null) root = root['object'] ?? root['callee'] ?? null
  return /^(test|it|describe|suite|context|ctx)$/.test(nameOf(root) ?? '')
}
