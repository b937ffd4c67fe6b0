import type { Import } from './imports.ts'
import { type Finding, finding, isNode, isTestSource, nameOf, type Source, walk } from './source.ts'

/** Who may name whom. The first rule that an import breaks is told; a test may name anything. */
type Direction = {
  readonly of: RegExp
  readonly mayNot: (to: string, isDynamic: boolean) => boolean
  readonly because: string
}

const directions: readonly Direction[] = [
  {
    of: /^server\/kernel\//,
    mayNot: (to) => !to.startsWith('server/kernel/'),
    because: 'the kernel knows nothing of what is built on it',
  },
  {
    of: /^api\//,
    mayNot: (to) => !to.startsWith('api/'),
    because: 'the contract depends on neither side of it',
  },
  {
    // These two start the server in the same process when they are asked to, and only then.
    of: /^cli\/(main|serve[^/]*)\.ts$/,
    mayNot: (to, isDynamic) => !/^(api|cli)\//.test(to) && !(to.startsWith('server/') && isDynamic),
    because: 'the command line may start the server by import() and otherwise knows only the API',
  },
  {
    of: /^(cli\/(?!(main|serve[^/]*)\.ts$)|portal\/)/,
    mayNot: (to) => !/^(api|cli|portal)\//.test(to),
    because: 'the command line and the portal know the public API alone',
  },
  {
    of: /^server\//,
    mayNot: (to) => /^(cli|portal|testing|tests|bench)\//.test(to),
    because: 'the server does not know who uses it',
  },
]

/** Imports against the one direction that imports may point. */
export function findWrongDirections(imports: readonly Import[]): Finding[] {
  return imports.flatMap(({ from, to, at, isDynamic }) => {
    if (isTestSource(from)) return []
    const broken = directions.find(({ of, mayNot }) => of.test(from.path) && mayNot(to, isDynamic))
    return broken === undefined ? [] : [finding(from, at, `imports ${to}: ${broken.because}`)]
  })
}

const outsideOfRules = /\.(http|job)\.ts$|\/store\.ts$|^server\/(database|pipeline|work)\//

/** A rule, told by the `decide...` that it exports, must not reach for what it is to be handed. */
export function findImpureRules(sources: readonly Source[], imports: readonly Import[]): Finding[] {
  const reaching = imports
    .filter(({ from, to }) => isRule(from) && outsideOfRules.test(to))
    .map(({ from, to, at }) => finding(from, at, `is a rule and imports ${to}`))
  return [...reaching, ...sources.filter(isRule).flatMap(readNodeImports)]
}

function isRule(source: Source): boolean {
  let isRule = false
  if (source.tree === null || isTestSource(source)) return false
  walk(source.tree, (node) => {
    const declared = node.type === 'ExportNamedDeclaration' ? node['declaration'] : null
    if (isNode(declared) && /^decide[A-Z]/.test(nameOf(declared['id']) ?? '')) isRule = true
  })
  return isRule
}

/** Node's modules are files, sockets, processes and clocks: none of them decides anything. */
function readNodeImports(rule: Source): Finding[] {
  return rule.text
    .split('\n')
    .flatMap((line, index) =>
      / from 'node:/.test(line) ? [`${rule.path}:${index + 1}: is a rule and does I/O`] : [],
    )
}
