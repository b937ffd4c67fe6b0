import { posix } from 'node:path'
import { isTestSource, literalOf, type Node, nameOf, type Source, walk } from './source.ts'

/** One file of ours naming another. */
export type Import = {
  readonly from: Source
  /** The path of the file that is named, from the project's folder. */
  readonly to: string
  readonly at: number
  /** Loaded when it is reached, not with the file: `import()` and files of child processes. */
  readonly isDynamic: boolean
}

/** Every relative import, re-export, `import()` and `new URL('./x.ts', import.meta.url)`. */
export function readImports(sources: readonly Source[]): Import[] {
  const known = new Set(sources.map(({ path }) => path))
  return sources.flatMap((source) => {
    const imports: Import[] = []
    if (source.tree === null) return imports
    walk(source.tree, (node) => {
      const target = targetOf(node)
      if (target === null || !target.name.startsWith('.')) return
      const to = resolve(source.path, target.name, known)
      imports.push({ from: source, to, at: node.start, isDynamic: target.isDynamic })
    })
    return imports
  })
}

function targetOf(node: Node): { name: string; isDynamic: boolean } | null {
  switch (node.type) {
    case 'ImportDeclaration':
    case 'ExportNamedDeclaration':
    case 'ExportAllDeclaration':
      return named(literalOf(node['source']), false)
    case 'TSImportType':
      return named(literalOf(node['source'] ?? node['argument']), false)
    case 'ImportExpression':
      return named(literalOf(node['source']), true)
    case 'NewExpression': {
      if (nameOf(node['callee']) !== 'URL') return null
      const [path] = node['arguments'] as Node[]
      return named(beginningOf(path), true)
    }
    default:
      return null
  }
}

function named(
  name: string | null,
  isDynamic: boolean,
): { name: string; isDynamic: boolean } | null {
  return name === null ? null : { name, isDynamic }
}

/** The literal, or what comes first in `'./child.main' + extension` and in such a template. */
function beginningOf(node: Node | undefined): string | null {
  if (node?.type === 'BinaryExpression') return beginningOf(node['left'] as Node)
  if (node?.type === 'TemplateLiteral') {
    return literalOf({ ...node, quasis: (node['quasis'] as Node[]).slice(0, 1) })
  }
  return literalOf(node)
}

function resolve(from: string, name: string, known: ReadonlySet<string>): string {
  const path = posix.join(posix.dirname(from), name)
  // An entry of a child process is named without its extension, which is `.js` in the package.
  const candidates = [path, `${path}.ts`, `${path}ts`, path.replace(/\.js$/, '.ts')]
  return candidates.find((candidate) => known.has(candidate)) ?? path
}

/** Circles of imports, each told once, as the files in order. */
export function findCycles(imports: readonly Import[]): string[] {
  const graph = graphOf(imports.filter(({ isDynamic }) => !isDynamic))
  const done = new Set<string>()
  const cycles: string[] = []
  const visit = (path: string, trail: string[]): void => {
    const seenAt = trail.indexOf(path)
    if (seenAt >= 0) cycles.push([...trail.slice(seenAt), path].join(' -> '))
    if (seenAt >= 0 || done.has(path)) return
    for (const next of graph.get(path) ?? []) visit(next, [...trail, path])
    done.add(path)
  }
  for (const path of graph.keys()) visit(path, [])
  return cycles
}

/** Files that no entry point leads to: nobody would miss them. Tests are entry points too. */
export function findUnreached(
  sources: readonly Source[],
  imports: readonly Import[],
  isEntryPoint: (source: Source) => boolean,
): string[] {
  const graph = graphOf(imports)
  const reached = new Set<string>()
  const reach = (path: string): void => {
    if (reached.has(path)) return
    reached.add(path)
    for (const next of graph.get(path) ?? []) reach(next)
  }
  const code = sources.filter(({ path }) => /\.tsx?$/.test(path) && !path.endsWith('.d.ts'))
  for (const source of code.filter(isEntryPoint)) reach(source.path)
  return code.map(({ path }) => path).filter((path) => !reached.has(path))
}

function graphOf(imports: readonly Import[]): Map<string, Set<string>> {
  const graph = new Map<string, Set<string>>()
  for (const { from, to } of imports) {
    graph.set(from.path, (graph.get(from.path) ?? new Set()).add(to))
  }
  return graph
}

/** Relative imports that lead to no file of the project. */
export function findBroken(sources: readonly Source[], imports: readonly Import[]): Import[] {
  const known = new Set(sources.map(({ path }) => path))
  return imports.filter(({ to, isDynamic }) => !isDynamic && !known.has(to))
}

/** Product files, and what they may not name: a test, a fixture, a benchmark. */
export function findTestsInProduct(
  sources: readonly Source[],
  imports: readonly Import[],
): Import[] {
  const tests = new Set(sources.filter(isTestSource).map(({ path }) => path))
  return imports.filter(({ from, to }) => tests.has(to) && !isTestSource(from))
}
