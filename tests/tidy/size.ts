import {
  type Finding,
  finding,
  isNode,
  lineOf,
  type Node,
  nameOf,
  type Source,
  walk,
} from './source.ts'

const longestFile = 300
const longestFunction = 60
const longestLine = 100
/** What the formatter leaves on one line: an address, the name of a test, a regular expression. */
const unbreakable = /https?:\/\/\S{60}|^\s*(test|describe|it)\(|^(const \w+ =|  )\s*\/.*\/[a-z]*$/

export function findLongFiles(sources: readonly Source[]): Finding[] {
  return code(sources).flatMap((source) => {
    const lines = source.text.trimEnd().split('\n').length
    return lines > longestFile ? [`${source.path}: ${lines} lines: does it hold two meanings?`] : []
  })
}

export function findLongLines(sources: readonly Source[]): Finding[] {
  // A catalog of messages keeps one message a line, however long: it is read as a list.
  const broken = code(sources).filter(({ path }) => !path.startsWith('api/messages/'))
  return broken.flatMap((source) =>
    source.text.split('\n').flatMap((line, index) => {
      const isLong = line.length > longestLine && !unbreakable.test(line)
      return isLong ? [`${source.path}:${index + 1}: longer than ${longestLine} columns`] : []
    }),
  )
}

export function findLongFunctions(sources: readonly Source[]): Finding[] {
  return code(sources).flatMap((source) => {
    const findings: Finding[] = []
    walk(source.tree as Node, (node, [parent]) => {
      if (!/^(FunctionDeclaration|FunctionExpression|ArrowFunctionExpression)$/.test(node.type))
        return
      if (parent !== undefined && isTestBlock(parent)) return
      const lines = lineOf(source, node.end) - lineOf(source, node.start) + 1
      if (lines > longestFunction) findings.push(finding(source, node.start, `${lines} lines long`))
    })
    return findings
  })
}

/** `describe` and `test` take their text as a function; a story may be longer than a function. */
function isTestBlock(call: Node): boolean {
  let callee: unknown = call.type === 'CallExpression' ? call['callee'] : null
  while (isNode(callee) && nameOf(callee) === null) {
    callee = callee['object'] ?? callee['callee'] ?? callee['tag'] ?? null
  }
  return /^(describe|test|it)$/.test(nameOf(callee) ?? '')
}

function code(sources: readonly Source[]): Source[] {
  return sources.filter(({ tree }) => tree !== null)
}
