import { execFileSync } from 'node:child_process'
import { existsSync, lstatSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseAst } from 'vitest/node'

/** A node of the syntax tree, as any ESTree parser gives it. */
export type Node = {
  readonly type: string
  readonly start: number
  readonly end: number
  readonly [key: string]: unknown
}

/** A file of the project. The tree is there for TypeScript and JavaScript only. */
export type Source = {
  /** From the project's folder, with `/`. */
  readonly path: string
  readonly text: string
  readonly tree: Node | null
}

/** What is wrong, as a line that an editor can jump to. */
export type Finding = string

const project = join(import.meta.dirname, '..', '..')

/** Every text file that is committed or is about to be; none that git ignores. */
export function readSources(): Source[] {
  // The checkout may belong to another user (root clones, a plain user tests).
  const list = [
    '-c',
    'safe.directory=*',
    'ls-files',
    '-z',
    '--cached',
    '--others',
    '--exclude-standard',
  ]
  const paths = execFileSync('git', list, { cwd: project, encoding: 'utf8' }).split('\0')
  return [...new Set(paths)].flatMap((path) => {
    const file = join(project, path)
    if (path === '' || !existsSync(file) || !lstatSync(file).isFile()) return []
    const text = readFileSync(file, 'utf8')
    return text.includes('\0') ? [] : [parseSource(path, text)]
  })
}

export function parseSource(path: string, text: string): Source {
  const language = /\.(ts|tsx|js|jsx)$/.exec(path)?.[1]
  if (language === undefined) return { path, text, tree: null }
  return { path, text, tree: parseAst(text, { lang: language as 'ts' }) as unknown as Node }
}

/** Visits every node, outer before inner; `parents` leads from the innermost to the file. */
export function walk(
  node: Node,
  visit: (node: Node, parents: readonly Node[]) => void,
  parents: readonly Node[] = [],
): void {
  visit(node, parents)
  const within = [node, ...parents]
  for (const value of Object.values(node)) {
    for (const child of Array.isArray(value) ? value : [value]) {
      if (isNode(child)) walk(child, visit, within)
    }
  }
}

export function isNode(value: unknown): value is Node {
  return typeof value === 'object' && value !== null && 'type' in value && 'start' in value
}

/** The name of an identifier, else null. */
export function nameOf(value: unknown): string | null {
  return isNode(value) && value.type === 'Identifier' ? String(value['name']) : null
}

/** The text of a string literal or of a template without expressions, else null. */
export function literalOf(value: unknown): string | null {
  if (!isNode(value)) return null
  if (value.type === 'Literal' && typeof value['value'] === 'string') return value['value']
  const quasis = value.type === 'TemplateLiteral' ? (value['quasis'] as Node[]) : []
  return quasis.length === 1 ? textOfTemplatePart(quasis[0] as Node) : null
}

export function textOfTemplatePart(part: Node): string {
  return String((part['value'] as { cooked: string | null }).cooked)
}

export function lineOf(source: Source, offset: number): number {
  return source.text.slice(0, offset).split('\n').length
}

export function finding(source: Source, offset: number, what: string): Finding {
  return `${source.path}:${lineOf(source, offset)}: ${what}`
}

/** Tests and what only tests use: they may read clocks, but not sleep or roll dice. */
export function isTestSource({ path }: Source): boolean {
  return /\.test\.tsx?$|^tests\/|^bench\/|\/testing(\/|\.ts$)|-fixture\.ts$|\.config\.ts$/.test(
    path,
  )
}
